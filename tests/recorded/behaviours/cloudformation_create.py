"""CloudFormation: creating stacks, and refusals of what they are to be made of."""
from .table import case
from .world import template, text

TOPIC = template({"Topic": "AWS::SNS::Topic"})
BUCKET = template({"MyBucket": "AWS::S3::Bucket"}, Description="Basic template")


def refused(w, body):
    return w.said("cloudformation:CreateStack", StackName=w.name("refused"), TemplateBody=text(body))


@case("cfn-create-ok-events", "cfn-create-reason-first", "cfn-create-reason-vanishes",
      instead={"ansible-test-basic-yaml-mybucket-13m2y4v8bptj4": "ansible-test-basic-yaml-mybucket-<random>"})
def one_bucket(w):
    name, id = w.create(BUCKET, "ansible-test-basic-yaml")
    first = w.stack(name)
    w.advance(4)
    second = w.stack(name)
    w.settle(id)
    return {"cfn-create-ok-events": {"events": w.events(name)},
            "cfn-create-reason-first": {"stack": first}, "cfn-create-reason-vanishes": {"stack": second}}


@case("cfn-create-by-change-set-events", "cfn-review-in-progress", "cfn-create-complete-members")
def by_change_set(w):
    name = w.name("stack")
    body = template({"topic123": "AWS::SNS::Topic"}, Description="made by a change set")
    answer = w.change(name, template({"topic123": "AWS::SNS::Topic"}), "CREATE", execute=False)
    review = w.stack(name)
    w.call("cloudformation:ExecuteChangeSet", ChangeSetName=answer["Id"])
    w.settle(name)
    described = w.name("stack")
    w.change(described, body, "CREATE")
    return {"cfn-create-by-change-set-events": {"events": w.events(name)}, "cfn-review-in-progress": {"stack": review},
            "cfn-create-complete-members": {"stack": w.stack(described)}}


@case("cfn-create-plain-members", "cfn-create-name-taken")
def by_itself(w):
    name, _ = w.created(TOPIC)
    return {"cfn-create-plain-members": {"stack": w.stack(name)},
            "cfn-create-name-taken": w.said("cloudformation:CreateStack", StackName=name, TemplateBody=text(TOPIC))}


@case("cfn-create-bad-name")
def bad_name(w):
    return w.said("cloudformation:CreateStack", StackName="*@da591fa3_$", TemplateBody="{}")


@case("cfn-create-bad-json")
def bad_json(w):
    return refused(w, '{\n  "Resources": {\n    "A": {}\n   x')


@case("cfn-create-bad-yaml")
def bad_yaml(w):
    return refused(w, "Resources:\n  A: [unclosed\n  B: }")


@case("cfn-create-no-resources")
def no_resources(w):
    return refused(w, {"Parameters": {"A": {"Type": "String"}}})


@case("cfn-create-no-type")
def no_type(w):
    return refused(w, {"Resources": {"A": {"Properties": {}}}})


@case("cfn-create-unresolved")
def unresolved(w):
    return refused(w, template({"A": ("AWS::SNS::Topic", {"DisplayName": {"Ref": "InvalidRef"}})}))


@case("cfn-create-depends-on-missing")
def depends_on_missing(w):
    return refused(w, template({"A": {"Type": "AWS::SNS::Topic", "DependsOn": "NonExistingResource"}}))


@case("cfn-create-parameters-missing")
def parameters_missing(w):
    body = template({"A": ("AWS::SNS::Topic", {"DisplayName": {"Ref": "Input"}})}, Parameters={"Input": {"Type": "String"}})
    return w.said("cloudformation:CreateChangeSet", StackName=w.name("stack"), ChangeSetName="change", ChangeSetType="CREATE",
                  TemplateBody=text(body))


@case("cfn-create-capabilities")
def macro_not_acknowledged(w):
    return refused(w, {**TOPIC, "Transform": "Macro"})


@case("cfn-create-template-too-long")
def too_long(w):
    return refused(w, template({"A": ("AWS::SNS::Topic", {"DisplayName": "x" * 52_000})}))


@case("cfn-create-bad-url")
def bad_url(w):
    return w.said("cloudformation:CreateStack", StackName=w.name("stack"), TemplateURL="http://example.com/template.json")


@case("cfn-create-order")
def order(w):
    chain = template({"C": {"Type": "AWS::SNS::Topic", "DependsOn": "B"}, "B": {"Type": "AWS::SNS::Topic", "DependsOn": "A"},
                      "A": "AWS::SNS::Topic"})
    name, id = w.created(chain)
    w.deleted(name)
    ends = [e for e in w.events(id) if e["ResourceStatus"].endswith("_COMPLETE")]
    return {"events": ends}


@case("cfn-gateway-attachment-ref")
def attachment_ref(w):
    body = template({"Gateway": "AWS::EC2::InternetGateway", "Vpc": ("AWS::EC2::VPC", {"CidrBlock": "10.9.0.0/16"}),
                     "Attachment": ("AWS::EC2::VPCGatewayAttachment", {"VpcId": {"Ref": "Vpc"},
                                                                       "InternetGatewayId": {"Ref": "Gateway"}})},
                    Outputs={"Ref": {"Value": {"Ref": "Attachment"}}})
    name, _ = w.created(body)
    return {"answer": w.stack(name)["Outputs"][0]["OutputValue"]}


@case("cfn-sg-ref")
def group_ref(w):
    outputs = {name + verb: {"Value": {"Ref": name} if verb == "Ref" else {"Fn::GetAtt": [name, "GroupId"]}}
               for name in ("SGWithVpcId", "SGWithoutVpcId") for verb in ("Ref", "GroupId")}
    body = template({"SGWithVpcId": ("AWS::EC2::SecurityGroup", {"GroupDescription": "with", "VpcId": w.vpc()}),
                     "SGWithoutVpcId": ("AWS::EC2::SecurityGroup", {"GroupDescription": "without"})}, Outputs=outputs)
    name, _ = w.created(body)
    said = {o["OutputKey"]: o["OutputValue"] for o in w.stack(name).get("Outputs", [])}
    assert said["SGWithVpcIdRef"] == said["SGWithVpcIdGroupId"] and said["SGWithoutVpcIdGroupId"].startswith("sg-"), said
    assert not said["SGWithoutVpcIdRef"].startswith("sg-"), said
    return {"answer": said}
