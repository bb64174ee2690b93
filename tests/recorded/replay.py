#!/usr/bin/env python3
"""Replays the recorded behaviours of AWS (behaviours.json) against the sandbox.

Every case is in the table of the package `behaviours`: replayed, or out of scope with a reason; a case that is in
neither makes this fail. Exit status 1 if anything differs. Needs boto3.

    replay.py BINARY [--only ID-OR-TOPIC]... [--recorded FILE]        BINARY is ebrescue
"""
import argparse
import collections
import importlib
import json
import pathlib
import pkgutil
import sys
import traceback

import behaviours
from behaviours import compare, table, world

HERE = pathlib.Path(__file__).resolve().parent


def topic(binary, cases, recorded):
    """Replays the cases of a topic in one sandbox; yields what differs: id, lines."""
    scenario = getattr(sys.modules[f"behaviours.{cases[0].topic}"], "SCENARIO", None)
    served, answers = world.World(binary, scenario), {}
    try:
        for case in cases:
            if case.replay not in answers:
                try:
                    answers[case.replay] = case.replay(served)
                except Exception:                                    # whatever went wrong, it is this case's failure
                    answers[case.replay] = went_wrong()
            said = answers[case.replay]
            if isinstance(said, dict) and case.id in said:
                said = said[case.id]
            if isinstance(said, str):
                yield case.id, said.splitlines()
            else:
                yield case.id, compare.case(case, recorded[case.id]["answer"], said)
    finally:
        served.end()


def went_wrong():
    """What was raised, and where in the replay."""
    kind, problem, trace = sys.exc_info()
    lines = [f"line {frame.lineno}: {frame.line}" for frame in traceback.extract_tb(trace) if "behaviours" in frame.filename]
    return "\n".join([f"{kind.__name__}: {problem}", *lines])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--only", action="append", default=[], metavar="ID-OR-TOPIC")
    parser.add_argument("--recorded", type=pathlib.Path, default=HERE / "behaviours.json", metavar="FILE")
    options = parser.parse_args()
    recorded = {case["id"]: case for case in json.loads(options.recorded.read_text())["cases"]}
    for module in pkgutil.iter_modules(behaviours.__path__):
        importlib.import_module(f"behaviours.{module.name}")
    known = table.CASES.keys() | table.OUTSIDE.keys()
    wrong = [f"{id}: neither replayed nor out of scope" for id in recorded if id not in known]
    wrong += [f"{id}: not a recorded case" for id in known if id not in recorded]
    topics = collections.defaultdict(list)
    for case in table.CASES.values():
        if not options.only or case.id in options.only or case.topic in options.only:
            topics[case.topic].append(case)
    for name, cases in topics.items():
        for id, lines in topic(options.binary, cases, recorded):
            if lines:
                wrong += [f"{id}: {'; '.join(recorded[id]['do'])}", *(f"    {line}" for line in lines)]
    for reason, ids in by_reason().items():
        print(f"out of scope, {reason}: {', '.join(ids)}")
    print("\n".join(wrong))
    failed = sum(1 for line in wrong if not line.startswith(" "))
    count = sum(map(len, topics.values()))
    print(f"{count} of {len(recorded)} recorded behaviours replayed, {len(table.OUTSIDE)} out of scope, {failed} differ")
    return 1 if wrong else 0


def by_reason():
    reasons = collections.defaultdict(list)
    for id, reason in table.OUTSIDE.items():
        reasons[reason].append(id)
    return reasons


if __name__ == "__main__":
    sys.exit(main())
