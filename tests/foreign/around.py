"""The services around: Auto Scaling, load balancing, IAM, STS, mail, CloudTrail, RDS, S3, SQS, quotas."""

import time

import eb
from serve import op
from wire import Fault


# --- Auto Scaling -------------------------------------------------------------------------------

@op("autoscaling", "DescribeAutoScalingGroups")
def scaling_groups(world, p):
    found = [g for n, g in world.asgs.items() if not p.get("AutoScalingGroupNames") or n in p["AutoScalingGroupNames"]]
    for f in p.get("Filters") or []:
        if f["Name"].startswith("tag:"):
            found = [g for g in found if any(t["Key"] == f["Name"][4:] and t["Value"] in f["Values"] for t in g["Tags"])]
    return {"AutoScalingGroups": [{k: v for k, v in g.items() if k[0].isupper()} for g in found]}


@op("autoscaling", "DescribeScalingActivities")
def activities(world, p):
    return {"Activities": [a for a in world.activities if not p.get("AutoScalingGroupName") or a["AutoScalingGroupName"] == p["AutoScalingGroupName"]][:100]}


@op("autoscaling", "DescribeNotificationConfigurations")
def notifications(world, p):
    names = p.get("AutoScalingGroupNames") or list(world.asgs)
    kinds = ("autoscaling:EC2_INSTANCE_LAUNCH", "autoscaling:EC2_INSTANCE_TERMINATE")
    return {"NotificationConfigurations": [{"AutoScalingGroupName": n, "TopicARN": world.arn("sns", "ElasticBeanstalkNotifications-x"), "NotificationType": k} for n in names if n in world.asgs for k in kinds]}


@op("autoscaling", "DescribeScheduledActions")
def scheduled(world, p):
    return {"ScheduledUpdateGroupActions": []}


@op("autoscaling", "DescribeLaunchConfigurations")
def launch_configurations(world, p):
    return {"LaunchConfigurations": []}


def scaling_group(world, p):
    found = world.asgs.get(p["AutoScalingGroupName"])
    if found is None:
        raise Fault("ValidationError", f"AutoScalingGroup name not found - AutoScalingGroup '{p['AutoScalingGroupName']}' not found")
    return found


@op("autoscaling", "ResumeProcesses")
def resume(world, p):
    group = scaling_group(world, p)
    names = p.get("ScalingProcesses") or [s["ProcessName"] for s in group["SuspendedProcesses"]]
    group["SuspendedProcesses"] = [s for s in group["SuspendedProcesses"] if s["ProcessName"] not in names]


@op("autoscaling", "SuspendProcesses")
def suspend(world, p):
    group = scaling_group(world, p)
    group["SuspendedProcesses"] += [{"ProcessName": n, "SuspensionReason": "User suspended at 2026-01-01T00:00:00Z"} for n in p.get("ScalingProcesses") or ["Launch", "Terminate"]]


@op("autoscaling", "UpdateAutoScalingGroup")
def update_group(world, p):
    group = scaling_group(world, p)
    group.update({k: p[k] for k in ("MinSize", "MaxSize", "DesiredCapacity", "VPCZoneIdentifier") if k in p})


# --- load balancing -----------------------------------------------------------------------------

@op("elbv2", "DescribeLoadBalancers")
def balancers(world, p):
    found = list(world.balancers.values())
    if p.get("LoadBalancerArns"):
        gone = [a for a in p["LoadBalancerArns"] if a not in world.balancers]
        if gone:
            raise Fault("LoadBalancerNotFound", f"Load balancers '[{', '.join(gone)}]' not found")
        found = [b for b in found if b["LoadBalancerArn"] in p["LoadBalancerArns"]]
    if p.get("Names"):
        found = [b for b in found if b["LoadBalancerName"] in p["Names"]]
        if not found:
            raise Fault("LoadBalancerNotFound", f"Load balancers '[{', '.join(p['Names'])}]' not found")
    return {"LoadBalancers": [{k: v for k, v in b.items() if k[0].isupper()} for b in found]}


@op("elbv2", "DescribeLoadBalancerAttributes")
def balancer_attributes(world, p):
    found = world.balancers.get(p["LoadBalancerArn"])
    if found is None:
        raise Fault("LoadBalancerNotFound", f"Load balancer '{p['LoadBalancerArn']}' not found")
    return {"Attributes": [{"Key": k, "Value": v} for k, v in found["attributes"].items()]}


@op("elbv2", "ModifyLoadBalancerAttributes")
def modify_balancer(world, p):
    found = world.balancers[p["LoadBalancerArn"]]
    found["attributes"].update({a["Key"]: a["Value"] for a in p["Attributes"]})
    return {"Attributes": p["Attributes"]}


