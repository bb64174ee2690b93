"""CloudFormation: updates and change sets."""
import json

from .cloudformation_failed import FAILS
from .table import case
from .world import template

TOPIC = template({"Topic": "AWS::SNS::Topic"})
OTHER = template({"Topic": ("AWS::SNS::Topic", {"DisplayName": "another"})})


def update(w, name, body=OTHER, **more):
    return w.said("cloudformation:UpdateStack", StackName=name, TemplateBody=json.dumps(body), **more)


def change(w, name, body=OTHER, kind="UPDATE", set="change", **more):
    return w.said("cloudformation:CreateChangeSet", StackName=name, ChangeSetName=set, ChangeSetType=kind,
                  TemplateBody=json.dumps(body), **more)


def described(w, answer, **more):
    w.advance(10)
    return w.call("cloudformation:DescribeChangeSet", ChangeSetName=answer["Id"], **more)


@case("cfn-import-missing-change-set", instead={"MyFoo": "Topic"})
def import_missing(w):
    body = template({"Topic": ("AWS::SNS::Topic", {"DisplayName": {"Fn::ImportValue": "nowhere"}})})
    return {"members": described(w, change(w, w.name("stack"), body, "CREATE"), IncludePropertyValues=True)}


@case("cfn-update-nothing", "cfn-change-set-nothing", "cfn-change-set-failed-execute", "cfn-change-set-deleted")
def nothing(w):
    name, _ = w.created(TOPIC)
    same = update(w, name, TOPIC)
    answer = change(w, name, TOPIC)
    empty = described(w, answer)
    execute = w.said("cloudformation:ExecuteChangeSet", ChangeSetName=answer["Id"])
    w.call("cloudformation:DeleteChangeSet", ChangeSetName=answer["Id"])
    w.advance(10)
    return {"cfn-update-nothing": same, "cfn-change-set-nothing": {"members": empty}, "cfn-change-set-failed-execute": execute,
            "cfn-change-set-deleted": w.said("cloudformation:DescribeChangeSet", ChangeSetName=answer["Id"])}


@case("cfn-change-set-deleted-name")
def change_set_deleted(w):
    name, _ = w.created(TOPIC)
    answer = change(w, name, set="cs-1")
    w.advance(10)
    w.call("cloudformation:DeleteChangeSet", ChangeSetName=answer["Id"])
    w.advance(10)
    return w.said("cloudformation:DescribeChangeSet", ChangeSetName="cs-1", StackName=name)


@case("cfn-update-no-template")
def no_template(w):
    name, _ = w.created(TOPIC)
    return w.said("cloudformation:UpdateStack", StackName=name)


