"""CloudFormation: creations that fail, and what becomes of them."""
import json

from .table import case, outside
from .world import template

outside("macros are not modelled (they need Lambda): the sandbox refuses any `Transform`",
        "cfn-macro-failed-message", "cfn-macro-failed-silent", "cfn-macro-failed-invalid", "cfn-macro-failed-raise",
        "cfn-update-transform-failed")

# What failed in the recordings is a repository; here it is a wait that nobody ends, under the same logical id. Both exist
# when they fail.
ECR = ("Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided' (Service: "
       "AmazonECR; Status Code: 400; Error Code: InvalidParameterException; Request ID: <uuid>)")
NAMES = {ECR: "<another cause>"}
FAILS = template({"Handle": "AWS::CloudFormation::WaitConditionHandle",
                  "ECRRepo": ("AWS::CloudFormation::WaitCondition", {"Handle": {"Ref": "Handle"}, "Timeout": "5"})})


def until(w, id, status):
    for _ in range(600):
        if w.stack(id)["StackStatus"] == status:
            return w.stack(id)
        w.advance(1)
    raise AssertionError(f"never {status}, but {w.stack(id)['StackStatus']}")


@case("cfn-property-invalid-event", instead={"{/Type}": "{/TemplateURL}"})
def property_missing(w):
    name, _ = w.created(template({"Nested": ("AWS::CloudFormation::Stack", {})}))
    return {"members": next(e for e in w.events(name) if e["ResourceStatus"] == "CREATE_FAILED")}


@case("cfn-create-failed-rollback-events", "cfn-create-failed-rollback-running", "cfn-create-failed-rollback-done", instead=NAMES)
def rolled_back(w):
    name, id = w.create(FAILS)
    running = until(w, id, "ROLLBACK_IN_PROGRESS")
    return {"cfn-create-failed-rollback-running": {"stack": running}, "cfn-create-failed-rollback-done": {"stack": w.settle(id)},
            "cfn-create-failed-rollback-events": {"events": w.events(name)}}


@case("cfn-create-failed-delete-events", "cfn-create-failed-delete-running", "cfn-create-failed-delete-later",
      "cfn-create-failed-delete-done", instead=NAMES)
def deleted_at_once(w):
    name, id = w.create(FAILS, OnFailure="DELETE")
    running = until(w, id, "DELETE_IN_PROGRESS")
    w.advance(3)
    later = w.stack(id)
    return {"cfn-create-failed-delete-running": {"stack": running}, "cfn-create-failed-delete-later": {"stack": later},
            "cfn-create-failed-delete-done": {"stack": w.settle(id)}, "cfn-create-failed-delete-events": {"events": w.events(id)}}


@case("cfn-create-failed-nothing-events", "cfn-create-failed-nothing", instead=NAMES)
def left_as_it_is(w):
    name, id = w.created(FAILS, OnFailure="DO_NOTHING")
    return {"cfn-create-failed-nothing": {"stack": w.stack(id)}, "cfn-create-failed-nothing-events": {"events": w.events(name)}}


@case("cfn-rollback-complete-no-reason")
def import_missing(w):
    name = w.name("importer")
    w.change(name, template({"Topic": ("AWS::SNS::Topic", {"DisplayName": {"Fn::ImportValue": "nowhere"}})}), "CREATE")
    return {"stack": w.stack(name)}


@case("cfn-rollback-no-resource-event", instead={"AWS::SSM::Parameter": "AWS::SNS::Topic"})
def bad_attribute_in_outputs(w):
    name = w.name("stack")
    outputs = {"InvalidOutput": {"Value": {"Fn::GetAtt": ["Topic", "Invalid"]}}}
    w.change(name, template({"Topic": "AWS::SNS::Topic"}, Outputs=outputs), "CREATE")
    return {"events": w.events(name)}


@case("cfn-resource-gone-after-rollback", instead={"Parameter": "ECRRepo"})
def resource_gone(w):
    name, _ = w.created(FAILS)
    return w.said("cloudformation:DescribeStackResource", StackName=name, LogicalResourceId="ECRRepo")


# What could be neither made nor deleted in the recordings is a policy; here it is a nested stack whose wait runs out and
# whose security group is in use.
@case("cfn-rollback-failed-stack", "cfn-rollback-failed-then-delete", "cfn-rollback-failed-retain", "cfn-rollback-failed-all-events")
def rollback_failed(w):
    vpc = w.vpc()
    inner = template({**FAILS["Resources"], "Group": ("AWS::EC2::SecurityGroup", {"GroupDescription": "in use", "VpcId": vpc})})
    bucket = w.name("templates")
    w.call("s3:CreateBucket", Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": w.region})
    w.call("s3:PutObject", Bucket=bucket, Key="inner.json", Body=json.dumps(inner).encode())
    outer = template({"BrokenPolicy": ("AWS::CloudFormation::Stack", {"TemplateURL": f"https://s3.amazonaws.com/{bucket}/inner.json"})},
                     Parameters={"Name": {"Type": "String", "Default": "policy"}})
    name, id = w.create(outer, Capabilities=["CAPABILITY_IAM"])
    group = None
    for _ in range(60):
        w.advance(1)
        groups = w.call("ec2:DescribeSecurityGroups", Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]
        group = next((g["GroupId"] for g in groups if g["GroupName"] != "default"), None)
        if group:
            break
    w.call("ec2:CreateNetworkInterface", SubnetId=w.subnet(vpc), Groups=[group])
    failed = w.settle(id)
    w.call("cloudformation:DeleteStack", StackName=name)
    again = w.settle(id)
    w.call("cloudformation:DeleteStack", StackName=name, RetainResources=["BrokenPolicy"])
    retained = w.settle(id)
    return {"cfn-rollback-failed-stack": {"stack": failed}, "cfn-rollback-failed-then-delete": {"stack": again},
            "cfn-rollback-failed-retain": {"stack": retained}, "cfn-rollback-failed-all-events": {"events": w.events(id)}}
