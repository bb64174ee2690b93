"""Worlds: a healthy account each, with one thing broken; and what is right to say of it."""

import time

import build
import cfn
import eb
import ec2
from build import say
from groups import new_group, rule
from world import World

WORLDS = {}


class Case:
    """A world, the environment it is about, and what a correct answer is."""

    def __init__(self, world, env, causes=(), verdict=("degraded", "stuck"), approve="safe", ends=0, outcome="recovered", goal=None, more=(), regions=None):
        self.world, self.env, self.causes = world, env, causes and set(causes)
        self.verdicts = (verdict,) if isinstance(verdict, str) else verdict
        self.approve, self.ends, self.outcome, self.goal, self.more = approve, ends, outcome, goal, list(more)


def case(function):
    WORLDS[function.__name__] = function
    return function


def frankfurt():
    """One account, three zones, private instances behind one NAT gateway for each."""
    world = World("eu-central-1", "481516234207", "frankfurt")
    build.identities(world)
    net = build.network(world, "10.44.0.0/16", nat="each", name="billing")
    arn = build.platform(world, "Node.js 22 running on 64bit Amazon Linux 2023", "6.5.2", latest=True)
    env = build.environment(world, "billing-api-live", "billing", arn, net["private"], net["public"], vpc=net["vpc"], version="2026.11.3")
    return world, net, env


def sydney(**options):
    """Another account: public instances, IPv6, its own role names, two applications."""
    world = World("ap-southeast-2", "730335190042", "sydney")
    build.identities(world, profile="quokka-instances", service="quokka-eb-service")
    net = build.network(world, "172.29.0.0/17", private=False, ipv6=True, name="quokka")
    arn = build.platform(world, "Corretto 21 running on 64bit Amazon Linux 2023", "4.7.1", latest=True)
    settings = {("aws:elasticbeanstalk:environment:process:default", "HealthCheckPath"): "/health", **options.pop("settings", {})}
    env = build.environment(world, "QuokkaTours-web", "quokka-tours", arn, net["public"], net["public"], vpc=net["vpc"], public=True, service="quokka-eb-service", profile="quokka-instances", options=settings, version="build-1187")
    build.environment(world, "reports", "reports", arn, net["public"], vpc=net["vpc"], public=True, service="quokka-eb-service", profile="quokka-instances", version=None)
    return world, net, env


def dublin():
    """A default VPC, one instance, basic health, no version ever deployed."""
    world = World("eu-west-1", "209913377001", "dublin")
    build.identities(world)
    net = build.network(world, "172.31.0.0/16", private=False, name="default")
    world.vpcs[net["vpc"]]["IsDefault"] = True
    for ident in net["public"]:
        world.subnets[ident].update(DefaultForAz=True, MapPublicIpOnLaunch=True)
    arn = build.platform(world, "PHP 8.3 running on 64bit Amazon Linux 2023", "4.6.0", latest=True)
    env = build.environment(world, "wiki", "wiki", arn, net["public"], public=True, version=None, options={("aws:elasticbeanstalk:healthreporting:system", "SystemType"): "basic"})
    return world, net, env


def notice(world, env, *causes, ago=1500):
    status, found = eb.health(world, env)
    say(world, env, "WARN", f"Environment health has transitioned from Ok to {status}. {' '.join(found)}", ago)


# --- well ---------------------------------------------------------------------------------------

@case
def healthy_private():
    world, _, env = frankfurt()
    return Case(world, env, verdict="healthy", outcome="not-needed")


@case
def healthy_public_ipv6():
    world, _, env = sydney()
    return Case(world, env, verdict="healthy", outcome="not-needed")


@case
def healthy_default_vpc():
    world, _, env = dublin()
    world.missing = {"rds": "refused", "servicequotas": "html", "service-quotas": "404", "sqs": "refused", "s3": "html"}
    return Case(world, env, verdict="healthy", outcome="not-needed")


# --- routes -------------------------------------------------------------------------------------

def lose_table(world, net, ago=5400, known=True):
    """Somebody takes the table of all private subnets away."""
    own = [world.tables[t] for t in net["tables"]]
    for table in own:
        ident = table["RouteTableId"]
        for link in table["Associations"]:
            world.recorded(ago, "ec2", "DisassociateRouteTable", "r.haas@example.com", {"associationId": link["RouteTableAssociationId"]}, {"_return": True, "requestId": "c1"}) if known else None
        for other in world.endpoints.values():
            if ident in other["RouteTableIds"]:
                other["RouteTableIds"].remove(ident)
        if known:
            world.recorded(ago - 20, "ec2", "DeleteRouteTable", "r.haas@example.com", {"routeTableId": ident}, {"_return": True, "requestId": "c2"}, [("AWS::EC2::RouteTable", ident)])
        del world.tables[ident]


