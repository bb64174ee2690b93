"""Elastic Beanstalk's operations: what changes an environment, with time passing."""

import time

import build
import cfn
import eb
from build import say
from eb import find, shown
from serve import op
from wire import Fault


def ready(env):
    if env["status"] != "Ready":
        raise Fault("InvalidParameterValue", f"Environment named {env['name']} is in an invalid state for this operation. Must be Ready.")


def begin(world, env, status, abortable=False):
    env["status"], env["abortable"], env["updated"] = status, abortable, time.time()
    env["turn"] = env.get("turn", 0) + 1
    return env["turn"]


def end(world, env, turn, severity, message):
    if env["turn"] == turn:
        env["status"], env["abortable"], env["updated"] = "Ready", False, time.time()
        say(world, env, severity, message)
        return True
    return False


@op("elasticbeanstalk", "UpdateEnvironment")
def update(world, p):
    env = find(world, p)
    ready(env)
    arn = p.get("PlatformArn") or next((a for a, v in world.platforms.items() if p.get("SolutionStackName") == v["SolutionStackName"]), None)
    if p.get("SolutionStackName") and p["SolutionStackName"] not in world.solution_stacks or arn in world.retired:
        raise Fault("InvalidParameterValue", f"No Solution Stack named '{p.get('SolutionStackName') or arn}' found.")
    label = p.get("VersionLabel")
    if label and (env["application"], label) not in world.versions:
        raise Fault("InvalidParameterValue", f"No Application Version named '{label}' found.")
    stack = cfn.stack_of(world, env["stack"], living=True)
    turn = begin(world, env, "Updating", True)
    say(world, env, "INFO", "Environment update is starting.")
    world.later(0.9, apply, world, env, turn, p, arn, label, stack)
    return shown(world, env)


def apply(world, env, turn, p, arn, label, stack):
    if env["turn"] != turn:
        return
    if stack is None or stack["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"):
        state = stack["StackStatus"] if stack else "missing"
        say(world, env, "ERROR", f"Service:AmazonCloudFormation, Message:Stack:{stack['StackId'] if stack else env['stack']} is in {state} state and can not be updated.")
        end(world, env, turn, "ERROR", "Failed to deploy configuration.")
        return
    if eb.role_lost(world, env) and not any(o["OptionName"] == "ServiceRole" for o in p.get("OptionSettings") or []):
        say(world, env, "ERROR", f"Unable to assume role \"{eb.role_lost(world, env)}\". Verify that the role exists and is configured correctly.")
        end(world, env, turn, "ERROR", "Failed to deploy configuration.")
        return
    replace = bool(arn and arn != env["arn"])
    env["arn"] = arn or env["arn"]
    for one in p.get("OptionSettings") or []:
        env["options"][one["Namespace"], one["OptionName"]] = one.get("Value", "")
        replace = replace or one["OptionName"] in ("Subnets", "InstanceType", "InstanceTypes", "IamInstanceProfile", "ImageId", "SecurityGroups")
    for one in p.get("OptionsToRemove") or []:
        env["options"].pop((one["Namespace"], one["OptionName"]), None)
    carry(world, env, replace)
    if label or env.get("broken"):
        label = label or env["version"]
        env["deployment"] += 1
        if (env["application"], label) in world.bad:
            env["running"], env["broken"], env["version"] = env.get("running") or env["version"], label, label
            say(world, env, "ERROR", "Failed to deploy application.")
        else:
            env["version"], env["broken"] = label, None
            say(world, env, "INFO", "New application version was deployed to running EC2 instances.")
    silent = [i["InstanceId"] for i in build.instances(world, env) if not world.reports(i)]
    cfn.told(stack, None, "UPDATE_IN_PROGRESS", "User Initiated")
    cfn.told(stack, None, "UPDATE_COMPLETE")
    if silent:
        say(world, env, "WARN", f"The following instances have not responded in the allowed command timeout time (they might still finish eventually on their own): [{', '.join(silent)}].")
        end(world, env, turn, "ERROR", "Update environment operation is complete, but with command timeouts. Try increasing the timeout period. For more information, see troubleshooting documentation.")
    else:
        end(world, env, turn, "INFO", "Environment update completed successfully.")


def carry(world, env, replace):
    """Settings become what the resources are."""
    get = env["options"].get
    for group in world.asgs.values():
        if group["env"] != env["id"]:
            continue
        group["MinSize"], group["MaxSize"] = int(get(("aws:autoscaling:asg", "MinSize"))), int(get(("aws:autoscaling:asg", "MaxSize")))
        group["DesiredCapacity"] = max(group["MinSize"], min(group["DesiredCapacity"], group["MaxSize"]))
        group["type"] = get(("aws:autoscaling:launchconfiguration", "InstanceType"))
        group["profile"] = get(("aws:autoscaling:launchconfiguration", "IamInstanceProfile"))
        group["public"] = get(("aws:ec2:vpc", "AssociatePublicIpAddress")) == "true"
        if get(("aws:ec2:vpc", "Subnets")):
            group["VPCZoneIdentifier"] = get(("aws:ec2:vpc", "Subnets"))
        if replace:
            for instance in group["Instances"]:
                world.end_instance(instance["InstanceId"])
            group["quiet"] = 0
    for pool in world.target_groups.values():
        if pool.get("env") == env["id"]:
            pool["HealthCheckPath"] = get(("aws:elasticbeanstalk:environment:process:default", "HealthCheckPath"), "/")
    for group in list(world.asgs.values()):
        world.scale(group)


