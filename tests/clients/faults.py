#!/usr/bin/env python3
"""Each kind of fault against a real client, boto3, and the sandbox's control endpoints as the contract has them.

    faults.py ENDPOINT       an empty account; exit status 1 at the first surprise
"""
import json
import sys
import time
import urllib.error
import urllib.request

import boto3
import botocore.config
import botocore.exceptions

ENDPOINT = sys.argv[1]
SESSION = boto3.Session(aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="x", region_name="us-west-2")


def client(service, attempts=1, timeout=20):
    config = botocore.config.Config(retries={"total_max_attempts": attempts, "mode": "standard"}, read_timeout=timeout)
    return SESSION.client(service, endpoint_url=ENDPOINT, config=config)


def control(method, path, body=None, status=200):
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{ENDPOINT}/_sandbox/{path}", data, method=method)) as answer:
            found, text = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        found, text = error.code, error.read()
    assert found == status, (method, path, found, text)
    return json.loads(text)


def fault(operation, kind, **more):
    control("POST", "faults", [{"operation": operation, "kind": kind, **more}])


def calls(operation):
    return [c for c in control("GET", "calls") if c["operation"] == operation]


def error(call, **parameters):
    try:
        call(**parameters)
    except botocore.exceptions.ClientError as refusal:
        return refusal.response["Error"]["Code"], refusal.response["ResponseMetadata"]["HTTPStatusCode"]
    except (botocore.exceptions.ConnectionClosedError, botocore.exceptions.ReadTimeoutError) as lost:
        return type(lost).__name__, None
    return None, None


def main():
    ec2, eb, cloudformation = client("ec2"), client("elasticbeanstalk"), client("cloudformation")
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    tables = lambda: {t["RouteTableId"] for t in ec2.describe_route_tables()["RouteTables"]}

    # Throttling has each service's own words, happens as often as asked, and clients get over it.
    fault("ec2:CreateRouteTable", "throttle", times=2)
    assert error(ec2.create_route_table, VpcId=vpc) == ("RequestLimitExceeded", 503)
    patient = client("ec2", attempts=4)
    assert patient.create_route_table(VpcId=vpc)["RouteTable"]["VpcId"] == vpc
    made = calls("CreateRouteTable")
    assert [c["fault"] for c in made] == ["throttle", "throttle", None], made
    assert [c["status"] for c in made] == [503, 503, 200], made
    fault("elasticbeanstalk:DescribeEnvironments", "throttle", times=1)
    assert error(eb.describe_environments)[0] == "Throttling"

    # A service that fails, and a client without a permission: nothing happens.
    before = tables()
    fault("ec2:CreateRouteTable", "server-error", times=1)
    code, status = error(ec2.create_route_table, VpcId=vpc)
    assert status >= 500, (code, status)
    fault("ec2:Create*", "access-denied", times=1)
    assert error(ec2.create_route_table, VpcId=vpc) == ("UnauthorizedOperation", 403)
    fault("cloudformation:*", "access-denied", times=1)
    assert error(cloudformation.describe_stacks) == ("AccessDenied", 403)
    assert cloudformation.describe_stacks()["Stacks"] == []

    # A connection that ends before the effect, and one that ends after it.
    fault("ec2:CreateRouteTable", "drop-before", times=1)
    assert error(ec2.create_route_table, VpcId=vpc)[0] == "ConnectionClosedError"
    assert tables() == before
    fault("ec2:CreateRouteTable", "drop-after", times=1)
    assert error(ec2.create_route_table, VpcId=vpc)[0] == "ConnectionClosedError"
    (fresh,) = tables() - before
    assert calls("CreateRouteTable")[-1]["status"] is None

    # A stale read shows the state before the last change; the next one does not.
    fault("ec2:DescribeRouteTables", "stale", times=1)
    ec2.delete_route_table(RouteTableId=fresh)
    assert fresh in tables()
    assert fresh not in tables()

    # An answer that takes longer than the client waits.
    fault("ec2:DescribeVpcs", "slow", times=1, milliseconds=3000)
    began = time.monotonic()
    assert error(client("ec2", timeout=1).describe_vpcs)[0] == "ReadTimeoutError"
    assert time.monotonic() - began < 2.9
    fault("ec2:DescribeVpcs", "slow", times=1, milliseconds=700)
    began = time.monotonic()
    assert ec2.describe_vpcs()["Vpcs"]
    assert 0.7 <= time.monotonic() - began < 20

    # A storm is random and the same at each try with the same seed; it blows until it is taken away.
    def storm(seed):
        control("POST", "faults", [])
        fault("ec2:Describe*", "throttle", rate=0.5, seed=seed)
        return [error(ec2.describe_vpcs)[0] is not None for _ in range(40)]
    first, again, other = storm(7), storm(7), storm(8)
    assert first == again and first != other
    assert 8 <= sum(first) <= 32, sum(first)
    control("POST", "faults", [])
    assert not any(error(ec2.describe_vpcs)[0] for _ in range(10))

    # A policy holds every caller to what it allows, resource by resource.
    mine, other = (ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in range(2))
    control("POST", "policy", {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "NotAction": "ec2:Delete*", "Resource": "*"},
        {"Effect": "Allow", "Action": "ec2:DeleteRouteTable", "Resource": f"arn:aws:ec2:us-west-2:*:route-table/{mine}"}]})
    assert error(ec2.delete_route_table, RouteTableId=other) == ("UnauthorizedOperation", 403)
    assert error(ec2.delete_route_table, RouteTableId=mine) == (None, None)
    control("DELETE", "policy")
    assert error(ec2.delete_route_table, RouteTableId=other) == (None, None)

    # The rest of the contract's control endpoints, and their refusals.
    now = control("GET", "state")["now"]
    then = control("POST", "advance", {"seconds": 600})["now"]
    passed = time.mktime(time.strptime(then[:19], "%Y-%m-%dT%H:%M:%S")) - time.mktime(time.strptime(now[:19], "%Y-%m-%dT%H:%M:%S"))
    assert 600 <= passed < 700, (now, then)
    for call in control("GET", "calls"):
        assert {"service", "operation", "parameters", "status"} <= set(call), call
    control("POST", "advance", {"seconds": -1}, status=400)
    control("POST", "faults", [{"operation": "ec2:*", "kind": "earthquake"}], status=400)
    control("GET", "nothing", status=404)
    print("seven kinds of fault, a storm, a policy and the control endpoints are as the contract has them")


main()