def made_by_trail(world, net):
    """The making of the tables, months ago, is still in CloudTrail."""
    for ident in net["tables"]:
        table = world.tables[ident]
        world.recorded(5e6, "ec2", "CreateRouteTable", "terraform", {"vpcId": net["vpc"]}, {"routeTable": {"routeTableId": ident, "vpcId": net["vpc"], "associationSet": {}, "routeSet": {"items": []}}}, [("AWS::EC2::RouteTable", ident)])
        for r in table["Routes"][1:]:
            if "DestinationCidrBlock" not in r:
                continue
            target = {k[0].lower() + k[1:]: v for k, v in r.items() if k.endswith("Id") and not k.startswith("Destination")}
            world.recorded(5e6 - 60, "ec2", "CreateRoute", "terraform", {"routeTableId": ident, "destinationCidrBlock": r["DestinationCidrBlock"], **target}, {"_return": True})
        for link in table["Associations"]:
            world.recorded(5e6 - 90, "ec2", "AssociateRouteTable", "terraform", {"routeTableId": ident, "subnetId": link["SubnetId"]}, {"associationId": link["RouteTableAssociationId"]})


@case
def lost_route_table():
    world, net, env = frankfurt()
    made_by_trail(world, net)
    lose_table(world, net)
    notice(world, env)
    return Case(world, env, {"NET-02", "NET-01", "NET-04", "NET-26"})


@case
def lost_route_table_no_trail():
    world, net, env = frankfurt()
    lose_table(world, net, known=False)
    world.denied.add("cloudtrail:LookupEvents")
    notice(world, env)
    return Case(world, env, {"NET-02", "NET-01", "NET-04", "NET-26"})


# --- stacks -------------------------------------------------------------------------------------

def fail_termination(world, env, ago=900):
    """Asks for the termination, waits for its failure and makes it an old story."""
    from operations import terminate
    terminate(world, {"EnvironmentName": env["name"]})
    until = time.time() + 5
    while env["status"] == "Terminating" and time.time() < until:
        time.sleep(0.1)
        world.settle()
    stack = cfn.stack_of(world, env["stack"])
    for event in stack["events"]:
        if event["Timestamp"] > time.time() - 10:
            event["Timestamp"] -= ago
    for event in world.events:
        if event["EventDate"] > time.time() - 10:
            event["EventDate"] -= ago


@case
def delete_failed_foreign_rule():
    world, net, env = frankfurt()
    own = next(g for g in world.groups.values() if "AWSEBSecurityGroup" in g["GroupName"])
    data = new_group(world, net["vpc"], "ledger-db", "ledger database")
    data["rules"].append(rule(world, "ingress", "tcp", 5432, 5432, "group", own["GroupId"], "billing api"))
    fail_termination(world, env)
    return Case(world, env, {"CFN-01"}, verdict="stuck", approve="destructive", goal="terminated")


@case
def delete_failed_foreign_rule_back():
    made = delete_failed_foreign_rule()
    made.goal = None
    return made


@case
def lost_route_table_endpoint():
    """The lost table was the gateway endpoint's too, and led to a peer."""
    world, net, env = sydney_private()
    s3 = build.endpoint(world, net, "s3", tables=net["tables"])
    peer = peering(world, net, "10.90.0.0/16")
    for ident in net["tables"]:
        world.tables[ident]["Routes"].append({"DestinationCidrBlock": "10.90.0.0/16", "VpcPeeringConnectionId": peer, "Origin": "CreateRoute"})
    made_by_trail(world, net)
    for ident in net["tables"]:
        world.recorded(4e6, "ec2", "ModifyVpcEndpoint", "terraform", {"VpcEndpointId": s3["VpcEndpointId"], "AddRouteTableId": {"tag": 1, "content": ident}}, {"return": True}, younger=True)
    lose_table(world, net)
    notice(world, env)
    return Case(world, env, {"NET-02", "NET-01", "NET-04", "NET-26"})


def sydney_private():
    world = World("ap-southeast-2", "730335190042", "sydney-private")
    build.identities(world, profile="quokka-instances", service="quokka-eb-service")
    net = build.network(world, "192.168.0.0/18", nat="one", name="quokka")
    arn = build.platform(world, "Python 3.13 running on 64bit Amazon Linux 2023", "4.8.0", latest=True)
    env = build.environment(world, "bookings-prod", "bookings", arn, net["private"], net["public"], vpc=net["vpc"], service="quokka-eb-service", profile="quokka-instances", version="r88",
                            options={("aws:elasticbeanstalk:application:environment", "LOG_LEVEL"): "info"})
    return world, net, env