@op("elasticbeanstalk", "AbortEnvironmentUpdate")
def abort(world, p):
    env = find(world, p)
    if not env["abortable"]:
        raise Fault("InvalidParameterValue", f"Environment named {env['name']} is in an invalid state for this operation. Must be pending deployment.")
    turn = begin(world, env, "Aborting")
    say(world, env, "INFO", "Aborting environment update.")
    world.later(0.8, end, world, env, turn, "INFO", "The environment was reverted to the previous configuration setting.")
    return {}


@op("elasticbeanstalk", "RestartAppServer")
def restart(world, p):
    env = find(world, p)
    ready(env)
    say(world, env, "INFO", "restartAppServer is starting.")
    say(world, env, "INFO", "restartAppServer completed successfully.")
    return {}


@op("elasticbeanstalk", "TerminateEnvironment")
def terminate(world, p):
    env = find(world, p)
    if env["status"] in ("Launching", "Updating", "Aborting"):
        raise Fault("InvalidParameterValue", f"Cannot terminate environment named {env['name']}. It is currently pending {'creation' if env['status'] == 'Launching' else 'deployment'}.")
    if env["status"] == "Terminated":
        raise Fault("InvalidParameterValue", f"No Environment found for EnvironmentName = '{env['name']}'.")
    turn = begin(world, env, "Terminating")
    say(world, env, "INFO", "terminateEnvironment is starting.")
    stack = cfn.stack_of(world, env["stack"], living=True)
    if stack is None:
        world.later(0.5, terminated, world, env, turn, True)
    elif stack["EnableTerminationProtection"]:
        world.later(0.5, refused, world, env, turn, f"Stack [{env['stack']}] cannot be deleted while TerminationProtection is enabled")
    else:
        cfn.start_deletion(world, stack, [], lambda gone: terminated(world, env, turn, gone))
    return shown(world, env)


def refused(world, env, turn, message):
    say(world, env, "ERROR", f"Service:AmazonCloudFormation, Message:{message}")
    terminated(world, env, turn, False)


def terminated(world, env, turn, gone):
    if env["turn"] != turn:
        return
    env["updated"] = time.time()
    if gone:
        env["status"], env["version_kept"] = "Terminated", env["version"]
        say(world, env, "INFO", "terminateEnvironment completed successfully.")
        return
    stack = cfn.stack_of(world, env["stack"], living=True)
    left = [r for r in stack["resources"] if r["ResourceStatus"] == "DELETE_FAILED"]
    for r in left:
        say(world, env, "ERROR", f"Deleting security group named: {r['PhysicalResourceId']} failed Reason: {r['ResourceStatusReason']}" if "SecurityGroup" in r["ResourceType"] else f"Deleting {r['LogicalResourceId']} named: {r['PhysicalResourceId']} failed Reason: {r['ResourceStatusReason']}")
    if left:
        say(world, env, "ERROR", f"Stack deletion failed: The following resource(s) failed to delete: [{', '.join(r['LogicalResourceId'] for r in left)}].")
    say(world, env, "INFO", "The environment termination step failed because at least one of the environment termination workflows failed.")
    env["status"] = "Ready"


@op("elasticbeanstalk", "RebuildEnvironment")
def rebuild(world, p):
    env = find(world, p)
    if env["status"] == "Terminated":
        if time.time() - env["updated"] > eb.RESTORABLE:
            raise Fault("InvalidParameterValue", f"Environment {env['id']} cannot be rebuilt: it was terminated more than 42 days ago.")
        if any(e["name"] == env["name"] and e["status"] != "Terminated" for e in world.environments):
            raise Fault("InvalidParameterValue", f"Environment {env['name']} already exists.")
        turn = begin(world, env, "Launching")
    else:
        ready(env)
        turn = begin(world, env, "Updating")
    say(world, env, "INFO", "rebuildEnvironment is starting.")
    stack = cfn.stack_of(world, env["stack"], living=True)
    if stack is not None:
        cfn.start_deletion(world, stack, [], lambda gone: made_again(world, env, turn) if gone else terminated(world, env, turn, False))
    else:
        world.later(0.6, made_again, world, env, turn)
    return {}


def made_again(world, env, turn):
    if env["turn"] != turn:
        return
    build.launch(world, env)
    for group in list(world.asgs.values()):
        world.scale(group)
    own = build.instances(world, env)
    if own and not any(world.reports(i) for i in own):
        say(world, env, "ERROR", "The EC2 instances failed to communicate with AWS Elastic Beanstalk, either because of configuration problems with the VPC or a failed EC2 instance. Check your VPC configuration and try launching the environment again.")
        world.later(0.8, end, world, env, turn, "ERROR", "Failed to launch environment.")
        return
    env["broken"] = None
    world.later(0.8, end, world, env, turn, "INFO", f"Successfully launched environment: {env['name']}")


@op("elasticbeanstalk", "CreateConfigurationTemplate")
def save(world, p):
    kept = world.applications[p["ApplicationName"]]["ConfigurationTemplates"]
    if p["TemplateName"] in kept:
        raise Fault("InvalidParameterValue", f"Configuration Template {p['TemplateName']} already exists.")
    kept.append(p["TemplateName"])
    return {"ApplicationName": p["ApplicationName"], "TemplateName": p["TemplateName"]}


@op("elasticbeanstalk", "DeleteConfigurationTemplate")
def forget(world, p):
    kept = world.applications[p["ApplicationName"]]["ConfigurationTemplates"]
    if p["TemplateName"] in kept:
        kept.remove(p["TemplateName"])
