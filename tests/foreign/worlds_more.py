"""More worlds: roles, platforms, deployments, capacity, mail, ends and dead ends."""

import time

import build
import cfn
from build import say
from groups import new_group, rule
from world import World
from worlds import Case, case, fail_termination, frankfurt, lose_table, notice, sydney


# --- roles, platforms, deployments --------------------------------------------------------------

@case
def service_role_missing():
    world, net, env = sydney()
    del world.roles["quokka-eb-service"]
    world.recorded(9000, "iam", "DeleteRole", "cleanup", {"roleName": "quokka-eb-service"}, None)
    notice(world, env)
    return Case(world, env, {"EB-11"}, approve="disruptive")


@case
def profile_missing():
    world, net, env = frankfurt()
    del world.profiles["aws-elasticbeanstalk-ec2-role"], world.roles["aws-elasticbeanstalk-ec2-role"]
    say(world, env, "ERROR", "The instance profile aws-elasticbeanstalk-ec2-role associated with the environment does not exist.", 900)
    return Case(world, env, {"EB-12"}, approve="disruptive")


@case
def platform_retired():
    """A retired branch: a risk, and nothing is wrong."""
    world, net, env = frankfurt()
    old = build.platform(world, "Node.js 16 running on 64bit Amazon Linux 2", "5.8.4", lifecycle="Retired")
    world.platforms[old]["SolutionStackName"] = "64bit Amazon Linux 2 v5.8.4 running Node.js 16"
    env["arn"] = old
    return Case(world, env, verdict="healthy", outcome="not-needed")


@case
def managed_update_moved_platform():
    """A managed update in the night, and since then the application does not start."""
    world, net, env = frankfurt()
    before, after = env["arn"], build.platform(world, "Node.js 22 running on 64bit Amazon Linux 2023", "6.6.0", latest=True)
    env["arn"] = after
    env["options"]["aws:elasticbeanstalk:managedactions", "ManagedActionsEnabled"] = "true"
    env["options"]["aws:elasticbeanstalk:managedactions", "PreferredStartTime"] = "Sun:02:00"
    world.platforms[before].pop("PlatformLifecycleState", None)
    env["paths"] = Moving(env, before)
    world.managed_history.append({"ActionId": "act-1", "ActionType": "PlatformUpdate", "ActionDescription": "Apply the platform version 6.6.0.", "Status": "Completed", "ExecutedTime": time.time() - 9000, "FinishedTime": time.time() - 8600})
    say(world, env, "INFO", "Managed platform update is in-progress.", 9000)
    say(world, env, "INFO", "Environment update completed successfully.", 8600)
    for event in world.events:
        if event["EventDate"] < time.time() - 9100:
            event["PlatformArn"] = before
    notice(world, env, ago=8500)
    return Case(world, env, {"PL-14", "PL-15"}, approve="disruptive")


class Moving:
    """The application answers only on the platform it was written for."""

    def __init__(self, env, arn):
        self.env, self.arn = env, arn

    def __contains__(self, path):
        return self.env["arn"] == self.arn


@case
def bad_deployment():
    """The last version's command fails on the instances; the one before is still there."""
    world, net, env = frankfurt()
    build.application_version(world, "billing", "2026.11.4", ago=2000)
    world.bad.add(("billing", "2026.11.4"))
    env["running"], env["broken"], env["version"], env["deployment"] = "2026.11.3", "2026.11.4", "2026.11.4", 8
    ids = [i["InstanceId"] for i in build.instances(world, env)]
    for event in world.events:
        event["VersionLabel"] = "2026.11.3"
    say(world, env, "INFO", "Environment update is starting.", 1900)
    for ident in ids:
        say(world, env, "ERROR", f"[Instance: {ident}] Command failed on instance. Return code: 1 Output: Engine execution has encountered an error..", 1850)
    say(world, env, "INFO", "Command execution completed on all instances. Summary: [Successful: 0, Failed: 2].", 1845)
    say(world, env, "ERROR", f"Unsuccessful command execution on instance id(s) '{','.join(ids)}'. Aborting the operation.", 1840)
    say(world, env, "ERROR", "Failed to deploy application.", 1835)
    notice(world, env, ago=1800)
    return Case(world, env, {"APP-05", "EB-13"}, approve="disruptive")


@case
def health_check_path():
    """The load balancer asks for a path that the application does not have."""
    world, net, env = frankfurt()
    env["options"]["aws:elasticbeanstalk:environment:process:default", "HealthCheckPath"] = "/ping"
    next(iter(world.target_groups.values()))["HealthCheckPath"] = "/ping"
    say(world, env, "INFO", "Updating environment billing-api-live's configuration settings.", 2600)
    say(world, env, "INFO", "Successfully deployed new configuration to environment.", 2500)
    notice(world, env, ago=2400)
    return Case(world, env, {"APP-01", "APP-02"}, approve="disruptive", ends=6, outcome="beyond-repair")


# --- capacity, mail -----------------------------------------------------------------------------

