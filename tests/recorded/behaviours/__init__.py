"""The recorded behaviours as a table: case id -> how it is brought about here, and what is to be compared.

`table` holds the cases, `compare` holds an answer against a recording, `world` serves a sandbox and arranges things in
it; every other module is a topic. What AWS answered stands in behaviours.json alone.
"""
