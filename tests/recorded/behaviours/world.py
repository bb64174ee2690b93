"""A served sandbox, and what the cases need to arrange things in it."""
import dataclasses
import itertools
import json
import subprocess
import urllib.request

import boto3
import botocore.config
import botocore.exceptions

CONFIG = botocore.config.Config(retries={"max_attempts": 1, "mode": "standard"}, connect_timeout=5, read_timeout=60,
                                parameter_validation=False, s3={"addressing_style": "path"})
MISSING = "0123456789abcdef0"


@dataclasses.dataclass
class Refusal:
    """A call that was refused."""
    http: int
    code: str
    message: str


class World:
    """A sandbox with an empty account, or a scenario, whose time passes only when it is told to."""

    def __init__(self, binary, scenario=None):
        arguments = [binary, "sandbox", "serve", *([scenario] if scenario else []), "--speed", "0.001"]
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        served = json.loads(self.process.stdout.readline())
        self.endpoint, self.region, self.account = served["endpoint"], served["region"], served["account"]
        self.session = boto3.Session(aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="x")
        self.clients, self.numbers = {}, itertools.count(1)
        # Many cases share a world: more VPCs, gateways and addresses than a new account may have.
        if not scenario:
            for service, code in ("vpc", "L-F678F1CE"), ("vpc", "L-A4707A72"), ("ec2", "L-0263D0A3"), ("ec2", "L-1216C47A"):
                self.call("service-quotas:RequestServiceQuotaIncrease", ServiceCode=service, QuotaCode=code, DesiredValue=500)
            self.advance(3600)

    def end(self):
        self.process.kill()
        self.process.wait()

    def client(self, service, region=None):
        key = service, region or self.region
        if key not in self.clients:
            self.clients[key] = self.session.client(service, endpoint_url=self.endpoint, region_name=key[1], config=CONFIG)
        return self.clients[key]

    def call(self, operation, region=None, **parameters):
        """Calls `service:Operation`; a refusal is raised."""
        service, name = operation.split(":")
        client = self.client(service, region)
        method = next(m for m, o in client.meta.method_to_api_mapping.items() if o == name)
        answer = getattr(client, method)(**parameters)
        answer.pop("ResponseMetadata", None)
        return answer

    def said(self, operation, region=None, **parameters):
        """Calls `service:Operation`; a refusal is an answer as well."""
        try:
            return self.call(operation, region, **parameters)
        except botocore.exceptions.ClientError as refusal:
            error = refusal.response["Error"]
            message = error.get("Message") or refusal.response.get("message") or refusal.response.get("Message") or ""
            return Refusal(refusal.response["ResponseMetadata"]["HTTPStatusCode"], error["Code"], message)

    def control(self, path, body, method="POST"):
        request = urllib.request.Request(f"{self.endpoint}/_sandbox/{path}", json.dumps(body).encode(), method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def advance(self, seconds):
        self.control("advance", {"seconds": seconds})

    def name(self, stem="thing"):
        """A name that nothing in this world has yet."""
        return f"{stem}-{next(self.numbers)}"

    # CloudFormation

    def create(self, template, name=None, **more):
        """Begins to create a stack; its name and id."""
        name = name or self.name("stack")
        answer = self.call("cloudformation:CreateStack", StackName=name, TemplateBody=text(template), **more)
        return name, answer["StackId"]

    def created(self, template, name=None, **more):
        """A stack whose creation is over."""
        name, id = self.create(template, name, **more)
        self.settle(id)
        return name, id

    def update(self, name, template, **more):
        self.call("cloudformation:UpdateStack", StackName=name, TemplateBody=text(template), **more)
        return self.settle(name)

    def change(self, name, template, kind="UPDATE", execute=True, **more):
        """Makes a change set and carries it out; its id."""
        answer = self.call("cloudformation:CreateChangeSet", StackName=name, ChangeSetName=self.name("change"),
                           ChangeSetType=kind, TemplateBody=text(template), **more)
        self.advance(10)
        if execute:
            self.call("cloudformation:ExecuteChangeSet", ChangeSetName=answer["Id"])
            self.settle(answer["StackId"])
        return answer

    def stack(self, name):
        return self.call("cloudformation:DescribeStacks", StackName=name)["Stacks"][0]

    def settle(self, stack, step=5, most=4 * 3600):
        """Lets time pass until nothing goes on with a stack any more; the stack."""
        id = self.stack(stack)["StackId"]
        for _ in range(most // step):
            if not self.stack(id)["StackStatus"].endswith("_IN_PROGRESS"):
                break
            self.advance(step)
        return self.stack(id)

    def deleted(self, stack, **more):
        """A stack by its id, after its deletion is over."""
        id = self.stack(stack)["StackId"]
        self.call("cloudformation:DeleteStack", StackName=stack, **more)
        return self.settle(id)

    def events(self, stack):
        """A stack's events, oldest first."""
        pages = self.client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=stack)
        return [event for page in pages for event in page["StackEvents"]][::-1]

    # EC2

    def vpc(self, block="10.0.0.0/16"):
        return self.call("ec2:CreateVpc", CidrBlock=block)["Vpc"]["VpcId"]

    def subnet(self, vpc, block="10.0.1.0/24", zone="a"):
        answer = self.call("ec2:CreateSubnet", VpcId=vpc, CidrBlock=block, AvailabilityZone=self.region + zone)
        return answer["Subnet"]["SubnetId"]

    def group(self, vpc, name=None):
        return self.call("ec2:CreateSecurityGroup", GroupName=name or self.name("group"), Description="a group",
                         VpcId=vpc)["GroupId"]

    def image(self):
        images = self.call("ec2:DescribeImages", Owners=["amazon"])["Images"]
        return next(i["ImageId"] for i in images if i.get("Architecture") == "x86_64")

    def instance(self, subnet=None, **more):
        """A running instance, in the default VPC if no subnet is named."""
        if subnet:
            more["SubnetId"] = subnet
        answer = self.call("ec2:RunInstances", ImageId=self.image(), InstanceType="t3.micro", MinCount=1, MaxCount=1, **more)
        self.advance(60)
        return answer["Instances"][0]["InstanceId"]

    def interface_of(self, described):
        """The interface with a description, as DescribeNetworkInterfaces shows it, split as the recordings are."""
        rows = self.call("ec2:DescribeNetworkInterfaces")["NetworkInterfaces"]
        row = next(r for r in rows if described(r))
        attachment = row.get("Attachment")
        keys = ("InterfaceType", "Description", "Status", "RequesterId", "RequesterManaged")
        return {"interface": {key: row.get(key) for key in keys}, "attachment": attachment and {**attachment}}


def text(template):
    return template if isinstance(template, str) else json.dumps(template)


def template(resources, **sections):
    """A template with these resources: logical id -> type, or (type, properties), or a whole declaration."""
    whole = {}
    for name, declared in resources.items():
        if isinstance(declared, str):
            declared = {"Type": declared}
        elif isinstance(declared, tuple):
            declared = {"Type": declared[0], "Properties": declared[1]}
        whole[name] = declared
    return {**sections, "Resources": whole}
