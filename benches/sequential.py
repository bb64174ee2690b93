"""What somebody would write: the calls of a diagnosis with boto3, one after the other.

    sequential.py ENDPOINT ENVIRONMENT

Prints one line of JSON: how many calls, and the seconds from the first to the last; what starting
Python and loading boto3 takes is not counted against it.
"""

import json
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

REGION = "us-west-2"


def clients(endpoint):
    config = Config(retries={"total_max_attempts": 1})
    session = boto3.Session(aws_access_key_id="AKIABENCH", aws_secret_access_key="bench", region_name=REGION)
    return lambda service: session.client(service, endpoint_url=endpoint, config=config)


class Counted:
    """Makes calls and counts them; a stack that is not there is an answer too."""

    def __init__(self):
        self.calls = 0

    def __call__(self, operation, **parameters):
        self.calls += 1
        try:
            return operation(**parameters)
        except ClientError as error:
            return {"Error": error.response["Error"]}


def of_environment(client, call, name):
    eb = client("elasticbeanstalk")
    found = call(eb.describe_environments, IncludeDeleted=True)["Environments"]
    environment = next(one for one in found if one["EnvironmentName"] == name)
    call(eb.describe_events, EnvironmentName=name, MaxRecords=1000)
    made = call(eb.describe_environment_resources, EnvironmentName=name)["EnvironmentResources"]
    call(eb.describe_environment_health, EnvironmentName=name, AttributeNames=["All"])
    call(eb.describe_instances_health, EnvironmentName=name, AttributeNames=["All"])
    call(eb.describe_configuration_settings, ApplicationName=environment["ApplicationName"], EnvironmentName=name)
    call(eb.describe_platform_version, PlatformArn=environment["PlatformArn"])
    return environment, made


def of_stack(client, call, environment):
    cloudformation = client("cloudformation")
    stack = f"awseb-{environment['EnvironmentId']}-stack"
    call(cloudformation.describe_stacks, StackName=stack)
    call(cloudformation.describe_stack_resources, StackName=stack)
    call(cloudformation.describe_stack_events, StackName=stack)
    call(cloudformation.describe_stacks, StackName=stack.replace("-stack", "-immutable-stack"))


def of_network(client, call, instances):
    ec2 = client("ec2")
    ids = [one["Id"] for one in instances]
    found = call(ec2.describe_instances, InstanceIds=ids)["Reservations"][0]["Instances"][0]
    here = [{"Name": "vpc-id", "Values": [found["VpcId"]]}]
    call(ec2.describe_vpcs, VpcIds=[found["VpcId"]])
    call(ec2.describe_subnets, Filters=here)
    call(ec2.describe_route_tables, Filters=here)
    call(ec2.describe_network_acls, Filters=here)
    call(ec2.describe_nat_gateways, Filters=here)
    call(ec2.describe_internet_gateways)
    call(ec2.describe_vpc_endpoints, Filters=here)
    call(ec2.describe_vpc_peering_connections)
    call(ec2.describe_security_groups, Filters=here)
    return found


def of_serving(client, call, made):
    scaling, balancing = client("autoscaling"), client("elbv2")
    group = made["AutoScalingGroups"][0]["Name"]
    call(scaling.describe_auto_scaling_groups, AutoScalingGroupNames=[group])
    call(scaling.describe_scaling_activities, AutoScalingGroupName=group)
    balancer = made["LoadBalancers"][0]["Name"]
    call(balancing.describe_load_balancers, LoadBalancerArns=[balancer])
    targets = call(balancing.describe_target_groups, LoadBalancerArn=balancer)["TargetGroups"]
    call(balancing.describe_target_health, TargetGroupArn=targets[0]["TargetGroupArn"])


def main(endpoint, name):
    client, call = clients(endpoint), Counted()
    began = time.perf_counter()
    call(client("sts").get_caller_identity)
    environment, made = of_environment(client, call, name)
    of_stack(client, call, environment)
    instance = of_network(client, call, made["Instances"])
    of_serving(client, call, made)
    iam = client("iam")
    profile = instance["IamInstanceProfile"]["Arn"].rsplit("/")[-1]
    call(iam.get_instance_profile, InstanceProfileName=profile)
    call(iam.get_role, RoleName="aws-elasticbeanstalk-service-role")
    print(json.dumps({"calls": call.calls, "seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main(*sys.argv[1:])