@op("elbv2", "DescribeTargetGroups")
def target_groups(world, p):
    found = list(world.target_groups.values())
    if p.get("TargetGroupArns"):
        gone = [a for a in p["TargetGroupArns"] if a not in world.target_groups]
        if gone:
            raise Fault("TargetGroupNotFound", "One or more target groups not found")
        found = [t for t in found if t["TargetGroupArn"] in p["TargetGroupArns"]]
    if p.get("LoadBalancerArn"):
        found = [t for t in found if p["LoadBalancerArn"] in t["LoadBalancerArns"]]
    return {"TargetGroups": [{k: v for k, v in t.items() if k[0].isupper()} for t in found]}


@op("elbv2", "DescribeTargetHealth")
def target_health(world, p):
    pool = world.target_groups.get(p["TargetGroupArn"])
    if pool is None:
        raise Fault("TargetGroupNotFound", f"Target groups '{p['TargetGroupArn']}' not found")
    env = next(e for e in world.environments if e["id"] == pool["env"])
    rows = []
    for group in world.asgs.values():
        if pool["TargetGroupArn"] in group["TargetGroupARNs"]:
            for one in group["Instances"]:
                well = eb.serves(world, env, world.instances[one["InstanceId"]])
                state = {"State": "healthy"} if well else {"State": "unhealthy", "Reason": "Target.ResponseCodeMismatch", "Description": "Health checks failed with these codes: [404]"}
                rows.append({"Target": {"Id": one["InstanceId"], "Port": 80}, "HealthCheckPort": "80", "TargetHealth": state})
    return {"TargetHealthDescriptions": rows}


@op("elbv2", "DescribeListeners")
def listeners(world, p):
    return {"Listeners": [one for one in world.listeners.values() if not p.get("LoadBalancerArn") or one["LoadBalancerArn"] == p["LoadBalancerArn"]]}


# --- identity -----------------------------------------------------------------------------------

@op("sts", "GetCallerIdentity")
def caller(world, p):
    return {"Account": world.account, "UserId": "AIDA" + "Q" * 17, "Arn": f"arn:aws:iam::{world.account}:user/ops"}


def role_named(world, name):
    if name not in world.roles:
        raise Fault("NoSuchEntity", f"The role with name {name} cannot be found.", 404)
    return world.roles[name]


def shown_role(role):
    return {k: v for k, v in role.items() if k[0].isupper()}


@op("iam", "GetRole")
def get_role(world, p):
    return {"Role": shown_role(role_named(world, p["RoleName"]))}


@op("iam", "GetInstanceProfile")
def get_profile(world, p):
    found = world.profiles.get(p["InstanceProfileName"])
    if found is None:
        raise Fault("NoSuchEntity", f"Instance Profile {p['InstanceProfileName']} cannot be found.", 404)
    made = {k: v for k, v in found.items() if k[0].isupper()}
    return {"InstanceProfile": {**made, "Roles": [shown_role(world.roles[r]) for r in found["roles"] if r in world.roles]}}


@op("iam", "ListAttachedRolePolicies")
def attached(world, p):
    return {"AttachedPolicies": [{"PolicyName": n.split("/")[-1], "PolicyArn": f"arn:aws:iam::aws:policy/{n}"} for n in role_named(world, p["RoleName"])["policies"]], "IsTruncated": False}


@op("iam", "ListRolePolicies")
def inline(world, p):
    return {"PolicyNames": list(role_named(world, p["RoleName"])["inline"]), "IsTruncated": False}


@op("iam", "GetRolePolicy")
def inline_policy(world, p):
    kept = role_named(world, p["RoleName"])["inline"]
    if p["PolicyName"] not in kept:
        raise Fault("NoSuchEntity", f"The role policy with name {p['PolicyName']} cannot be found.", 404)
    return {"RoleName": p["RoleName"], "PolicyName": p["PolicyName"], "PolicyDocument": kept[p["PolicyName"]]}


@op("iam", "SimulatePrincipalPolicy")
def simulate(world, p):
    name = p["PolicySourceArn"].rsplit("/", 1)[-1]
    denied = {d.replace("elbv2", "elasticloadbalancing") for d in world.denied}
    allowed = name in world.roles and world.roles[name]["policies"] or name not in world.roles
    return {"EvaluationResults": [{"EvalActionName": a, "EvalResourceName": "*", "EvalDecision": "allowed" if allowed and a not in denied else "implicitDeny", "MatchedStatements": [], "MissingContextValues": []} for a in p["ActionNames"]], "IsTruncated": False}


