"""CloudFormation: deletions, what stands in their way, and what is left to see."""
import json

from .cloudformation_failed import FAILS, until
from .table import case, outside
from .world import template

TOPIC = template({"Topic": "AWS::SNS::Topic"})


def group_in(vpc):
    return ("AWS::EC2::SecurityGroup", {"GroupDescription": "a group", "VpcId": vpc})


def reason(w, id, logical, status="DELETE_FAILED"):
    rows = [e for e in w.events(id) if e["LogicalResourceId"] == logical and e["ResourceStatus"] == status]
    return {"reason": rows[-1]["ResourceStatusReason"]}


@case("cfn-subnet-delete-failed-reason")
def subnet_in_use(w):
    vpc = w.vpc()
    _, id = w.created(template({"Subnet": ("AWS::EC2::Subnet", {"VpcId": vpc, "CidrBlock": "10.0.1.0/24"})}))
    subnet = w.call("cloudformation:DescribeStackResources", StackName=id)["StackResources"][0]["PhysicalResourceId"]
    w.call("ec2:CreateNetworkInterface", SubnetId=subnet)
    w.deleted(id)
    return reason(w, id, "Subnet")


outside("the wording of resource types before they were moved to resource handlers (2021); the sandbox gives subnets the "
        "handlers' wording, as AWS does since 2023 (cfn-subnet-delete-failed-reason)", "cfn-subnet-delete-failed-reason-old")


