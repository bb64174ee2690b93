"""Elastic Beanstalk: environments, their operations and their health."""

import time

import build
import cfn

from serve import op
from wire import Fault, moment

RESTORABLE = 42 * 86400
COLOUR = {"Ok": "Green", "Info": "Green", "Pending": "Grey", "Warning": "Yellow", "Degraded": "Red", "Severe": "Red", "NoData": "Grey", "Unknown": "Grey", "Suspended": "Grey"}


# --- health -------------------------------------------------------------------------------------

def role_lost(world, env):
    role = env["options"][("aws:elasticbeanstalk:environment", "ServiceRole")].rsplit("/", 1)[-1]
    return None if role in world.roles else f"arn:aws:iam::{world.account}:role/{role}"


def serves(world, env, instance):
    """Whether the load balancer's check of an instance is answered well."""
    if not env["balanced"]:
        return True
    groups = [g["GroupId"] for g in instance["SecurityGroups"]]
    admitted = any(r["dir"] == "ingress" and r["proto"] in ("tcp", "-1") and (r["proto"] == "-1" or r["from"] <= 80 <= r["to"]) for g in groups if g in world.groups for r in world.groups[g]["rules"])
    pool = next((t for t in world.target_groups.values() if t.get("env") == env["id"]), None)
    return admitted and pool is not None and pool["HealthCheckPath"].split("?")[0] in env["paths"]


def health(world, env):
    """HealthStatus and causes, from the state."""
    if env["status"] in ("Launching", "Updating", "Terminating", "Aborting"):
        return "Info", ["Environment update is in progress (running for 42 seconds)." if env["status"] == "Updating" else "Performing initialization (running for 12 seconds)."]
    stack = cfn.stack_of(world, env["stack"], living=True)
    if env["status"] == "Terminated":
        return "Unknown", []
    lost, causes = role_lost(world, env), []
    own = build.instances(world, env)
    desired = sum(g["DesiredCapacity"] for g in world.asgs.values() if g["env"] == env["id"])
    status = "Ok"
    if not own:
        status = "Severe" if desired or stack is None or not world.asgs else "Unknown"
        causes.append(f"There are no instances. Auto Scaling group desired capacity is set to {desired}." if desired else "There are no instances.")
    silent = [i for i in own if not world.reports(i)]
    if own and len(silent) == len(own):
        status = "Severe"
        causes.append("None of the instances are sending data.")
    elif silent:
        status = "Degraded" if len(silent) * 2 >= len(own) else "Warning"
        causes.append(f"No data received from {len(silent)} out of {len(own)} instances.")
    down = [i for i in own if not serves(world, env, i)]
    if own and len(down) == len(own):
        status = "Severe"
        causes += ["ELB processes are not healthy on all instances.", "ELB health is failing or not available for all instances."]
    if env.get("broken") and own:
        status = "Degraded" if status == "Ok" else status
        causes += ["Command failed on all instances.", f'Incorrect application version found on all instances. Expected version "{env["broken"]}" (deployment {env["deployment"]}).']
    if lost:
        status = "Degraded" if status == "Ok" else status
        causes.append(f'Unable to assume role "{lost}". Verify that the role exists and is configured correctly.')
    for group in world.asgs.values():
        if group["env"] == env["id"] and 0 < len(own) < group["MinSize"]:
            status = "Degraded" if status == "Ok" else status
            causes.append(f"{len(own)} active instances is below Auto Scaling group minimum size {group['MinSize']}.")
    return status, causes


def basic(env):
    return env["options"].get(("aws:elasticbeanstalk:healthreporting:system", "SystemType")) == "basic"


