#!/usr/bin/env python3
"""Holds every answer of an endpoint against botocore's service models.

Calls every operation of the services below: reading ones with parameters found in earlier answers, changing ones
with made-up identifiers (so that they are refused, which is an answer too). For each answer that comes it compares
the raw body with the model: a member that the model lacks and a required member that is absent are differences.
An operation that the endpoint does not have answers InvalidAction (or its protocol's like) and is counted.

    sweep.py ENDPOINT [--verbose]        exit status 1 if anything differs; the last line is the count
"""
import argparse
import json
import re
import sys
import xml.etree.ElementTree as tree

import botocore.config
import botocore.exceptions
import botocore.session

SERVICES = ["elasticbeanstalk", "cloudformation", "ec2", "autoscaling", "elbv2", "elb", "rds", "iam", "sts",
            "cloudtrail", "sqs", "sns", "service-quotas", "cloudwatch", "sesv2"]
READS = ("Describe", "List", "Get", "Lookup", "Check", "Retrieve", "Validate")
ABSENT = {"InvalidAction", "UnknownOperationException", "UnrecognizedClientException", "NotImplemented", "501", "404"}
ENVELOPE = {"ResponseMetadata", "requestId", "RequestId"}

session = botocore.session.get_session()
config = botocore.config.Config(retries={"max_attempts": 1}, parameter_validation=False, read_timeout=20)