@case
def no_capacity_in_a_zone():
    """All instances are in one zone, which has none left; there are private subnets in others."""
    world, net, env = frankfurt()
    zone = world.zones[0]
    env["options"]["aws:ec2:vpc", "Subnets"] = net["private"][0]
    group = next(iter(world.asgs.values()))
    group["VPCZoneIdentifier"], group["AvailabilityZones"] = net["private"][0], [zone]
    for one in list(group["Instances"]):
        world.end_instance(one["InstanceId"])
    world.settle()
    world.no_capacity[zone] = f"We currently do not have sufficient t3.small capacity in the Availability Zone you requested ({zone}). Our system will be working on provisioning additional capacity. You can currently get t3.small capacity by not specifying an Availability Zone in your request or choosing {world.zones[1]}, {world.zones[2]}. Launching EC2 instance failed."
    world.end_instance(group["Instances"][0]["InstanceId"])
    world.settle()
    say(world, env, "WARN", "EC2 Instance Launch Failure. Waiting for a New EC2 Instance to Launch...", 300)
    notice(world, env, ago=200)
    return Case(world, env, {"CAP-02"}, approve="disruptive")


@case
def vcpu_quota():
    world, net, env = frankfurt()
    world.no_capacity["*"] = "You have requested more vCPU capacity than your current vCPU limit of 32 allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit. Launching EC2 instance failed."
    group = next(iter(world.asgs.values()))
    world.end_instance(group["Instances"][0]["InstanceId"])
    world.settle()
    notice(world, env, ago=200)
    world.missing = {"service-quotas": "refused"}
    return Case(world, env, {"CAP-01"}, approve="disruptive", ends=6, outcome="beyond-repair")


@case
def mail_sandbox():
    """All is green, and no customer gets a mail: the account is in the sandbox of SES."""
    world, net, env = frankfurt()
    env["options"]["aws:elasticbeanstalk:application:environment", "SMTP_HOST"] = "email-smtp.eu-central-1.amazonaws.com"
    env["options"]["aws:elasticbeanstalk:application:environment", "MAIL_FROM"] = "billing@ledger.example"
    world.mail.update(sandbox=True, identities={"ledger.example": "SUCCESS"})
    return Case(world, env, {"SES-01"}, verdict="degraded", ends=6, outcome="beyond-repair")


# --- ends and dead ends -------------------------------------------------------------------------

@case
def terminated_restorable():
    world, net, env = frankfurt()
    from operations import terminate
    terminate(world, {"EnvironmentName": env["name"]})
    until = time.time() + 5
    while env["status"] != "Terminated" and time.time() < until:
        time.sleep(0.1)
        world.settle()
    env["updated"] = time.time() - 6 * 86400
    for event in world.events:
        if event["EventDate"] > time.time() - 60:
            event["EventDate"] -= 6 * 86400
    return Case(world, env, None, verdict="terminated", approve="disruptive")


@case
def stuck_updating():
    """An update hangs since hours and can be aborted."""
    world, net, env = frankfurt()
    env["status"], env["abortable"], env["updated"] = "Updating", True, time.time() - 3 * 3600
    say(world, env, "INFO", "Environment update is starting.", 3 * 3600)
    say(world, env, "INFO", "Deploying new version to instance(s).", 3 * 3600 - 30)
    return Case(world, env, {"EB-01"}, verdict="stuck", approve="disruptive")


@case
def deadlock():
    """Neither an abort nor a termination is taken."""
    world, net, env = frankfurt()
    env["status"], env["abortable"], env["updated"] = "Updating", False, time.time() - 26 * 3600
    say(world, env, "INFO", "Environment update is starting.", 26 * 3600)
    say(world, env, "ERROR", "Cannot terminate environment named billing-api-live. It is currently pending deployment.", 2000)
    say(world, env, "ERROR", "Environment named billing-api-live is in an invalid state for this operation. Must be pending deployment.", 1900)
    return Case(world, env, {"EB-02", "EB-04"}, verdict="stuck", approve="destructive", ends=6, outcome="beyond-repair")


@case
def coupled_database():
    """A termination failed on the coupled database, which is protected."""
    world, net, env = frankfurt()
    stack, name = cfn.stack_of(world, env["stack"]), "aa1k2m3n4p5q6r7"
    world.databases[name] = {"DBInstanceIdentifier": name, "DBInstanceClass": "db.t3.small", "Engine": "postgres", "EngineVersion": "16.4", "DBInstanceStatus": "available", "AllocatedStorage": 20, "DeletionProtection": True, "MultiAZ": False, "StorageEncrypted": False,
                             "BackupRetentionPeriod": 1, "DBInstanceArn": world.arn("rds", f"db:{name}"), "Endpoint": {"Address": f"{name}.c1d2e3f4g5h6.{world.region}.rds.amazonaws.com", "Port": 5432}, "VpcSecurityGroups": [], "InstanceCreateTime": time.time() - 8e6}
    cfn.add(stack, "AWSEBRDSDatabase", name, "AWS::RDS::DBInstance", 8e6)
    env["options"]["aws:rds:dbinstance", "HasCoupledDatabase"] = "true"
    env["options"]["aws:rds:dbinstance", "DBDeletionPolicy"] = "Delete"
    fail_termination(world, env)
    return Case(world, env, {"CFN-05"}, goal="terminated", approve="destructive", more=("--accept-data-loss", name))