@case("cfn-sg-delete-failed-reason-old")
def group_named_by_a_rule(w):
    vpc = w.vpc()
    _, id = w.created(template({"Group": group_in(vpc)}))
    group = w.call("cloudformation:DescribeStackResources", StackName=id)["StackResources"][0]["PhysicalResourceId"]
    w.call("ec2:AuthorizeSecurityGroupIngress", GroupId=w.group(vpc), IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": group}]}])
    w.deleted(id)
    return reason(w, id, "Group")


# Exports


def exporter(w, value="one", export=True):
    resources = {"Topic": ("AWS::SNS::Topic", {"DisplayName": value})}
    outputs = {"Out": {"Value": value, "Export": {"Name": f"{w.exported}"}}} if export else {"Out": {"Value": value}}
    return template(resources, Outputs=outputs)


def in_use(w):
    """A stack whose export another one imports: the exporter's id, the importer's name."""
    w.exported = w.name("export")
    _, id = w.created(exporter(w))
    importer, _ = w.created(template({"Topic": ("AWS::SNS::Topic", {"DisplayName": {"Fn::ImportValue": w.exported}})}))
    return id, importer


OLD, NEW = ("Export <export> cannot be deleted as it is in use by <stack>",
            "Delete canceled. Cannot delete export <export> as it is in use by <stack>")


# Worded as AWS does since 2025: two wordings of one event cannot both come; the product's tests read both.
@case("cfn-delete-export-in-use", "cfn-delete-export-in-use-2025",
      instead={OLD: NEW, "the status before (for example UPDATE_COMPLETE)": "UPDATE_COMPLETE"})
def delete_exporter(w):
    id, _ = in_use(w)
    w.update(id, {**exporter(w), "Description": "another"}, Tags=[{"Key": "a", "Value": "b"}])
    stack = w.deleted(id)
    last = w.events(id)[-1]
    event = f"(stack) {last['ResourceStatus']} — {last['ResourceStatusReason']}"
    assert "DELETE_IN_PROGRESS" in [e["ResourceStatus"] for e in w.events(id)]
    return {"cfn-delete-export-in-use": {"stack": {**stack, "event": event}},
            "cfn-delete-export-in-use-2025": {"reason": last["ResourceStatusReason"]}}


@case("cfn-update-removes-export-in-use", "cfn-update-export-in-use", instead={OLD: NEW})
def update_exporter(w):
    told = {}
    for id, change in (("cfn-update-removes-export-in-use", {"export": False}), ("cfn-update-export-in-use", {"value": "two"})):
        stack, _ = in_use(w)
        w.update(stack, exporter(w, **change))
        assert w.stack(stack)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
        assert not [e for e in w.events(stack) if e["ResourceStatus"].endswith("_FAILED")], "no resource fails"
        told[id] = {"events": [e for e in w.events(stack) if e["ResourceStatus"] == "UPDATE_ROLLBACK_IN_PROGRESS"]}
    return told


# What a deleted stack still shows


@case("cfn-delete-by-name-gone", "cfn-delete-events-by-name-gone", "cfn-delete-by-id", "cfn-name-reuse-new", "cfn-name-reuse-old",
      "cfn-name-reuse-events", "cfn-update-deleted")
def deleted(w):
    name, old = w.created(TOPIC)
    by_id = w.deleted(name)
    gone = w.said("cloudformation:DescribeStacks", StackName=name)
    no_events = w.said("cloudformation:DescribeStackEvents", StackName=name)
    update = w.said("cloudformation:UpdateStack", StackName=old, TemplateBody=json.dumps(TOPIC))
    _, new = w.created(TOPIC, name)
    mixed = {e["StackId"] for e in w.events(name)} == {new} and {e["StackId"] for e in w.events(old)} == {old}
    again = {"cfn-name-reuse-new": {"stack": w.stack(name)}, "cfn-name-reuse-old": {"stack": w.stack(old)}}
    w.deleted(name)
    mixed = mixed and w.stack(new)["StackStatus"] == "DELETE_COMPLETE"
    return {"cfn-delete-by-name-gone": gone, "cfn-delete-events-by-name-gone": no_events, "cfn-delete-by-id": {"stack": by_id},
            **again, "cfn-name-reuse-events": {"text": mixed}, "cfn-update-deleted": update}


@case("cfn-delete-by-id-parameters")
def deleted_with_parameters(w):
    name = w.name("stack")
    body = template({"Topic": ("AWS::SNS::Topic", {"DisplayName": {"Ref": "Input"}})}, Parameters={"Input": {"Type": "String"}})
    w.change(name, body, "CREATE", Parameters=[{"ParameterKey": "Input", "ParameterValue": "x"}], Capabilities=["CAPABILITY_IAM"])
    return {"stack": w.deleted(name)}


@case("cfn-delete-retain-events", "cfn-delete-retain-stack-events")
def retained(w):
    name = w.name("stack")
    w.change(name, template({"MyParameter": {"Type": "AWS::SNS::Topic", "DeletionPolicy": "Retain"}}), "CREATE")
    id = w.stack(name)["StackId"]
    w.deleted(name)
    return {"cfn-delete-retain-events": {"events": w.events(id)}, "cfn-delete-retain-stack-events": {"events": w.events(id)}}


# Protection, and the moment


@case("cfn-delete-protected", "cfn-protection-not-listed", "cfn-protection-by-name", "cfn-protection-off", "cfn-protection-then-delete",
      instead={"c7n-test-delete-force": "c7n-test-delete-with-protection"})
def protected(w):
    name, id = w.created(TOPIC, "c7n-test-delete-with-protection", EnableTerminationProtection=True)
    refusal = w.said("cloudformation:DeleteStack", StackName=name)
    rows = w.call("cloudformation:DescribeStacks")["Stacks"]
    listed = next(s for s in rows if s["StackId"] == id)
    named = w.stack(name)
    off = w.said("cloudformation:UpdateTerminationProtection", StackName=name, EnableTerminationProtection=False)
    return {"cfn-delete-protected": refusal, "cfn-protection-not-listed": {"row": listed}, "cfn-protection-by-name": {"members": named},
            "cfn-protection-off": {"http": 200, "answer": off}, "cfn-protection-then-delete": {"members": w.deleted(name)}}


@case("cfn-delete-rollback-complete", "cfn-list-shows-rollback-complete")
def three_rolled_back(w):
    before = {s["StackId"] for s in w.call("cloudformation:DescribeStacks")["Stacks"]}
    w.created(TOPIC)
    w.deleted(w.created(TOPIC)[1])
    stacks = [w.created(FAILS)[1] for _ in range(3)]
    rows = w.call("cloudformation:DescribeStacks")["Stacks"]
    seen = sorted({s["StackStatus"] for s in rows if s["StackId"] not in before})
    answers = [w.call("cloudformation:DeleteStack", StackName=s) for s in stacks]
    assert answers[1:] == answers[:-1]
    return {"cfn-delete-rollback-complete": {"http": 200, "answer": answers[0]}, "cfn-list-shows-rollback-complete": {"statuses seen": seen}}


@case("cfn-delete-busy")
def cleaning_up(w):
    name, id = w.created(TOPIC)
    w.call("cloudformation:UpdateStack", StackName=name, TemplateBody=json.dumps(template({"Other": "AWS::SNS::Topic"})))
    until(w, id, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    return w.said("cloudformation:DeleteStack", StackName=name)


@case("cfn-force-delete-too-early")
def force_too_early(w):
    name, _ = w.created(TOPIC)
    return w.said("cloudformation:DeleteStack", StackName=name, DeletionMode="FORCE_DELETE_STACK")


@case("cfn-retain-bad-state")
def retain_what_is_gone(w):
    vpc = w.vpc()
    name, id = w.created(template({"Group": group_in(vpc), "Topic": "AWS::SNS::Topic"}))
    rows = w.call("cloudformation:DescribeStackResources", StackName=id)["StackResources"]
    group = next(r["PhysicalResourceId"] for r in rows if r["LogicalResourceId"] == "Group")
    w.call("ec2:CreateNetworkInterface", SubnetId=w.subnet(vpc), Groups=[group])
    w.deleted(name)
    return w.said("cloudformation:DeleteStack", StackName=name, RetainResources=["Topic"])


# Nested stacks


@case("cfn-nested-failed", "cfn-nested-deleted-with-parent")
def nested(w):
    bucket = w.name("nested")
    w.call("s3:CreateBucket", Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": w.region})
    w.call("s3:PutObject", Bucket=bucket, Key="inner.json", Body=json.dumps(FAILS).encode())
    outer = template({"Inner": ("AWS::CloudFormation::Stack", {"TemplateURL": f"https://s3.amazonaws.com/{bucket}/inner.json"})})
    name, id = w.created(outer, OnFailure="DO_NOTHING")
    named = [s["StackName"] for s in w.call("cloudformation:DescribeStacks")["Stacks"] if s["StackName"].startswith(f"{name}-Inner-")]
    failed = w.stack(id)["StackStatus"]
    w.deleted(id)
    gone = w.said("cloudformation:DescribeStacks", StackName=named[0])
    so = failed == "CREATE_FAILED" and len(named) == 1 and gone.code == "ValidationError"
    return {"cfn-nested-failed": {"text": so or (failed, named, gone)}, "cfn-nested-deleted-with-parent": gone}
