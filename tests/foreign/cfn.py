"""CloudFormation: stacks, and what lets them be deleted or rolled back."""

import time
import uuid

from groups import held
from serve import op
from wire import Fault

# What a stack is deleted in, by type; what is not named goes first.
ORDER = ["AWS::CloudWatch::Alarm", "AWS::ElasticLoadBalancingV2::Listener", "AWS::AutoScaling::AutoScalingGroup", "AWS::EC2::LaunchTemplate",
         "AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::RDS::DBInstance", "AWS::S3::Bucket", "AWS::EC2::SecurityGroup"]
STOPPED = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "DELETE_FAILED", "CREATE_FAILED", "UPDATE_FAILED", "UPDATE_ROLLBACK_FAILED", "ROLLBACK_FAILED")


def stack_of(world, name, living=False):
    for stack in world.stacks:
        if stack["StackId"] == name or stack["StackName"] == name and stack["StackStatus"] != "DELETE_COMPLETE":
            if not living or stack["StackStatus"] != "DELETE_COMPLETE":
                return stack
    return None


def new_stack(world, name, tags, ago):
    stack = {"StackId": world.arn("cloudformation", f"stack/{name}/{uuid.UUID(world.hexa(32))}"), "StackName": name, "StackStatus": "CREATE_COMPLETE", "CreationTime": time.time() - ago,
             "EnableTerminationProtection": False, "DisableRollback": False, "RollbackConfiguration": {}, "NotificationARNs": [], "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
             "Tags": [{"Key": k, "Value": v} for k, v in tags.items()], "resources": [], "events": []}
    world.stacks.insert(0, stack)
    told(stack, None, "CREATE_IN_PROGRESS", "User Initiated", ago)
    return stack


def told(stack, resource, status, reason=None, ago=0):
    """A new status, with its event; of the stack itself without a resource."""
    if resource is None:
        stack["StackStatus"] = status
        stack.pop("StackStatusReason", None)
        if reason:
            stack["StackStatusReason"] = reason
        event = {"LogicalResourceId": stack["StackName"], "PhysicalResourceId": stack["StackId"], "ResourceType": "AWS::CloudFormation::Stack", "EventId": str(uuid.uuid4())}
    else:
        resource["ResourceStatus"], resource["Timestamp"] = status, time.time() - ago
        resource.pop("ResourceStatusReason", None)
        if reason:
            resource["ResourceStatusReason"] = reason
        event = {k: resource[k] for k in ("LogicalResourceId", "PhysicalResourceId", "ResourceType")}
        event["EventId"] = f"{resource['LogicalResourceId']}-{status}-{uuid.uuid4()}"
    stack["events"].insert(0, {**event, "StackId": stack["StackId"], "StackName": stack["StackName"], "Timestamp": time.time() - ago, "ResourceStatus": status, **({"ResourceStatusReason": reason} if reason else {})})


def add(stack, logical, physical, kind, ago=0):
    resource = {"LogicalResourceId": logical, "PhysicalResourceId": physical, "ResourceType": kind, "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"}}
    stack["resources"].append(resource)
    told(stack, resource, "CREATE_IN_PROGRESS", "Resource creation Initiated", ago)
    told(stack, resource, "CREATE_COMPLETE", None, ago)
    return resource


def shown(stack, named):
    made = {k: v for k, v in stack.items() if k[0].isupper()}
    if not named or stack["StackStatus"] == "DELETE_COMPLETE":
        made.pop("EnableTerminationProtection")
    return made


@op("cloudformation", "DescribeStacks")
def describe(world, p):
    if p.get("StackName"):
        stack = stack_of(world, p["StackName"])
        if stack is None:
            raise Fault("ValidationError", f"Stack with id {p['StackName']} does not exist")
        return {"Stacks": [shown(stack, True)]}
    return {"Stacks": [shown(s, False) for s in world.stacks if s["StackStatus"] != "DELETE_COMPLETE"]}


@op("cloudformation", "ListStacks")
def listed(world, p):
    wanted = p.get("StackStatusFilter")
    names = ("StackId", "StackName", "StackStatus", "StackStatusReason", "CreationTime", "DeletionTime", "LastUpdatedTime", "DriftInformation")
    return {"StackSummaries": [{k: s[k] for k in names if k in s} for s in world.stacks if not wanted or s["StackStatus"] in wanted]}