class Sweep:
    def __init__(self, endpoint, verbose):
        self.endpoint, self.verbose = endpoint, verbose
        self.seen = {}          # member name -> values that occurred in answers
        self.differences, self.answered, self.refused, self.absent = [], 0, 0, 0

    def service(self, name):
        client = session.create_client(name, endpoint_url=self.endpoint, region_name="us-west-2", config=config,
                                       aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="x")
        model = client.meta.service_model
        body = {}
        client.meta.events.register("response-received.*.*", lambda **k: None)
        client.meta.events.register("before-parse.*.*", lambda response_dict, **k: body.update(response_dict))
        operations = sorted(model.operation_names, key=lambda o: (not o.startswith(READS), o))
        for operation in operations:
            shape = model.operation_model(operation)
            parameters = {}
            if shape.input_shape is not None:
                parameters = {m: self.value(m, shape.input_shape.members[m]) for m in shape.input_shape.required_members}
            body.clear()
            try:
                answer = client._make_api_call(operation, parameters)
            except botocore.exceptions.ClientError as error:
                code = error.response.get("Error", {}).get("Code", "")
                if code in ABSENT:
                    self.absent += 1
                elif not code or not error.response["Error"].get("Message") and name != "s3":
                    self.differs(name, operation, f"refusal without code or message: {error.response}")
                else:
                    self.refused += 1
                continue
            except Exception as error:        # whatever botocore cannot read is a difference
                self.differs(name, operation, f"{type(error).__name__}: {error}")
                continue
            self.answered += 1
            self.learn(answer)
            if shape.output_shape is not None and body.get("body"):
                self.compare(name, shape, body["body"])

    def value(self, name, shape, depth=0):
        """A value for a parameter: one that occurred in an answer under this name, else a made-up one."""
        singular = name[:-1] if name.endswith("s") else name
        if shape.type_name == "list":
            return [self.value(singular, shape.member, depth + 1)]
        if shape.type_name == "structure":
            if depth > 3:
                return {}
            return {m: self.value(m, shape.members[m], depth + 1) for m in shape.required_members}
        if shape.type_name == "map":
            return {}
        if shape.type_name in ("integer", "long"):
            return 1
        if shape.type_name in ("double", "float"):
            return 1.0
        if shape.type_name == "boolean":
            return False
        if shape.type_name == "timestamp":
            return "2026-01-01T00:00:00Z"
        if shape.type_name == "blob":
            return b"x"
        if getattr(shape, "enum", None):
            return shape.enum[0]
        values = self.seen.get(name) or self.seen.get(singular)
        return values[0] if values else f"{name.lower()}-0123456789abcdef0"

    def learn(self, answer):
        if isinstance(answer, dict):
            for name, value in answer.items():
                if isinstance(value, str) and value:
                    self.seen.setdefault(name, []).append(value)
                self.learn(value)
        elif isinstance(answer, list):
            for item in answer:
                self.learn(item)

    def compare(self, service, shape, raw):
        operation, output = shape.name, shape.output_shape
        protocol = shape.service_model.protocol_name if hasattr(shape.service_model, "protocol_name") else shape.service_model.metadata["protocol"]
        if protocol in ("query", "ec2"):
            root = strip(tree.fromstring(raw))
            wrapper = output.serialization.get("resultWrapper")
            node = root.find(wrapper) if wrapper else root
            if node is None:
                self.differs(service, operation, f"no {wrapper} in the answer")
            else:
                self.xml(service, operation, "", output, node, protocol)
        else:
            try:
                self.json(service, operation, "", output, json.loads(raw))
            except json.JSONDecodeError as error:
                self.differs(service, operation, f"no JSON: {error}")

    def xml(self, service, operation, path, shape, node, protocol):
        names = {member_name(m, s, protocol): (m, s) for m, s in shape.members.items()}
        present = set()
        for child in node:
            if child.tag in ENVELOPE and not path:
                continue
            if child.tag not in names:
                self.differs(service, operation, f"{path}{child.tag} is not in the model")
                continue
            member, inner = names[child.tag]
            present.add(member)
            self.xml_value(service, operation, f"{path}{member}", inner, child, protocol)
        for member in shape.required_members:
            if member not in present:
                self.differs(service, operation, f"{path}{member} is required and absent")

    def xml_value(self, service, operation, path, shape, node, protocol):
        if shape.type_name == "structure":
            self.xml(service, operation, path + ".", shape, node, protocol)
        elif shape.type_name == "list":
            items = [node] if shape.serialization.get("flattened") else list(node)
            item_name = shape.member.serialization.get("name", "item" if protocol == "ec2" else "member")
            for item in items:
                if not shape.serialization.get("flattened") and item.tag != item_name:
                    self.differs(service, operation, f"{path}[] has items named {item.tag}, the model says {item_name}")
                self.xml_value(service, operation, path + "[]", shape.member, item, protocol)
        elif shape.type_name in ("integer", "long") and not re.fullmatch(r"-?\d+", node.text or ""):
            self.differs(service, operation, f"{path} is {node.text!r}, no whole number")
        elif shape.type_name == "boolean" and node.text not in ("true", "false"):
            self.differs(service, operation, f"{path} is {node.text!r}, neither true nor false")

    def json(self, service, operation, path, shape, value):
        if shape.type_name == "structure" and isinstance(value, dict):
            names = {s.serialization.get("name", m): s for m, s in shape.members.items()}
            for name, inner in value.items():
                if name not in names:
                    self.differs(service, operation, f"{path}{name} is not in the model")
                else:
                    self.json(service, operation, f"{path}{name}.", names[name], inner)
            for member in shape.required_members:
                if shape.members[member].serialization.get("name", member) not in value:
                    self.differs(service, operation, f"{path}{member} is required and absent")
        elif shape.type_name == "list" and isinstance(value, list):
            for item in value:
                self.json(service, operation, path.rstrip(".") + "[].", shape.member, item)
        elif shape.type_name in ("structure", "list"):
            self.differs(service, operation, f"{path} is {type(value).__name__}, not a {shape.type_name}")

    def differs(self, service, operation, what):
        line = f"{service}:{operation}: {what}"
        if line not in self.differences:
            self.differences.append(line)


def member_name(member, shape, protocol):
    """The element's name: the member's own location name; a flattened list's is its items'."""
    if shape.type_name == "list" and shape.serialization.get("flattened"):
        return shape.member.serialization.get("name", shape.serialization.get("name", member))
    return shape.serialization.get("name", member)


def strip(node):
    for element in node.iter():
        element.tag = element.tag.split("}")[-1]
    return node


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("endpoint")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--only", help="one service")
    arguments = parser.parse_args()
    sweep = Sweep(arguments.endpoint, arguments.verbose)
    for name in SERVICES:
        if arguments.only in (None, name):
            sweep.service(name)
    for line in sweep.differences:
        print(line)
    print(f"sweep: {sweep.answered} operations answered, {sweep.refused} refused, {sweep.absent} not there, "
          f"{len(sweep.differences)} differences")
    sys.exit(1 if sweep.differences or not sweep.answered else 0)


if __name__ == "__main__":
    main()