def shown(world, env):
    status, _ = health(world, env)
    made = {"EnvironmentName": env["name"], "EnvironmentId": env["id"], "ApplicationName": env["application"], "SolutionStackName": world.platforms[env["arn"]]["SolutionStackName"], "PlatformArn": env["arn"], "CNAME": env["cname"],
            "DateCreated": env["created"], "DateUpdated": env["updated"], "Status": env["status"], "AbortableOperationInProgress": env["abortable"], "Health": COLOUR[status] if env["status"] == "Ready" else "Grey",
            "Tier": {"Name": env["tier"], "Type": "Standard" if env["tier"] == "WebServer" else "SQS/HTTP", "Version": "1.0"}, "EnvironmentLinks": [], "EnvironmentArn": world.arn("elasticbeanstalk", f"environment/{env['application']}/{env['name']}")}
    if not basic(env) and env["status"] not in ("Terminated", "Terminating"):
        made["HealthStatus"] = status
    if env["version"]:
        made["VersionLabel"] = env["version"]
    balancer = next((b for b in world.balancers.values() if cfn.stack_of(world, env["stack"]) and any(r["PhysicalResourceId"] == b["LoadBalancerArn"] for r in cfn.stack_of(world, env["stack"])["resources"])), None)
    if balancer and env["status"] != "Terminated":
        made["EndpointURL"] = balancer["DNSName"]
    return made


# --- reading ------------------------------------------------------------------------------------

@op("elasticbeanstalk", "DescribeEnvironments")
def environments(world, p):
    back = moment(p["IncludedDeletedBackTo"]) if p.get("IncludedDeletedBackTo") else time.time() - 3600
    found = []
    for env in world.environments:
        if env["status"] == "Terminated" and (not p.get("IncludeDeleted") or env["updated"] < back):
            continue
        if p.get("EnvironmentNames") and env["name"] not in p["EnvironmentNames"] or p.get("EnvironmentIds") and env["id"] not in p["EnvironmentIds"]:
            continue
        if p.get("ApplicationName") and env["application"] != p["ApplicationName"]:
            continue
        found.append(shown(world, env))
    return {"Environments": found}


def find(world, p):
    name, ident = p.get("EnvironmentName"), p.get("EnvironmentId")
    if not name and not ident:
        raise Fault("MissingParameter", "Missing required parameter.")
    for env in world.environments:
        if ident and env["id"] == ident or not ident and env["name"] == name and env["status"] != "Terminated":
            return env
    raise Fault("InvalidParameterValue", f"No Environment found for {'EnvironmentId = ' + repr(ident) if ident else 'EnvironmentName = ' + repr(name)}.")


@op("elasticbeanstalk", "DescribeEvents")
def events(world, p):
    found = [e for e in world.events if (not p.get("EnvironmentId") or e["id"] == p["EnvironmentId"]) and (not p.get("EnvironmentName") or e.get("EnvironmentName") == p["EnvironmentName"])
             and (not p.get("ApplicationName") or e["ApplicationName"] == p["ApplicationName"])]
    if p.get("StartTime"):
        found = [e for e in found if e["EventDate"] >= moment(p["StartTime"])]
    found = sorted(found, key=lambda e: -e["EventDate"])[:p.get("MaxRecords") or 100]
    return {"Events": [{k: v for k, v in e.items() if k != "id"} for e in found]}


@op("elasticbeanstalk", "DescribeEnvironmentResources")
def resources(world, p):
    env = find(world, p)
    if env["status"] == "Terminated":
        raise Fault("InvalidParameterValue", f"No Environment found for EnvironmentId = '{env['id']}'.")
    stack = cfn.stack_of(world, env["stack"], living=True)
    of = lambda kind: [r["PhysicalResourceId"] for r in (stack["resources"] if stack else []) if r["ResourceType"] == kind and r["ResourceStatus"] != "DELETE_COMPLETE"]
    made = {"EnvironmentName": env["name"], "AutoScalingGroups": [{"Name": n} for n in of("AWS::AutoScaling::AutoScalingGroup") if n in world.asgs], "Instances": [{"Id": i["InstanceId"]} for i in build.instances(world, env)],
            "LaunchConfigurations": [], "LaunchTemplates": [{"Id": n} for n in of("AWS::EC2::LaunchTemplate")], "LoadBalancers": [{"Name": n} for n in of("AWS::ElasticLoadBalancingV2::LoadBalancer") if n in world.balancers], "Triggers": [], "Queues": []}
    return {"EnvironmentResources": made}