def known(world, name):
    stack = stack_of(world, name)
    if stack is None:
        raise Fault("ValidationError", f"Stack [{name}] does not exist")
    return stack


@op("cloudformation", "DescribeStackResources")
def resources(world, p):
    if p.get("PhysicalResourceId"):
        stack = next((s for s in world.stacks if s["StackStatus"] != "DELETE_COMPLETE" and any(r["PhysicalResourceId"] == p["PhysicalResourceId"] for r in s["resources"])), None)
        if stack is None:
            raise Fault("ValidationError", f"Stack for {p['PhysicalResourceId']} does not exist")
    else:
        stack = stack_of(world, p["StackName"])
        if stack is None:
            raise Fault("ValidationError", f"Stack with id {p['StackName']} does not exist")
    return {"StackResources": [{**r, "StackId": stack["StackId"], "StackName": stack["StackName"]} for r in stack["resources"]]}


@op("cloudformation", "DescribeStackEvents")
def events(world, p):
    return {"StackEvents": known(world, p["StackName"])["events"][:100]}


@op("cloudformation", "GetStackPolicy")
def policy(world, p):
    known(world, p["StackName"])
    return {}


@op("cloudformation", "GetTemplate")
def template(world, p):
    known(world, p["StackName"])
    return {"TemplateBody": '{"Resources": {}}', "StagesAvailable": ["Original", "Processed"]}


@op("cloudformation", "ListImports")
def imports(world, p):
    names = world.imports.get(p["ExportName"], [])
    if not names:
        raise Fault("ValidationError", f"Export '{p['ExportName']}' is not imported by any stack.")
    return {"Imports": names}


@op("cloudformation", "UpdateTerminationProtection")
def protection(world, p):
    stack = known(world, p["StackName"])
    stack["EnableTerminationProtection"] = p["EnableTerminationProtection"]
    return {"StackId": stack["StackId"]}


# --- deletion -----------------------------------------------------------------------------------

@op("cloudformation", "DeleteStack")
def delete(world, p):
    stack = stack_of(world, p["StackName"], living=True)
    if stack is None:
        return {}
    if stack["EnableTerminationProtection"]:
        raise Fault("ValidationError", f"Stack [{stack['StackName']}] cannot be deleted while TerminationProtection is enabled")
    if stack["StackStatus"] not in STOPPED:
        raise Fault("ValidationError", f"Stack [{stack['StackId']}] cannot be deleted while in status {stack['StackStatus']}")
    retained = p.get("RetainResources") or []
    if retained and stack["StackStatus"] != "DELETE_FAILED":
        raise Fault("ValidationError", "Invalid operation on stack. RetainResources can only be specified for stacks in DELETE_FAILED")
    if p.get("DeletionMode") == "FORCE_DELETE_STACK" and stack["StackStatus"] != "DELETE_FAILED":
        raise Fault("ValidationError", "FORCE_DELETE_STACK is only for stacks in DELETE_FAILED")
    start_deletion(world, stack, retained, lambda gone: None)
    return {}


def start_deletion(world, stack, retained, then):
    used = [(o["ExportName"], name) for o in stack.get("Outputs", []) for name in world.imports.get(o.get("ExportName"), [])]
    if used:
        told(stack, None, stack["StackStatus"], f"Delete canceled. Cannot delete export {used[0][0]} as it is in use by {used[0][1]}.")
        then(False)
        return
    told(stack, None, "DELETE_IN_PROGRESS", "User Initiated")
    world.later(0.8, finish_deletion, world, stack, retained, then)


def finish_deletion(world, stack, retained, then):
    failed = []
    # Groups of the stack may name each other: twice through them.
    for turn in (1, 2):
        for resource in sorted(stack["resources"], key=lambda r: ORDER.index(r["ResourceType"]) if r["ResourceType"] in ORDER else -1):
            if resource["ResourceStatus"] in ("DELETE_COMPLETE", "DELETE_SKIPPED"):
                continue
            if resource["LogicalResourceId"] in retained:
                told(stack, resource, "DELETE_SKIPPED")
                continue
            why = destroy(world, stack, resource)
            if why is None:
                told(stack, resource, "DELETE_COMPLETE")
            elif turn == 2:
                told(stack, resource, "DELETE_FAILED", why)
                failed.append(resource["LogicalResourceId"])
    if failed:
        told(stack, None, "DELETE_FAILED", f"The following resource(s) failed to delete: [{', '.join(failed)}]. ")
    else:
        told(stack, None, "DELETE_COMPLETE")
        stack["DeletionTime"] = time.time()
    then(not failed)


