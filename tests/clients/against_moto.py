#!/usr/bin/env python3
"""The same calls to our sandbox and to moto's server, a fake that is not ours: same outcome, same shape.

For each call: both succeed or both refuse with the same code, and what moto's answer has, ours has too. Where the
two differ, the call is in DIFFERENCES with the reason, and the test fails if such a difference is no longer there.

    against_moto.py OURS MOTO       exit status 1 on an unexplained difference
"""
import json
import sys
import time

import botocore.config
import botocore.exceptions
import botocore.session

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})
TEMPLATE = json.dumps({"Resources": {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}},
    "Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.9.1.0/24"}},
    "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"VpcId": {"Ref": "Vpc"}, "GroupDescription": "g"}}},
    "Outputs": {"Vpc": {"Value": {"Ref": "Vpc"}}}})

# service, operation, parameters ("$x" is what an earlier call captured), capture {name: path}
CALLS = [
    ("sts", "GetCallerIdentity", {}, {}),
    ("ec2", "CreateVpc", {"CidrBlock": "10.1.0.0/16"}, {"vpc": "Vpc.VpcId"}),
    ("ec2", "CreateVpc", {"CidrBlock": "10.1.0.0/8"}, {}),
    ("ec2", "ModifyVpcAttribute", {"VpcId": "$vpc", "EnableDnsHostnames": {"Value": True}}, {}),
    ("ec2", "DescribeVpcAttribute", {"VpcId": "$vpc", "Attribute": "enableDnsHostnames"}, {}),
    ("ec2", "CreateSubnet", {"VpcId": "$vpc", "CidrBlock": "10.1.1.0/24"}, {"subnet": "Subnet.SubnetId"}),
    ("ec2", "CreateSubnet", {"VpcId": "$vpc", "CidrBlock": "10.1.1.0/25"}, {}),
    ("ec2", "CreateSubnet", {"VpcId": "$vpc", "CidrBlock": "10.77.1.0/24"}, {}),
    ("ec2", "CreateInternetGateway", {}, {"igw": "InternetGateway.InternetGatewayId"}),
    ("ec2", "AttachInternetGateway", {"InternetGatewayId": "$igw", "VpcId": "$vpc"}, {}),
    ("ec2", "AttachInternetGateway", {"InternetGatewayId": "$igw", "VpcId": "$vpc"}, {}),
    ("ec2", "DeleteInternetGateway", {"InternetGatewayId": "$igw"}, {}),
    ("ec2", "CreateRouteTable", {"VpcId": "$vpc"}, {"table": "RouteTable.RouteTableId"}),
    ("ec2", "CreateRoute", {"RouteTableId": "$table", "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "$igw"}, {}),
    ("ec2", "CreateRoute", {"RouteTableId": "$table", "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "$igw"}, {}),
    ("ec2", "ReplaceRoute", {"RouteTableId": "$table", "DestinationCidrBlock": "10.200.0.0/16", "GatewayId": "$igw"}, {}),
    ("ec2", "AssociateRouteTable", {"RouteTableId": "$table", "SubnetId": "$subnet"}, {"association": "AssociationId"}),
    ("ec2", "DeleteRouteTable", {"RouteTableId": "$table"}, {}),
    ("ec2", "DescribeRouteTables", {"RouteTableIds": ["$table"]}, {}),
    ("ec2", "DescribeRouteTables", {"Filters": [{"Name": "association.subnet-id", "Values": ["$subnet"]}]}, {}),
    ("ec2", "DescribeRouteTables", {"RouteTableIds": ["rtb-0123456789abcdef0"]}, {}),
    ("ec2", "AllocateAddress", {"Domain": "vpc"}, {"address": "AllocationId"}),
    ("ec2", "CreateNatGateway", {"SubnetId": "$subnet", "AllocationId": "$address"}, {"nat": "NatGateway.NatGatewayId"}),
    ("ec2", "DescribeNatGateways", {"NatGatewayIds": ["$nat"]}, {}),
    ("ec2", "CreateSecurityGroup", {"GroupName": "g1", "Description": "d", "VpcId": "$vpc"}, {"g1": "GroupId"}),
    ("ec2", "CreateSecurityGroup", {"GroupName": "g1", "Description": "d", "VpcId": "$vpc"}, {}),
    ("ec2", "CreateSecurityGroup", {"GroupName": "g2", "Description": "d", "VpcId": "$vpc"}, {"g2": "GroupId"}),
    ("ec2", "AuthorizeSecurityGroupIngress", {"GroupId": "$g2", "IpPermissions": [
        {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": "$g1"}]}]}, {}),
    ("ec2", "AuthorizeSecurityGroupIngress", {"GroupId": "$g2", "IpPermissions": [
        {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": "$g1"}]}]}, {}),
    ("ec2", "DescribeSecurityGroups", {"Filters": [{"Name": "ip-permission.group-id", "Values": ["$g1"]}]}, {}),
    ("ec2", "DeleteSecurityGroup", {"GroupId": "$g1"}, {}),
    ("ec2", "RevokeSecurityGroupIngress", {"GroupId": "$g1", "IpPermissions": [
        {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]}, {}),
    ("ec2", "DescribeSecurityGroups", {"GroupIds": ["sg-0123456789abcdef0"]}, {}),
    ("ec2", "CreateNetworkInterface", {"SubnetId": "$subnet"}, {"eni": "NetworkInterface.NetworkInterfaceId"}),
    ("ec2", "DeleteSubnet", {"SubnetId": "$subnet"}, {}),
    ("ec2", "DescribeNetworkAcls", {"Filters": [{"Name": "vpc-id", "Values": ["$vpc"]}]}, {}),
    ("ec2", "DescribeInternetGateways", {"Filters": [{"Name": "attachment.vpc-id", "Values": ["$vpc"]}]}, {}),
    ("ec2", "DescribeVpcs", {"VpcIds": ["vpc-0123456789abcdef0"]}, {}),
    ("ec2", "DescribeSubnets", {"SubnetIds": ["$subnet"]}, {}),
    ("ec2", "DeleteVpc", {"VpcId": "$vpc"}, {}),
    ("iam", "CreateRole", {"RoleName": "r", "AssumeRolePolicyDocument": TRUST}, {}),
    ("iam", "CreateRole", {"RoleName": "r", "AssumeRolePolicyDocument": TRUST}, {}),
    ("iam", "GetRole", {"RoleName": "r"}, {}),
    ("iam", "GetRole", {"RoleName": "no-such"}, {}),
    ("iam", "PutRolePolicy", {"RoleName": "r", "PolicyName": "p", "PolicyDocument": ALLOW}, {}),
    ("iam", "ListRolePolicies", {"RoleName": "r"}, {}),
    ("iam", "CreateInstanceProfile", {"InstanceProfileName": "i"}, {}),
    ("iam", "AddRoleToInstanceProfile", {"InstanceProfileName": "i", "RoleName": "r"}, {}),
    ("iam", "GetInstanceProfile", {"InstanceProfileName": "i"}, {}),
    ("iam", "GetInstanceProfile", {"InstanceProfileName": "no-such"}, {}),
    ("iam", "DeleteRole", {"RoleName": "r"}, {}),
    ("cloudformation", "CreateStack", {"StackName": "s", "TemplateBody": TEMPLATE}, {}),
    ("cloudformation", "DescribeStacks", {"StackName": "s"}, {}),
    ("cloudformation", "CreateStack", {"StackName": "s", "TemplateBody": TEMPLATE}, {}),
    ("cloudformation", "DescribeStackResources", {"StackName": "s"}, {}),
    ("cloudformation", "ListStackResources", {"StackName": "s"}, {}),
    ("cloudformation", "DescribeStackEvents", {"StackName": "s"}, {}),
    ("cloudformation", "DescribeStacks", {"StackName": "no-such"}, {}),
    ("cloudformation", "DeleteStack", {"StackName": "s"}, {}),
    ("cloudformation", "DescribeStacks", {"StackName": "s"}, {}),
]

# number of the call, counted from 1 -> why the two differ there
DIFFERENCES = json.load(open(__file__.replace("against_moto.py", "differences.json")))

config = botocore.config.Config(retries={"max_attempts": 1}, parameter_validation=False)


def clients(endpoint):
    session = botocore.session.get_session()
    return {service: session.create_client(
        service, endpoint_url=endpoint, region_name="us-west-2", config=config,
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="x")
        for service in ("sts", "ec2", "iam", "cloudformation")}


def put(value, facts):
    if isinstance(value, str) and value.startswith("$"):
        return facts.get(value[1:], "missing-" + value[1:])
    if isinstance(value, dict):
        return {k: put(v, facts) for k, v in value.items()}
    if isinstance(value, list):
        return [put(v, facts) for v in value]
    return value


def members(answer, path=""):
    """Paths of all members that hold something."""
    found = set()
    if isinstance(answer, dict):
        for name, value in answer.items():
            if name != "ResponseMetadata" and value not in (None, "", [], {}):
                found |= {f"{path}{name}"} | members(value, f"{path}{name}.")
    elif isinstance(answer, list):
        for item in answer:
            found |= members(item, path[:-1] + "[].")
    return found


def run(endpoint, settle):
    reached, facts, outcomes = clients(endpoint), {}, []
    for service, operation, parameters, captures in CALLS:
        if service == "cloudformation":
            settle()
        try:
            answer = reached[service]._make_api_call(operation, put(parameters, facts))
            outcomes.append(("ok", members(answer)))
            for name, path in captures.items():
                value = answer
                for part in path.split("."):
                    value = value[part]
                facts[name] = value
        except botocore.exceptions.ClientError as error:
            outcomes.append((error.response["Error"]["Code"], set()))
        except botocore.parsers.ResponseParserError:
            outcomes.append(("unreadable", set()))
    return outcomes


def main():
    ours_at, moto_at = sys.argv[1:3]
    ours, moto = run(ours_at, lambda: time.sleep(0.5)), run(moto_at, lambda: None)
    unexplained, explained = [], 0
    for number, (call, (our, our_members), (their, their_members)) in enumerate(zip(CALLS, ours, moto), 1):
        what = None
        if our != their:
            what = f"ours {our}, moto {their}"
        elif their_members - our_members:
            what = f"moto has {sorted(their_members - our_members)}"
        reason = DIFFERENCES.get(f"{number} {call[1]}")
        if what and reason:
            explained += 1
        elif what:
            unexplained.append(f"{number} {call[1]}: {what}")
        elif reason:
            unexplained.append(f"{number} {call[1]}: no difference any more, but differences.json has a reason")
    for line in unexplained:
        print(line)
    print(f"against moto: {len(CALLS)} calls, {explained} explained differences, {len(unexplained)} unexplained")
    sys.exit(1 if unexplained else 0)


if __name__ == "__main__":
    main()