@case
def healthy_endpoints_only():
    """No way to the internet at all: everything goes through VPC endpoints."""
    world = World("eu-north-1", "663311998800", "endpoints")
    build.identities(world)
    net = build.network(world, "10.8.0.0/20", nat="none", name="vault")
    admits = new_group(world, net["vpc"], "endpoints", "interface endpoints")
    admits["rules"].append(rule(world, "ingress", "tcp", 443, 443, "cidr", "10.8.0.0/20"))
    build.endpoint(world, net, "s3", tables=net["tables"])
    for service in ("elasticbeanstalk", "elasticbeanstalk-health", "cloudformation", "sqs", "logs"):
        build.endpoint(world, net, service, subnets=net["private"], groups=[admits["GroupId"]])
    arn = build.platform(world, "Docker running on 64bit Amazon Linux 2023", "4.7.2", latest=True)
    env = build.environment(world, "vault-api", "vault", arn, net["private"], net["public"], vpc=net["vpc"])
    return Case(world, env, verdict="healthy", outcome="not-needed")


@case
def endpoint_without_its_group_rule():
    """The interface endpoints' group admits nobody any more."""
    made = healthy_endpoints_only()
    world, env = made.world, made.env
    group = next(g for g in world.groups.values() if g["GroupName"] == "endpoints")
    group["rules"] = [r for r in group["rules"] if r["dir"] == "egress"]
    admitted = lambda: any(r["dir"] == "ingress" for r in group["rules"])
    reports = world.reports
    world.reports = lambda instance: admitted() and reports(instance)
    notice(world, env)
    return Case(world, env, {"NET-14"}, approve="disruptive")


@case
def names_are_not_resolved():
    made = healthy_endpoints_only()
    next(iter(made.world.vpcs.values())).update(dns=False, hostnames=False)
    notice(made.world, made.env)
    return Case(made.world, made.env, {"NET-16"}, approve="disruptive")


@case
def scaling_group_deleted():
    """Somebody deleted the Auto Scaling group, instances and all."""
    world, net, env = frankfurt()
    name, group = next(iter(world.asgs.items()))
    for one in group["Instances"]:
        world.end_instance(one["InstanceId"])
    del world.asgs[name]
    world.recorded(3000, "autoscaling", "DeleteAutoScalingGroup", "cleanup", {"autoScalingGroupName": name, "forceDelete": True}, None)
    notice(world, env)
    return Case(world, env, {"EB-22"}, approve="disruptive")


@case
def balancer_deleted():
    world, net, env = frankfurt()
    arn = next(iter(world.balancers))
    name = arn.split("loadbalancer/")[1]
    for ident in [i for i, e in world.interfaces.items() if e["Description"] == f"ELB {name}"]:
        del world.interfaces[ident]
    del world.balancers[arn]
    world.recorded(3000, "elasticloadbalancing", "DeleteLoadBalancer", "cleanup", {"loadBalancerArn": arn}, None)
    say(world, env, "ERROR", f"Elastic Load Balancer {name.split('/')[1]} Cannot Be Found", 2900)
    env["paths"] = Rebuilt(world)
    notice(world, env)
    return Case(world, env, {"EB-21"}, approve="disruptive")


class Rebuilt:
    """The application is asked only while there is a load balancer."""

    def __init__(self, world):
        self.world = world

    def __contains__(self, path):
        return bool(self.world.balancers)


@case
def processes_suspended():
    world, net, env = frankfurt()
    group = next(iter(world.asgs.values()))
    group["SuspendedProcesses"] = [{"ProcessName": "Launch", "SuspensionReason": "User suspended at 2026-11-20T10:00:00Z"}]
    world.end_instance(group["Instances"][0]["InstanceId"])
    world.settle()
    notice(world, env, ago=900)
    return Case(world, env, {"EB-25"}, approve="disruptive")


@case
def services_missing_around_a_lost_table():
    """The lost table again, on a fake without IAM, load balancing, quotas, RDS, S3 and mail."""
    world, net, env = frankfurt()
    lose_table(world, net, known=False)
    notice(world, env)
    world.missing = {"iam": "html", "elbv2": "404", "service-quotas": "refused", "rds": "html", "s3": "refused", "sesv2": "404", "cloudtrail": "html"}
    world.unserved = {"ec2:DescribeAddresses", "ec2:DescribeVpcPeeringConnections", "ec2:DescribePrefixLists", "ec2:DescribeInstanceTypes", "ec2:DescribeInstanceTypeOfferings", "elasticbeanstalk:ListPlatformVersions", "autoscaling:DescribeScheduledActions", "cloudformation:GetStackPolicy"}
    return Case(world, env, {"NET-02", "NET-01", "NET-04", "NET-26"})