def destroy(world, stack, resource):
    """Takes a resource away, or says why it can't be."""
    kind, ident = resource["ResourceType"], resource["PhysicalResourceId"]
    ask = uuid.uuid4()
    if kind == "AWS::AutoScaling::AutoScalingGroup" and ident in world.asgs:
        for instance in world.asgs.pop(ident)["Instances"]:
            world.end_instance(instance["InstanceId"])
    elif kind == "AWS::EC2::LaunchTemplate":
        world.templates.pop(ident, None)
    elif kind == "AWS::ElasticLoadBalancingV2::LoadBalancer" and ident in world.balancers:
        if world.balancers[ident]["attributes"].get("deletion_protection.enabled") == "true":
            return f"Load balancer '{ident}' cannot be deleted because deletion protection is enabled (Service: AmazonElasticLoadBalancing; Status Code: 400; Error Code: OperationNotPermitted; Request ID: {ask}; Proxy: null)"
        name = ident.split("loadbalancer/")[1]
        for eni in [e for e, i in world.interfaces.items() if i["Description"] == f"ELB {name}"]:
            del world.interfaces[eni]
        del world.balancers[ident]
        for listener in [a for a, one in world.listeners.items() if one["LoadBalancerArn"] == ident]:
            del world.listeners[listener]
    elif kind == "AWS::ElasticLoadBalancingV2::TargetGroup":
        world.target_groups.pop(ident, None)
    elif kind == "AWS::EC2::SecurityGroup" and ident in world.groups:
        if held(world, ident):
            return f"resource {ident} has a dependent object (Service: AmazonEC2; Status Code: 400; Error Code: DependencyViolation; Request ID: {ask}; Proxy: null)"
        del world.groups[ident]
    elif kind == "AWS::RDS::DBInstance" and ident in world.databases:
        if world.databases[ident].get("DeletionProtection"):
            return "Cannot delete protected DB Instance, please disable deletion protection and try again. (Service: AmazonRDS; Status Code: 400; Error Code: InvalidParameterCombination)"
        del world.databases[ident]
    elif kind == "AWS::S3::Bucket" and ident in world.buckets:
        if world.buckets[ident]["objects"]:
            return "The bucket you tried to delete is not empty"
        del world.buckets[ident]
    return None


# --- rollback -----------------------------------------------------------------------------------

@op("cloudformation", "ContinueUpdateRollback")
def roll_on(world, p):
    stack = known(world, p["StackName"])
    if stack["StackStatus"] != "UPDATE_ROLLBACK_FAILED":
        raise Fault("ValidationError", f"Stack:{stack['StackId']} is in {stack['StackStatus']} state and can not continue update rollback.")
    skipped = p.get("ResourcesToSkip") or []
    failed = {r["LogicalResourceId"] for r in stack["resources"] if r["ResourceStatus"] == "UPDATE_FAILED"}
    for name in skipped:
        if name not in failed:
            raise Fault("ValidationError", f"ResourcesToSkip: [{name}] is not in UPDATE_FAILED")
    told(stack, None, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated")
    world.later(0.8, rolled, world, stack, skipped)
    return {}


def rolled(world, stack, skipped):
    left = []
    for resource in stack["resources"]:
        if resource["ResourceStatus"] != "UPDATE_FAILED":
            continue
        why = None if resource["LogicalResourceId"] in skipped else stack.get("hinders", lambda r: None)(resource)
        told(stack, resource, "UPDATE_FAILED" if why else "UPDATE_COMPLETE", why)
        if why:
            left.append(resource["LogicalResourceId"])
    if left:
        told(stack, None, "UPDATE_ROLLBACK_FAILED", f"The following resource(s) failed to update: [{', '.join(left)}]. ")
    else:
        told(stack, None, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        told(stack, None, "UPDATE_ROLLBACK_COMPLETE")


@op("cloudformation", "CancelUpdateStack")
def cancel(world, p):
    stack = known(world, p["StackName"])
    if stack["StackStatus"] != "UPDATE_IN_PROGRESS":
        raise Fault("ValidationError", "CancelUpdateStack cannot be called from current stack status")
    told(stack, None, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated")
    world.later(0.6, told, stack, None, "UPDATE_ROLLBACK_COMPLETE")
    return {}
