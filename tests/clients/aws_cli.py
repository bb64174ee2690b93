#!/usr/bin/env python3
"""Drives the real `aws` client and boto3 against a sandbox: stacks with their waiters, and a network from nothing to nothing.

    aws_cli.py ENDPOINT       an empty account at a speed of some hundred; exit status 1 at the first surprise
"""
import json
import os
import pathlib
import subprocess
import sys

import boto3
import botocore.exceptions

ENDPOINT = sys.argv[1]
ENVIRONMENT = {
    "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/tmp"), "AWS_ENDPOINT_URL": ENDPOINT,
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-west-2",
    "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": "", "LC_ALL": "C.UTF-8", "AWS_CONFIG_FILE": "/nonexistent",
}
AWS = pathlib.Path(sys.executable).with_name("aws")
COUNT = 0


def aws(*arguments, status=0):
    """Runs `aws`, wants it to end with a status; its JSON, or its complaint."""
    global COUNT
    COUNT += 1
    ran = subprocess.run([sys.executable, AWS, *arguments, "--output", "json"], env=ENVIRONMENT, text=True,
                         capture_output=True, timeout=180)
    if ran.returncode != status:
        sys.exit(f"aws {' '.join(arguments)} ended with {ran.returncode} and not {status}:\n{ran.stdout}{ran.stderr}")
    if status:
        return ran.stderr
    return json.loads(ran.stdout) if ran.stdout.strip() else None


TEMPLATE = json.dumps({
    "Parameters": {"Network": {"Type": "AWS::EC2::VPC::Id"}},
    "Resources": {
        "Group": {"Type": "AWS::EC2::SecurityGroup",
                  "Properties": {"GroupDescription": "jobs", "VpcId": {"Ref": "Network"}}},
        "Queue": {"Type": "AWS::SQS::Queue", "DependsOn": "Group"},
    },
    "Outputs": {"Group": {"Value": {"Fn::GetAtt": ["Group", "GroupId"]}, "Export": {"Name": "jobs-group"}}},
})