@op("iam", "CreateRole")
def create_role(world, p):
    if p["RoleName"] in world.roles:
        raise Fault("EntityAlreadyExists", f"Role with name {p['RoleName']} already exists.", 409)
    path = p.get("Path", "/")
    world.roles[p["RoleName"]] = {"RoleName": p["RoleName"], "RoleId": "AROA" + world.upper(17), "Arn": f"arn:aws:iam::{world.account}:role{path}{p['RoleName']}", "Path": path, "CreateDate": time.time(), "AssumeRolePolicyDocument": p["AssumeRolePolicyDocument"], "policies": [], "inline": {}}
    return {"Role": shown_role(world.roles[p["RoleName"]])}


@op("iam", "DeleteRole")
def delete_role(world, p):
    if role_named(world, p["RoleName"])["policies"]:
        raise Fault("DeleteConflict", "Cannot delete entity, must detach all policies first.", 409)
    del world.roles[p["RoleName"]]


@op("iam", "AttachRolePolicy")
def attach(world, p):
    kept, name = role_named(world, p["RoleName"])["policies"], p["PolicyArn"].split(":policy/")[1]
    if name not in kept:
        kept.append(name)


@op("iam", "DetachRolePolicy")
def detach(world, p):
    kept, name = role_named(world, p["RoleName"])["policies"], p["PolicyArn"].split(":policy/")[1]
    if name not in kept:
        raise Fault("NoSuchEntity", f"Policy {p['PolicyArn']} was not found.", 404)
    kept.remove(name)


@op("iam", "CreateInstanceProfile")
def create_profile(world, p):
    name = p["InstanceProfileName"]
    world.profiles[name] = {"InstanceProfileName": name, "InstanceProfileId": "AIPA" + world.upper(17), "Arn": f"arn:aws:iam::{world.account}:instance-profile/{name}", "Path": "/", "CreateDate": time.time(), "roles": []}
    return get_profile(world, p)


@op("iam", "DeleteInstanceProfile")
def delete_profile(world, p):
    if world.profiles.pop(p["InstanceProfileName"], None) is None:
        raise Fault("NoSuchEntity", f"Instance Profile {p['InstanceProfileName']} cannot be found.", 404)


@op("iam", "AddRoleToInstanceProfile")
def add_role(world, p):
    kept = world.profiles[p["InstanceProfileName"]]["roles"]
    if kept:
        raise Fault("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1", 409)
    kept.append(role_named(world, p["RoleName"])["RoleName"])


@op("iam", "RemoveRoleFromInstanceProfile")
def remove_role(world, p):
    world.profiles[p["InstanceProfileName"]]["roles"].remove(p["RoleName"])


# --- mail, by SES v2 ----------------------------------------------------------------------------

@op("sesv2", "GetAccount")
def mail_account(world, p):
    mail = world.mail
    return {"DedicatedIpAutoWarmupEnabled": False, "EnforcementStatus": "HEALTHY", "ProductionAccessEnabled": not mail["sandbox"], "SendingEnabled": mail["enabled"],
            "SendQuota": {"Max24HourSend": 200.0 if mail["sandbox"] else mail["quota"], "MaxSendRate": 1.0 if mail["sandbox"] else 14.0, "SentLast24Hours": mail["sent"]}, "SuppressionAttributes": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]}}


@op("sesv2", "ListEmailIdentities")
def mail_identities(world, p):
    return {"EmailIdentities": [{"IdentityType": "EMAIL_ADDRESS" if "@" in n else "DOMAIN", "IdentityName": n, "SendingEnabled": v == "SUCCESS", "VerificationStatus": v} for n, v in world.mail["identities"].items()]}


@op("sesv2", "ListConfigurationSets")
def configuration_sets(world, p):
    return {"ConfigurationSets": []}


@op("sesv2", "ListSuppressedDestinations")
def suppressed(world, p):
    return {"SuppressedDestinationSummaries": []}


@op("sesv2", "PutAccountSendingAttributes")
def sending(world, p):
    world.mail["enabled"] = p.get("SendingEnabled", False)


# --- what happened ------------------------------------------------------------------------------

@op("cloudtrail", "LookupEvents")
def lookup(world, p):
    found = sorted(world.trail, key=lambda e: -e["EventTime"])
    for one in p.get("LookupAttributes") or []:
        key, value = one["AttributeKey"], one["AttributeValue"]
        found = [e for e in found if value == e.get(key) or key == "ResourceName" and any(r["ResourceName"] == value for r in e["Resources"])]
    found = [e for e in found if p.get("StartTime", 0) <= e["EventTime"] <= p.get("EndTime", 9e12)]
    start, size = int(p.get("NextToken") or 0), p.get("MaxResults") or 50
    more = {"NextToken": str(start + size)} if len(found) > start + size else {}
    return {"Events": found[start:start + size], **more}


# --- databases, buckets, queues, quotas ---------------------------------------------------------