@op("elasticbeanstalk", "DescribeEnvironmentHealth")
def environment_health(world, p):
    env = find(world, p)
    if basic(env):
        raise Fault("InvalidRequestException", "DescribeEnvironmentHealth is not supported.")
    status, causes = health(world, env)
    own = build.instances(world, env)
    silent = sum(1 for i in own if not world.reports(i))
    return {"EnvironmentName": env["name"], "HealthStatus": status, "Status": env["status"], "Color": COLOUR[status], "Causes": causes, "RefreshedAt": time.time(),
            "ApplicationMetrics": {"Duration": 10, "RequestCount": 0}, "InstancesHealth": {"NoData": silent, "Unknown": 0, "Pending": 0, "Ok": len(own) - silent if status == "Ok" else 0, "Info": 0, "Warning": 0, "Degraded": 0, "Severe": 0 if status == "Ok" else len(own) - silent}}


@op("elasticbeanstalk", "DescribeInstancesHealth")
def instances_health(world, p):
    env = find(world, p)
    if basic(env):
        raise Fault("InvalidRequestException", "DescribeInstancesHealth is not supported.")
    rows = []
    for i in build.instances(world, env):
        row = {"InstanceId": i["InstanceId"], "LaunchedAt": i["LaunchTime"], "AvailabilityZone": i["Placement"]["AvailabilityZone"], "InstanceType": i["InstanceType"]}
        if not world.reports(i):
            row |= {"HealthStatus": "NoData", "Color": "Grey", "Causes": ["No data. Last seen 37 minutes ago."]}
        else:
            bad = env.get("broken")
            row |= {"HealthStatus": "Severe" if bad or not serves(world, env, i) else "Ok", "Color": "Red" if bad or not serves(world, env, i) else "Green", "Causes": ["Application update failed 3 minutes ago and took 12 seconds."] if bad else [] if serves(world, env, i) else ["ELB health is failing or not available."],
                    "ApplicationMetrics": {"Duration": 10, "RequestCount": 0}, "System": {"CPUUtilization": {"User": 1.2, "System": 0.4, "Idle": 98.4}, "LoadAverage": [0.0, 0.02]}, "Deployment": {"VersionLabel": env["running"] if bad else env["version"] or "Sample Application", "DeploymentId": env["deployment"] - bool(bad), "Status": "Failed" if bad else "Deployed", "DeploymentTime": env["updated"]}}
        rows.append(row)
    return {"InstanceHealthList": rows, "RefreshedAt": time.time()}


@op("elasticbeanstalk", "DescribeConfigurationSettings")
def settings(world, p):
    env = find(world, p)
    if env["application"] != p["ApplicationName"]:
        raise Fault("InvalidParameterValue", f"No Environment found for EnvironmentName = '{p.get('EnvironmentName')}'.")
    options = []
    for (space, name), value in sorted(env["options"].items()):
        one = {"Namespace": space, "OptionName": name, "Value": value}
        if space.startswith("aws:autoscaling:asg"):
            one["ResourceName"] = "AWSEBAutoScalingGroup"
        options.append(one)
    joined = next(({"Namespace": "aws:autoscaling:launchconfiguration", "OptionName": "SecurityGroups", "Value": r["PhysicalResourceId"], "ResourceName": "AWSEBAutoScalingLaunchConfiguration"} for s in [cfn.stack_of(world, env["stack"])] if s for r in s["resources"] if r["LogicalResourceId"] == "AWSEBSecurityGroup"), None)
    options.append(joined) if joined else None
    return {"ConfigurationSettings": [{"SolutionStackName": world.platforms[env["arn"]]["SolutionStackName"], "PlatformArn": env["arn"], "ApplicationName": env["application"], "EnvironmentName": env["name"], "DeploymentStatus": "deployed", "DateCreated": env["created"], "DateUpdated": env["updated"], "OptionSettings": options}]}