def stacks():
    network = aws("ec2", "describe-vpcs", "--filters", "Name=is-default,Values=true")["Vpcs"][0]["VpcId"]
    parameter = f"ParameterKey=Network,ParameterValue={network}"
    made = aws("cloudformation", "create-stack", "--stack-name", "jobs", "--template-body", TEMPLATE,
               "--parameters", parameter, "--client-request-token", "t-1")
    assert made["StackId"].startswith("arn:aws:cloudformation:us-west-2:"), made
    aws("cloudformation", "wait", "stack-create-complete", "--stack-name", "jobs")
    stack = aws("cloudformation", "describe-stacks", "--stack-name", "jobs")["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack
    group = stack["Outputs"][0]["OutputValue"]
    assert aws("ec2", "describe-security-groups", "--group-ids", group)["SecurityGroups"][0]["VpcId"] == network
    events = aws("cloudformation", "describe-stack-events", "--stack-name", "jobs")["StackEvents"]
    assert {e["ClientRequestToken"] for e in events} == {"t-1"}, events
    assert events[0]["ResourceStatus"] == "CREATE_COMPLETE" and events[0]["LogicalResourceId"] == "jobs"
    again = aws("cloudformation", "create-stack", "--stack-name", "jobs", "--template-body", TEMPLATE,
                "--parameters", parameter, status=255)
    assert "AlreadyExistsException" in again and "Stack [jobs] already exists" in again, again
    # Something outside the stack carries its group: it cannot go, and the waiter says so.
    subnet = aws("ec2", "describe-subnets", "--filters", f"Name=vpc-id,Values={network}")["Subnets"][0]["SubnetId"]
    held = aws("ec2", "create-network-interface", "--subnet-id", subnet, "--groups", group)
    held = held["NetworkInterface"]["NetworkInterfaceId"]
    aws("cloudformation", "delete-stack", "--stack-name", "jobs")
    failed = aws("cloudformation", "wait", "stack-delete-complete", "--stack-name", "jobs", status=255)
    assert "Waiter StackDeleteComplete failed" in failed, failed
    stack = aws("cloudformation", "describe-stacks", "--stack-name", "jobs")["Stacks"][0]
    assert stack["StackStatus"] == "DELETE_FAILED", stack
    assert "The following resource(s) failed to delete: [Group]" in stack["StackStatusReason"], stack
    # Without what held it, it goes.
    aws("ec2", "delete-network-interface", "--network-interface-id", held)
    aws("cloudformation", "delete-stack", "--stack-name", "jobs")
    aws("cloudformation", "wait", "stack-delete-complete", "--stack-name", made["StackId"])
    gone = aws("cloudformation", "describe-stacks", "--stack-name", "jobs", status=255)
    assert "Stack with id jobs does not exist" in gone, gone
    missing = aws("ec2", "describe-security-groups", "--group-ids", group, status=255)
    assert "InvalidGroup.NotFound" in missing, missing


def refused(code, call, **parameters):
    try:
        call(**parameters)
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == code, error
    else:
        sys.exit(f"{call.__name__} {parameters} was not refused with {code}")


def network():
    session = boto3.Session(aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="x", region_name="us-west-2")
    client = session.client("ec2", endpoint_url=ENDPOINT)
    resource = session.resource("ec2", endpoint_url=ENDPOINT)
    vpc = resource.create_vpc(CidrBlock="10.50.0.0/16")
    vpc.wait_until_available()
    vpc.modify_attribute(EnableDnsHostnames={"Value": True})
    assert vpc.describe_attribute(Attribute="enableDnsHostnames")["EnableDnsHostnames"]["Value"] is True
    outer = vpc.create_subnet(CidrBlock="10.50.0.0/24", AvailabilityZone="us-west-2a")
    inner = vpc.create_subnet(CidrBlock="10.50.1.0/24", AvailabilityZone="us-west-2b")
    refused("InvalidSubnet.Conflict", vpc.create_subnet, CidrBlock="10.50.1.128/25")
    gateway = resource.create_internet_gateway()
    vpc.attach_internet_gateway(InternetGatewayId=gateway.id)
    public = vpc.create_route_table()
    public.create_route(DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway.id)
    to_public = public.associate_with_subnet(SubnetId=outer.id)
    address = client.allocate_address(Domain="vpc")["AllocationId"]
    nat = client.create_nat_gateway(SubnetId=outer.id, AllocationId=address)["NatGateway"]["NatGatewayId"]
    client.get_waiter("nat_gateway_available").wait(NatGatewayIds=[nat], WaiterConfig={"Delay": 1})
    private = vpc.create_route_table()
    private.create_route(DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    to_private = private.associate_with_subnet(SubnetId=inner.id)
    refused("RouteAlreadyExists", private.create_route, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    web = vpc.create_security_group(GroupName="web", Description="web")
    data = vpc.create_security_group(GroupName="data", Description="data")
    data.authorize_ingress(IpPermissions=[{"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432,
                                           "UserIdGroupPairs": [{"GroupId": web.id}]}])
    interface = inner.create_network_interface(Groups=[data.id])
    # Torn down in the wrong order, everything says what holds it.
    refused("DependencyViolation", vpc.delete)
    refused("DependencyViolation", inner.delete)
    refused("DependencyViolation", web.delete)
    refused("DependencyViolation", data.delete)
    refused("DependencyViolation", private.delete)
    refused("DependencyViolation", gateway.delete)
    refused("DependencyViolation", vpc.detach_internet_gateway, InternetGatewayId=gateway.id)
    # And in the right one it goes.
    client.delete_nat_gateway(NatGatewayId=nat)
    client.get_waiter("nat_gateway_deleted").wait(NatGatewayIds=[nat], WaiterConfig={"Delay": 1})
    private.reload()
    assert [r["State"] for r in private.routes_attribute if r.get("NatGatewayId") == nat] == ["blackhole"]
    client.release_address(AllocationId=address)
    interface.delete()
    data.delete()
    web.delete()
    to_private.delete()
    to_public.delete()
    private.delete()
    public.delete()
    inner.delete()
    outer.delete()
    vpc.detach_internet_gateway(InternetGatewayId=gateway.id)
    gateway.delete()
    vpc.delete()
    refused("InvalidVpcID.NotFound", client.describe_vpcs, VpcIds=[vpc.id])
    pages = client.get_paginator("describe_vpcs").paginate(PaginationConfig={"PageSize": 5})
    assert [v["VpcId"] for page in pages for v in page["Vpcs"]].count(vpc.id) == 0


stacks()
network()
print(f"{COUNT} aws commands and a network from nothing to nothing")