@case("cfn-update-bad-role")
def bad_role(w):
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}]}
    role = w.call("iam:CreateRole", RoleName="role-fb405076", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    name, _ = w.created(TOPIC)
    return update(w, name, RoleARN=role["Arn"])


@case("cfn-update-resource-types")
def resource_types(w):
    name, _ = w.created(TOPIC)
    return update(w, name, ResourceTypes=["AWS::EC2::*"])


@case("cfn-change-set-during-delete", "cfn-change-set-after-delete", "cfn-change-set-create-deleted-id")
def while_deleted(w):
    name, id = w.created(TOPIC)
    w.call("cloudformation:DeleteStack", StackName=name)
    during = change(w, name)
    w.settle(id)
    return {"cfn-change-set-during-delete": during, "cfn-change-set-after-delete": change(w, id),
            "cfn-change-set-create-deleted-id": change(w, id, kind="CREATE", set="test")}


@case("cfn-change-set-name-taken")
def name_taken(w):
    name, _ = w.created(TOPIC)
    return change(w, name, kind="CREATE")


@case("cfn-update-removes-two")
def removes_two(w):
    chain = {"Dummy": "AWS::SNS::Topic", "A": {"Type": "AWS::SNS::Topic", "DependsOn": "Dummy"},
             "B": {"Type": "AWS::SNS::Topic", "DependsOn": "A"}, "C": {"Type": "AWS::SNS::Topic", "DependsOn": "B"}}
    name = w.name("stack")
    w.change(name, template(chain), "CREATE")
    id = w.stack(name)["StackId"]
    w.update(name, template({"Dummy": chain["Dummy"], "A": chain["A"]}))
    w.deleted(name)
    return {"events": [e for e in w.events(id) if e["ResourceStatus"] != "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"]}


@case("cfn-update-stack-events", "cfn-update-describe")
def by_change_sets(w):
    name = w.name("stack")
    body = template({"Topic": ("AWS::SNS::Topic", {"DisplayName": {"Ref": "Input"}})}, Parameters={"Input": {"Type": "String"}})
    for value, kind in (("one", "CREATE"), ("two", "UPDATE")):
        w.change(name, body, kind, Parameters=[{"ParameterKey": "Input", "ParameterValue": value}], Capabilities=["CAPABILITY_IAM"])
    return {"cfn-update-stack-events": {"events": w.events(name)}, "cfn-update-describe": {"stack": w.stack(name)}}


@case("cfn-update-replace-events")
def replaced_queue(w):
    name, _ = w.created(template({"MyQueue": ("AWS::SQS::Queue", {"QueueName": w.name("queue")})}))
    w.update(name, template({"MyQueue": ("AWS::SQS::Queue", {"QueueName": w.name("queue")})}))
    return {"events": w.events(name)}


@case("cfn-replace-reason")
def replaced_topic(w):
    name = w.name("stack")
    for kind in ("CREATE", "UPDATE"):
        w.change(name, template({"Topic1": ("AWS::SNS::Topic", {"TopicName": w.name("topic")})}), kind)
    return {"events": w.events(name)}


@case("cfn-update-replace-retain")
def replaced_and_retained(w):
    def body():
        return template({"MyParameter": {"Type": "AWS::SNS::Topic", "UpdateReplacePolicy": "Retain",
                                         "Properties": {"TopicName": w.name("topic")}}})
    name, _ = w.created(body())
    w.update(name, body())
    return {"events": w.events(name)}


@case("cfn-resource-gone-after-update", instead={"Parameter": "Old"})
def renamed(w):
    name, _ = w.created(template({"Old": "AWS::SNS::Topic"}))
    w.update(name, template({"New": "AWS::SNS::Topic"}))
    return w.said("cloudformation:DescribeStackResource", StackName=name, LogicalResourceId="Old")


@case("cfn-update-previous-value")
def previous_and_new(w):
    name, _ = w.created(TOPIC)
    return update(w, name, Parameters=[{"ParameterKey": "Input", "ParameterValue": "x", "UsePreviousValue": True}])


@case("cfn-update-in-progress-reason", "cfn-update-in-progress-no-reason",
      instead={"DesiredTag": "App", "DesiredValue": "Ftw"})
def running(w):
    name, id = w.created(TOPIC, Tags=[{"Key": "Old", "Value": "gone"}])
    update(w, name, Tags=[{"Key": "App", "Value": "Ftw"}, {"Key": "Env", "Value": "Dev"}])
    first = w.stack(name)
    w.settle(id)
    update(w, name, TOPIC, Tags=[{"Key": "App", "Value": "Ftw"}])
    w.advance(3)
    return {"cfn-update-in-progress-reason": {"members": first}, "cfn-update-in-progress-no-reason": {"members": w.stack(name)}}


@case("cfn-rollback-complete-update")
def after_rollback(w):
    name, _ = w.created(FAILS)
    return update(w, name)


@case("cfn-rollback-failed-update")
def after_failed_rollback(w):
    vpc = w.vpc()
    body = template({**FAILS["Resources"], "Group": ("AWS::EC2::SecurityGroup", {"GroupDescription": "in use", "VpcId": vpc})})
    body["Resources"]["Handle"] = {"Type": "AWS::CloudFormation::WaitConditionHandle", "DependsOn": "Group"}
    name, id = w.create(body)
    until_group(w, vpc)
    w.settle(id)
    return update(w, name)


def until_group(w, vpc):
    """Waits for a stack's security group in a VPC and puts an interface into it."""
    for _ in range(60):
        groups = w.call("ec2:DescribeSecurityGroups", Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]
        found = [g["GroupId"] for g in groups if g["GroupName"] != "default"]
        if found:
            break
        w.advance(1)
    w.call("ec2:CreateNetworkInterface", SubnetId=w.subnet(vpc), Groups=found)


@case("cfn-update-rollback-failed-update")
def after_failed_update_rollback(w):
    # A queue is deleted by hand; an update changes it and then fails, and it cannot be put back.
    stays = {"MyQueue": ("AWS::SQS::Queue", {"VisibilityTimeout": "10"})}
    name, id = w.created(template(stays))
    queue = w.call("cloudformation:DescribeStackResources", StackName=id)["StackResources"][0]["PhysicalResourceId"]
    body = template({"MyQueue": ("AWS::SQS::Queue", {"VisibilityTimeout": "20"}),
                     "Handle": "AWS::CloudFormation::WaitConditionHandle",
                     "Wait": {"Type": "AWS::CloudFormation::WaitCondition", "DependsOn": "MyQueue",
                              "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "60"}}})
    update(w, name, body)
    for _ in range(200):
        w.advance(1)
        if any(e["LogicalResourceId"] == "MyQueue" and e["ResourceStatus"] == "UPDATE_COMPLETE" for e in w.events(id)):
            break
    w.call("sqs:DeleteQueue", QueueUrl=queue)
    stack = w.settle(id)
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_FAILED", stack
    return update(w, name)
