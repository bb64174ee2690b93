"""IAM and STS."""
import json

from .table import case, outside

outside("the operation is not served (groups, login profiles, credential reports, password policies)",
        "iam-group-in-use", "iam-login-missing", "iam-report-missing", "iam-password-policy-missing")

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                                            "Principal": {"Service": "ec2.amazonaws.com"}}]}, separators=(",", ":"))


def role(w, **more):
    name = w.name("role")
    w.call("iam:CreateRole", RoleName=name, AssumeRolePolicyDocument=TRUST, **more)
    return name


@case("iam-eb-service-role-suffix", "iam-service-role-taken", "iam-role-protected",
      instead={"AWSServiceRoleForBatch": "AWSServiceRoleForElasticBeanstalk", "AWSServiceRoleForSupport": "AWSServiceRoleForElasticBeanstalk"})
def service_linked(w):
    make, service = "iam:CreateServiceLinkedRole", "elasticbeanstalk.amazonaws.com"
    suffix = w.said(make, AWSServiceName=service, CustomSuffix="mine")
    w.said(make, AWSServiceName=service)
    return {"iam-eb-service-role-suffix": suffix, "iam-service-role-taken": w.said(make, AWSServiceName=service),
            "iam-role-protected": w.said("iam:DeleteRole", RoleName="AWSServiceRoleForElasticBeanstalk")}


@case("iam-role-document", "iam-cfn-role-new", without={"Description": "only if given"})
def described(w):
    tagged = role(w, Tags=[{"Key": "a", "Value": "b"}])
    row = w.call("iam:GetRole", RoleName=tagged)["Role"]
    new = w.call("iam:GetRole", RoleName=role(w, Description="new"))["Role"]
    assert new["RoleLastUsed"] == {} and new.pop("Description") == "new"
    return {"iam-role-document": {"row": row, "AssumeRolePolicyDocument starts": raw_document(w, tagged)[:40]},
            "iam-cfn-role-new": {"row": new}}


def raw_document(w, name):
    """The trust policy as it is on the wire."""
    seen = []
    client = w.client("iam")
    client.meta.events.register("before-parse.iam.GetRole", lambda response_dict, **_: seen.append(response_dict["body"]))
    client.get_role(RoleName=name)
    text = seen[-1].decode()
    return text.partition("<AssumeRolePolicyDocument>")[2].partition("<")[0]


@case("iam-profile-without-role")
def profile_without_role(w):
    name = w.name("profile")
    w.call("iam:CreateInstanceProfile", InstanceProfileName=name)
    rows = w.call("iam:ListInstanceProfiles")["InstanceProfiles"]
    row = next(r for r in rows if r["InstanceProfileName"] == name)
    return {"without": sorted(row), "Roles": row["Roles"]}


@case("iam-role-list-subset")
def listed(w):
    name = role(w, Tags=[{"Key": "a", "Value": "b"}], PermissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess")
    row = next(r for r in w.call("iam:ListRoles")["Roles"] if r["RoleName"] == name)
    whole = w.call("iam:GetRole", RoleName=name)["Role"]
    only = {"PermissionsBoundary", "RoleLastUsed", "Tags"}
    return {"text": only <= set(whole) and not only & set(row) or (sorted(row), sorted(whole))}


def asked(operation, **parameters):
    return lambda w: w.said(f"iam:{operation}", **{k: v.replace("ACCOUNT", w.account) if isinstance(v, str) else v for k, v in parameters.items()})


MANAGED = "arn:aws:iam::aws:policy/AdministratorAccessDoesNotExist"
case("iam-role-missing")(asked("GetRole", RoleName="test_role"))
case("iam-profile-missing")(asked("DeleteInstanceProfile", InstanceProfileName="test"))
case("iam-role-profiles-missing")(asked("ListInstanceProfilesForRole", RoleName="test"))
case("iam-policy-missing")(asked("GetPolicy", PolicyArn="arn:aws:iam::ACCOUNT:policy/IamCreateRoleAndCreatePolicy"))
case("iam-policy-missing-aws")(asked("GetPolicy", PolicyArn=MANAGED))
case("iam-simulate-missing")(asked("SimulatePrincipalPolicy", PolicySourceArn="arn:aws:iam::ACCOUNT:role/no-such", ActionNames=["s3:GetObject"]))
case("iam-policy-delete-missing")(asked("DeletePolicy", PolicyArn="arn:aws:iam::ACCOUNT:policy/non-existent-policy"))
case("iam-role-bad-json")(asked("CreateRole", RoleName="broken", AssumeRolePolicyDocument="{not json"))


@case("iam-detach-missing", "iam-attach-missing", "iam-attach-malformed")
def attachments(w):
    name = role(w)
    return {"iam-detach-missing": w.said("iam:DetachRolePolicy", RoleName=name, PolicyArn=MANAGED),
            "iam-attach-missing": w.said("iam:AttachRolePolicy", RoleName=name, PolicyArn=f"arn:aws:iam::{w.account}:policy/thing123"),
            "iam-attach-malformed": w.said("iam:AttachRolePolicy", RoleName=name, PolicyArn="a-name-and-no-arn")}


def simulated(w, name, action):
    return {"http": 200, "answer": w.call("iam:SimulatePrincipalPolicy", PolicySourceArn=f"arn:aws:iam::{w.account}:role/{name}",
                                          ActionNames=[action])}


@case("iam-simulate-allowed")
def allowed(w):
    name = role(w)
    w.call("iam:AttachRolePolicy", RoleName=name, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    return simulated(w, name, "lambda:CreateFunction")


def sts(w):
    return {"row": w.call("sts:GetCallerIdentity")}


case("sts-identity")(sts)


@case("sts-assumed")
def assumed(w):
    answer = w.call("sts:AssumeRole", RoleArn=f"arn:aws:iam::{w.account}:role/{role(w)}", RoleSessionName="session")
    return {"answer": answer["AssumedRoleUser"]}


@case("iam-simulate-boundary", without={
    "StartPosition": "depends on the text of AWS's policy, of which the sandbox has an extract; compared in iam-simulate-allowed",
    "EndPosition": "the same", "OrganizationsDecisionDetail": "the sandbox's account is in no organisation"})
def bounded(w):
    name = role(w)
    w.call("iam:AttachRolePolicy", RoleName=name, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    block = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"},
                                                    {"Effect": "Deny", "Action": "iam:List*", "Resource": "*"}]}
    made = w.call("iam:CreatePolicy", PolicyName="IAMBlockRead", PolicyDocument=json.dumps(block, indent=4))["Policy"]["Arn"]
    w.call("iam:PutRolePermissionsBoundary", RoleName=name, PermissionsBoundary=made)
    return {"http": 200, "answer": w.call("iam:SimulatePrincipalPolicy", PolicySourceArn=f"arn:aws:iam::{w.account}:role/{name}",
                                          ActionNames=["iam:ListUsers"], ResourceArns=[f"arn:aws:iam::{w.account}:user/"])}