def peering(world, net, cidr):
    ident = world.id("pcx")
    here, there = {"CidrBlock": world.vpcs[net["vpc"]]["CidrBlock"], "OwnerId": world.account, "VpcId": net["vpc"], "Region": world.region}, {"CidrBlock": cidr, "OwnerId": "118822334455", "VpcId": world.id("vpc"), "Region": world.region}
    for side in (here, there):
        side["CidrBlockSet"] = [{"CidrBlock": side["CidrBlock"]}]
    world.peerings[ident] = {"VpcPeeringConnectionId": ident, "Status": {"Code": "active", "Message": "Active"}, "AccepterVpcInfo": here, "RequesterVpcInfo": there, "Tags": [{"Key": "Name", "Value": "data platform"}]}
    return ident


@case
def blackhole_nat():
    """The only NAT gateway was deleted: its routes are black holes."""
    world, net, env = sydney_private()
    nat = net["nats"][0]
    ec2.delete_nat(world, {"NatGatewayId": nat})
    for address in list(world.addresses):
        del world.addresses[address]
    world.recorded(4000, "ec2", "DeleteNatGateway", "cost-saver", {"NatGatewayId": nat}, {"natGatewayId": nat}, younger=True)
    notice(world, env)
    return Case(world, env, {"NET-03"}, approve="disruptive")


@case
def one_subnet_without_route():
    """One of three private subnets fell back to the main table."""
    world, net, env = sydney_private()
    table = world.tables[net["tables"][0]]
    used = build.instances(world, env)[0]["SubnetId"]
    link = next(a for a in table["Associations"] if a["SubnetId"] == used)
    table["Associations"].remove(link)
    world.recorded(3000, "ec2", "DisassociateRouteTable", "i.khan", {"associationId": link["RouteTableAssociationId"]}, {"_return": True})
    notice(world, env)
    return Case(world, env, {"NET-04", "NET-02", "NET-01"})


@case
def gateway_detached():
    world, net, env = sydney()
    ec2.detach_gateway(world, {"InternetGatewayId": net["igw"]})
    world.recorded(2600, "ec2", "DetachInternetGateway", "i.khan", {"internetGatewayId": net["igw"], "vpcId": net["vpc"]}, {"_return": True}, [("AWS::EC2::InternetGateway", net["igw"])])
    notice(world, env)
    return Case(world, env, {"NET-07"})


@case
def acl_blocks_answers():
    """A network ACL lets requests out, and no answers in."""
    world, net, env = frankfurt()
    acl = world.acls[net["acl"]]
    acl["Entries"] = [e for e in acl["Entries"] if e["Egress"] or e["RuleNumber"] != 100]
    for number, start, end in ((100, 80, 80), (110, 443, 443), (120, 22, 22)):
        acl["Entries"].append({"RuleNumber": number, "Protocol": "6", "RuleAction": "allow", "Egress": False, "CidrBlock": "0.0.0.0/0", "PortRange": {"From": start, "To": end}})
    world.recorded(2000, "ec2", "DeleteNetworkAclEntry", "auditor", {"networkAclId": net["acl"], "ruleNumber": 100, "egress": False}, {"_return": True})
    notice(world, env)
    return Case(world, env, {"NET-09"}, approve="disruptive")


