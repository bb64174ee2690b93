"""CloudFormation: what is not there, and the rows of its lists."""
import json

from .table import case, outside
from .world import template

TOPIC = template({"Topic": "AWS::SNS::Topic"})

outside("stack sets are not served", "cfn-stack-set-missing")


def absent(operation, **parameters):
    return lambda w: w.said(f"cloudformation:{operation}", **parameters)


case("cfn-events-missing")(absent("DescribeStackEvents", StackName="ansible-test-nonexist"))
case("cfn-describe-missing")(absent("DescribeStacks", StackName="ansible-test-nonexist"))
case("cfn-describe-missing-2")(absent("DescribeStacks", StackName="no-such"))
case("cfn-events-missing-2")(absent("DescribeStackEvents", StackName="does-not-exist"))
case("cfn-resource-missing-stack")(absent("DescribeStackResource", StackName="not-a-valid-stack", LogicalResourceId="A"))
case("cfn-change-set-missing-stack")(absent("DescribeChangeSet", StackName="somestack", ChangeSetName="DoesNotExist"))
case("cfn-template-missing-stack")(absent("GetTemplate", StackName="does-not-exist"))
case("cfn-template-no-args")(absent("GetTemplate"))
case("cfn-list-resources-missing")(absent("ListStackResources", StackName="no-such"))


@case("cfn-change-set-missing-id")
def change_set_missing(w):
    return w.said("cloudformation:GetTemplate", ChangeSetName=f"arn:aws:cloudformation:{w.region}:{w.account}:changeSet/no/such")


@case("cfn-resource-missing", "cfn-resource-missing-id")
def resource_missing(w):
    name, id = w.created(TOPIC)
    ask = "cloudformation:DescribeStackResource"
    return {"cfn-resource-missing": w.said(ask, StackName=name, LogicalResourceId="NonExistentResource"),
            "cfn-resource-missing-id": w.said(ask, StackName=id, LogicalResourceId="not-a-valid-resource")}


@case("cfn-summary-review")
def summary_of_nothing(w):
    name = w.name("stack")
    w.change(name, TOPIC, "CREATE", execute=False)
    return w.said("cloudformation:GetTemplateSummary", StackName=name)


@case("cfn-list-stacks-row", "cfn-stack-resources-row", "cfn-stack-resource-detail")
def rows(w):
    name = w.name("stack")
    w.change(name, TOPIC, "CREATE")
    listed = w.call("cloudformation:ListStacks")["StackSummaries"]
    detail = w.call("cloudformation:DescribeStackResource", StackName=name, LogicalResourceId="Topic")["StackResourceDetail"]
    return {"cfn-list-stacks-row": {"row": next(s for s in listed if s["StackName"] == name)},
            "cfn-stack-resources-row": {"row": w.call("cloudformation:DescribeStackResources", StackName=name)["StackResources"][0]},
            "cfn-stack-resource-detail": {"row": detail}}


@case("cfn-policy-bad", "cfn-policy-both")
def policies(w):
    name, _ = w.created(TOPIC)
    set = "cloudformation:SetStackPolicy"
    return {"cfn-policy-bad": w.said(set, StackName=name, StackPolicyBody=json.dumps({"Statement": "no list"})),
            "cfn-policy-both": w.said(set, StackName=name, StackPolicyBody="{}", StackPolicyURL="https://s3.amazonaws.com/b/k")}


# The recording changed three properties of a function; here three of an Auto Scaling group were changed.
@case("cfn-drift", instead={"different description": "1", "function to test lambda function url": "0", "/Description": "/MinSize",
                            "localhost.localstack.cloud": "4", "aws.amazon.com": "3", "/Environment/Variables/ENDPOINT_URL": "/MaxSize",
                            "python3.8": "2", "python3.9": "1", "/Runtime": "/DesiredCapacity"})
def drift(w):
    body = template({"Template": ("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {"ImageId": w.image(), "InstanceType": "t3.micro"}}),
                     "Group": ("AWS::AutoScaling::AutoScalingGroup", {
                         "MinSize": "0", "MaxSize": "3", "DesiredCapacity": "1", "AvailabilityZones": {"Fn::GetAZs": ""},
                         "LaunchTemplate": {"LaunchTemplateId": {"Ref": "Template"}, "Version": "1"}})})
    name, id = w.created(body)
    group = w.call("cloudformation:DescribeStackResource", StackName=id, LogicalResourceId="Group")["StackResourceDetail"]
    w.call("autoscaling:UpdateAutoScalingGroup", AutoScalingGroupName=group["PhysicalResourceId"], MinSize=1, MaxSize=4, DesiredCapacity=2)
    answer = w.call("cloudformation:DetectStackResourceDrift", StackName=name, LogicalResourceId="Group")
    return {"members": answer["StackResourceDrift"]}