@op("rds", "DescribeDBInstances")
def databases(world, p):
    ident = p.get("DBInstanceIdentifier")
    if ident and ident not in world.databases:
        raise Fault("DBInstanceNotFound", f"DBInstance {ident} not found.", 404)
    return {"DBInstances": [d for i, d in world.databases.items() if not ident or i == ident]}


@op("rds", "DescribeDBSnapshots")
def snapshots(world, p):
    found = [s for s in world.snapshots.values() if not p.get("DBInstanceIdentifier") or s["DBInstanceIdentifier"] == p["DBInstanceIdentifier"]]
    ident = p.get("DBSnapshotIdentifier")
    if ident and ident not in world.snapshots:
        raise Fault("DBSnapshotNotFound", f"DBSnapshot {ident} not found.", 404)
    return {"DBSnapshots": [s for s in found if not ident or s["DBSnapshotIdentifier"] == ident]}


@op("rds", "CreateDBSnapshot")
def snapshot(world, p):
    source = world.databases.get(p["DBInstanceIdentifier"])
    if source is None:
        raise Fault("DBInstanceNotFound", f"DBInstance {p['DBInstanceIdentifier']} not found.", 404)
    made = {"DBSnapshotIdentifier": p["DBSnapshotIdentifier"], "DBInstanceIdentifier": p["DBInstanceIdentifier"], "SnapshotCreateTime": time.time(), "Engine": source["Engine"], "Status": "creating", "SnapshotType": "manual", "AllocatedStorage": 20, "PercentProgress": 0,
            "DBSnapshotArn": world.arn("rds", f"snapshot:{p['DBSnapshotIdentifier']}")}
    world.snapshots[p["DBSnapshotIdentifier"]] = made
    world.later(0.8, lambda: made.update(Status="available", PercentProgress=100))
    return {"DBSnapshot": made}


@op("rds", "ModifyDBInstance")
def modify_database(world, p):
    found = world.databases[p["DBInstanceIdentifier"]]
    found.update({k: p[k] for k in ("DeletionProtection",) if k in p})
    return {"DBInstance": found}


def bucket(world, p):
    found = world.buckets.get(p["Bucket"])
    if found is None:
        raise Fault("NoSuchBucket", "The specified bucket does not exist", 404)
    return found


@op("s3", "GetBucketLocation")
def location(world, p):
    return {"LocationConstraint": "" if bucket(world, p)["region"] == "us-east-1" else bucket(world, p)["region"]}


@op("s3", "GetBucketPolicy")
def bucket_policy(world, p):
    if "policy" not in bucket(world, p):
        raise Fault("NoSuchBucketPolicy", "The bucket policy does not exist", 404)
    return {"Policy": bucket(world, p)["policy"]}


@op("s3", "GetBucketVersioning")
def versioning(world, p):
    bucket(world, p)
    return {}


@op("s3", "HeadBucket")
def head_bucket(world, p):
    bucket(world, p)
    return {}


@op("s3", "HeadObject")
def head_object(world, p):
    if p["Key"] not in bucket(world, p)["objects"]:
        raise Fault("NotFound", "Not Found", 404)
    return {}


@op("s3", "GetObject")
def get_object(world, p):
    kept = bucket(world, p)["objects"]
    if p["Key"] not in kept:
        raise Fault("NoSuchKey", "The specified key does not exist.", 404)
    return {"Body": kept[p["Key"]]}


@op("s3", "ListObjectVersions")
def object_versions(world, p):
    kept = [k for k in bucket(world, p)["objects"] if k.startswith(p.get("Prefix") or "")]
    return {"IsTruncated": False, "Name": p["Bucket"], "MaxKeys": 1000, "Versions": [{"Key": k, "VersionId": "null", "IsLatest": True, "Size": 12, "LastModified": time.time() - 1e6} for k in kept]}


@op("s3", "ListObjectsV2")
def objects(world, p):
    kept = list(bucket(world, p)["objects"])
    return {"IsTruncated": False, "Name": p["Bucket"], "KeyCount": len(kept), "MaxKeys": 1000, "Contents": [{"Key": k, "Size": 12, "LastModified": time.time() - 1e6} for k in kept]}


@op("service-quotas", "GetServiceQuota")
def quota(world, p):
    value = {"L-1216C47A": 32.0, "L-0263D0A3": 5.0}.get(p["QuotaCode"])
    if value is None:
        raise Fault("NoSuchResourceException", "The request failed because the specified quota does not exist.")
    return {"Quota": {"ServiceCode": p["ServiceCode"], "ServiceName": "Amazon Elastic Compute Cloud (Amazon EC2)", "QuotaCode": p["QuotaCode"], "QuotaName": "quota", "Value": value, "Unit": "None", "Adjustable": True, "GlobalQuota": False}}