@case
def group_lets_nothing_out():
    world, net, env = sydney_private()
    own = next(g for g in world.groups.values() if "AWSEBSecurityGroup" in g["GroupName"])
    own["rules"] = [r for r in own["rules"] if r["dir"] != "egress"]
    world.recorded(2000, "ec2", "RevokeSecurityGroupEgress", "auditor", {"groupId": own["GroupId"], "ipPermissions": {"items": [{"ipProtocol": "-1", "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]}}]}}, {"_return": True}, [("AWS::EC2::SecurityGroup", own["GroupId"])])
    notice(world, env)
    return Case(world, env, {"NET-09"}, approve="disruptive")


@case
def peering_route_missing_in_one_subnet():
    """The database of MongoDB Atlas is reached over a peering, from all subnets but one."""
    world, net, env = frankfurt()
    env["options"]["aws:elasticbeanstalk:application:environment", "MONGO_URL"] = "mongodb+srv://app:pw@ledger-pri.ab1cd.mongodb.net/ledger"
    peer = peering(world, net, "192.168.248.0/21")
    for ident in net["tables"][:2]:
        world.tables[ident]["Routes"].append({"DestinationCidrBlock": "192.168.248.0/21", "VpcPeeringConnectionId": peer, "Origin": "CreateRoute"})
    return Case(world, env, {"ATL-01"}, verdict=("degraded",))


# --- more of stacks -----------------------------------------------------------------------------

@case
def delete_failed_foreign_interface():
    world, net, env = sydney_private()
    own = next(g for g in world.groups.values() if "AWSEBSecurityGroup" in g["GroupName"])
    other = new_group(world, net["vpc"], "batch", "batch jobs")
    world.interface(net["private"][2], [own["GroupId"], other["GroupId"]], "nightly export worker", tags=[("Name", "nightly-export")])
    fail_termination(world, env)
    return Case(world, env, {"CFN-04"}, approve="destructive", goal="terminated")


@case
def export_in_use():
    world, net, env = sydney_private()
    stack = cfn.stack_of(world, env["stack"])
    stack["Outputs"] = [{"OutputKey": "Group", "OutputValue": "sg-1", "ExportName": "bookings-group"}]
    world.imports["bookings-group"] = ["bookings-reporting"]
    fail_termination_refused(world, env, stack)
    return Case(world, env, {"CFN-09"}, goal="terminated", approve="destructive", ends=6, outcome="beyond-repair")


def fail_termination_refused(world, env, stack):
    say(world, env, "INFO", "terminateEnvironment is starting.", 800)
    say(world, env, "ERROR", "Stack deletion failed: Delete canceled. Cannot delete export bookings-group as it is in use by bookings-reporting.", 780)
    say(world, env, "INFO", "The environment termination step failed because at least one of the environment termination workflows failed.", 770)
    cfn.told(stack, None, stack["StackStatus"], "Delete canceled. Cannot delete export bookings-group as it is in use by bookings-reporting.", 785)


@case
def termination_protection():
    world, net, env = frankfurt()
    cfn.stack_of(world, env["stack"])["EnableTerminationProtection"] = True
    fail_termination(world, env)
    return Case(world, env, {"CFN-10"}, goal="terminated", approve="destructive")


@case
def balancer_protected():
    world, net, env = frankfurt()
    next(iter(world.balancers.values()))["attributes"]["deletion_protection.enabled"] = "true"
    fail_termination(world, env)
    return Case(world, env, {"CFN-07"}, goal="terminated", approve="destructive")


@case
def rollback_failed_role():
    """An update's rollback failed for want of the service role, which is gone."""
    world, net, env = frankfurt()
    del world.roles["aws-elasticbeanstalk-service-role"]
    world.recorded(8000, "iam", "DeleteRole", "cleanup", {"roleName": "aws-elasticbeanstalk-service-role"}, None)
    stack = cfn.stack_of(world, env["stack"])
    group = next(r for r in stack["resources"] if r["LogicalResourceId"] == "AWSEBAutoScalingGroup")
    why = f"Role arn:aws:iam::{world.account}:role/aws-elasticbeanstalk-service-role is invalid or cannot be assumed"
    rolled_back(world, env, stack, group, why)
    stack["hinders"] = lambda _: why if "aws-elasticbeanstalk-service-role" not in world.roles else None
    return Case(world, env, {"EB-11", "CFN-13"}, approve="disruptive")


def rolled_back(world, env, stack, resource, why, ago=7000):
    say(world, env, "INFO", "Environment update is starting.", ago)
    cfn.told(stack, None, "UPDATE_IN_PROGRESS", "User Initiated", ago)
    cfn.told(stack, resource, "UPDATE_FAILED", why, ago - 20)
    cfn.told(stack, None, "UPDATE_ROLLBACK_IN_PROGRESS", f"The following resource(s) failed to update: [{resource['LogicalResourceId']}]. ", ago - 30)
    cfn.told(stack, resource, "UPDATE_FAILED", why, ago - 40)
    cfn.told(stack, None, "UPDATE_ROLLBACK_FAILED", f"The following resource(s) failed to update: [{resource['LogicalResourceId']}]. ", ago - 50)
    say(world, env, "ERROR", f"Service:AmazonCloudFormation, Message:Stack named '{env['stack']}' aborted operation. Current state: 'UPDATE_ROLLBACK_FAILED'  Reason: The following resource(s) failed to update: [{resource['LogicalResourceId']}]. ", ago - 55)
    say(world, env, "ERROR", "Failed to deploy configuration.", ago - 56)


@case
def rollback_failed_gone():
    """An alarm was deleted by hand; the rollback of an update cannot find it."""
    world, net, env = frankfurt()
    stack = cfn.stack_of(world, env["stack"])
    alarm = next(r for r in stack["resources"] if r["LogicalResourceId"] == "AWSEBCloudwatchAlarmHigh")
    why = f'Resource handler returned message: "Alarm {alarm["PhysicalResourceId"]} not found (Service: CloudWatch, Status Code: 404, Request ID: 77)" (RequestToken: 3f2b1c55-0000-4000-8000-3a3a3a3a3a3a, HandlerErrorCode: NotFound)'
    rolled_back(world, env, stack, alarm, why)
    stack["hinders"] = lambda _: why
    return Case(world, env, {"CFN-12"}, approve="disruptive")