@op("elasticbeanstalk", "DescribeApplicationVersions")
def versions(world, p):
    found = [v for (a, label), v in world.versions.items() if (not p.get("ApplicationName") or a == p["ApplicationName"]) and (not p.get("VersionLabels") or label in p["VersionLabels"])]
    return {"ApplicationVersions": found}


@op("elasticbeanstalk", "DescribeApplications")
def applications(world, p):
    return {"Applications": [a for n, a in world.applications.items() if not p.get("ApplicationNames") or n in p["ApplicationNames"]]}


@op("elasticbeanstalk", "DescribePlatformVersion")
def platform_version(world, p):
    found = world.platforms.get(p.get("PlatformArn"))
    if found is None or p["PlatformArn"] in world.retired:
        raise Fault("InvalidParameterValue", f"No platform found for PlatformArn: '{p.get('PlatformArn')}'.")
    return {"PlatformDescription": found}


@op("elasticbeanstalk", "ListPlatformVersions")
def platform_versions(world, p):
    found = [v for a, v in world.platforms.items() if a not in world.retired]
    for f in p.get("Filters") or []:
        key = {"PlatformBranchName": "PlatformBranchName", "PlatformName": "PlatformName", "PlatformVersion": "PlatformVersion", "PlatformStatus": "PlatformStatus", "PlatformLifecycleState": "PlatformLifecycleState", "SolutionStackName": "SolutionStackName"}.get(f["Type"])
        if key and f.get("Operator") == "=":
            found = [v for v in found if v.get(key) in f["Values"]]
    names = ("PlatformArn", "PlatformOwner", "PlatformStatus", "PlatformCategory", "OperatingSystemName", "OperatingSystemVersion", "SupportedTierList", "SupportedAddonList", "PlatformLifecycleState", "PlatformVersion", "PlatformBranchName", "PlatformBranchLifecycleState")
    return {"PlatformSummaryList": [{k: v[k] for k in names if k in v} for v in found]}


@op("elasticbeanstalk", "ListPlatformBranches")
def platform_branches(world, p):
    return {"PlatformBranchSummaryList": world.branches}


@op("elasticbeanstalk", "ListAvailableSolutionStacks")
def solution_stacks(world, p):
    return {"SolutionStacks": list(world.solution_stacks), "SolutionStackDetails": [{"SolutionStackName": s, "PermittedFileTypes": ["zip"]} for s in world.solution_stacks]}


@op("elasticbeanstalk", "DescribeEnvironmentManagedActions")
def managed(world, p):
    return {"ManagedActions": [m for m in world.managed if not p.get("Status") or m["Status"] == p["Status"]]}


@op("elasticbeanstalk", "DescribeEnvironmentManagedActionHistory")
def managed_history(world, p):
    return {"ManagedActionHistoryItems": world.managed_history}


@op("elasticbeanstalk", "ValidateConfigurationSettings")
def validate(world, p):
    return {"Messages": []}


@op("elasticbeanstalk", "DescribeAccountAttributes")
def attributes(world, p):
    return {"ResourceQuotas": {"ApplicationQuota": {"Maximum": 75}, "ApplicationVersionQuota": {"Maximum": 1000}, "EnvironmentQuota": {"Maximum": 200}, "ConfigurationTemplateQuota": {"Maximum": 2000}, "CustomPlatformQuota": {"Maximum": 50}}}


@op("elasticbeanstalk", "ListTagsForResource")
def tags(world, p):
    return {"ResourceArn": p["ResourceArn"], "ResourceTags": []}
