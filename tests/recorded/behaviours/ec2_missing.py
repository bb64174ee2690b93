"""EC2: things that are not there, and refusals by form."""
from .table import case, outside
from .world import MISSING

outside("flow logs are not served", "ec2-flow-logs-partial", "ec2-flow-logs-both")
outside("CreateVolume is not served: volumes come with instances", "ec2-volume-no-size")


def asked(operation, **parameters):
    return lambda w: w.said(f"ec2:{operation}", **parameters)


case("ec2-sg-missing")(asked("DescribeSecurityGroups", GroupIds=[f"sg-{MISSING}"]))
case("ec2-subnet-missing")(asked("DescribeSubnets", SubnetIds=[f"subnet-{MISSING}"]))
case("ec2-eni-missing")(asked("DescribeNetworkInterfaces", NetworkInterfaceIds=[f"eni-{MISSING}"]))
case("ec2-igw-missing")(asked("DescribeInternetGateways", InternetGatewayIds=[f"igw-{MISSING}"]))
case("ec2-eip-missing")(asked("DescribeAddresses", AllocationIds=[f"eipalloc-{MISSING}"]))
case("ec2-launch-template-missing")(asked("DescribeLaunchTemplateVersions", LaunchTemplateId=f"lt-{MISSING}"))
case("ec2-launch-template-name-missing")(asked("DescribeLaunchTemplates", LaunchTemplateNames=["no-such"]))
case("ec2-snapshot-missing")(asked("DescribeSnapshots", SnapshotIds=[f"snap-{MISSING}"]))
case("ec2-volume-missing")(asked("DescribeVolumes", VolumeIds=[f"vol-{MISSING}"]))
case("ec2-ami-missing")(asked("DescribeImages", ImageIds=[f"ami-{MISSING}"]))
case("ec2-amis-missing")(asked("DescribeImages", ImageIds=[f"ami-{MISSING}", "ami-0fedcba9876543210"]))
case("ec2-ami-malformed")(asked("DescribeImages", ImageIds=["not_an_ami_id"]))
case("ec2-sg-malformed")(asked("DescribeSecurityGroupRules", Filters=[{"Name": "group-id", "Values": ["foobar"]}]))
case("ec2-key-pair-missing")(asked("DescribeKeyPairs", KeyNames=["no-such"]))
case("ec2-tags-no-ids")(asked("CreateTags", Resources=[], Tags=[{"Key": "a", "Value": "b"}]))
case("ec2-endpoint-service-missing", instead={"us-east-1": "<region>"})(
    asked("DescribeVpcEndpointServices", ServiceNames=["com.amazonaws.us-east-1.deprecated-service"]))


def twice(operation, thing):
    """Deletes something twice; the second answer."""
    def replay(w):
        parameters = thing(w)
        w.call(f"ec2:{operation}", **parameters)
        w.advance(30)
        return w.said(f"ec2:{operation}", **parameters)
    return replay


case("ec2-sg-delete-missing")(twice("DeleteSecurityGroup", lambda w: {"GroupId": w.group(w.vpc())}))
case("ec2-subnet-delete-missing")(twice("DeleteSubnet", lambda w: {"SubnetId": w.subnet(w.vpc())}))
case("ec2-eni-delete-missing")(twice("DeleteNetworkInterface", lambda w: {"NetworkInterfaceId": w.call(
    "ec2:CreateNetworkInterface", SubnetId=w.subnet(w.vpc()))["NetworkInterface"]["NetworkInterfaceId"]}))
case("ec2-eip-release-missing")(twice("ReleaseAddress", lambda w: {"AllocationId": w.call("ec2:AllocateAddress")["AllocationId"]}))


@case("ec2-igw-filter-empty")
def gateways_without_ids(w):
    gateways = w.call("ec2:DescribeInternetGateways")["InternetGateways"]
    vpc = w.vpc()
    made = w.call("ec2:CreateInternetGateway")["InternetGateway"]["InternetGatewayId"]
    w.call("ec2:DeleteInternetGateway", InternetGatewayId=made)
    rest = [g for g in w.call("ec2:DescribeInternetGateways")["InternetGateways"] if g not in gateways]
    assert w.call("ec2:DescribeInternetGateways", Filters=[{"Name": "attachment.vpc-id", "Values": [vpc]}])["InternetGateways"] == []
    assert w.call("ec2:DescribeInternetGateways", Filters=[{"Name": "internet-gateway-id", "Values": [made]}])["InternetGateways"] == []
    return {"http": 200, "answer": {"InternetGateways": rest}}


@case("ec2-subnet-partial-missing")
def one_of_two_subnets(w):
    return w.said("ec2:DescribeSubnets", SubnetIds=[w.subnet(w.vpc()), f"subnet-{MISSING}"])


@case("ec2-sgr-missing", "ec2-rule-no-protocol")
def rules(w):
    group = w.group(w.vpc())
    rule = w.call("ec2:AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}])["SecurityGroupRules"][0]
    change = {"IpProtocol": "tcp", "FromPort": 81, "ToPort": 81, "CidrIpv4": "10.0.0.0/8"}

    def modify(id, **rule):
        return w.said("ec2:ModifySecurityGroupRules", GroupId=group,
                      SecurityGroupRules=[{"SecurityGroupRuleId": id, "SecurityGroupRule": rule}])
    without = {key: value for key, value in change.items() if key != "IpProtocol"}
    return {"ec2-sgr-missing": modify(f"sgr-{MISSING}", **change),
            "ec2-rule-no-protocol": modify(rule["SecurityGroupRuleId"], **without)}


@case("ec2-launch-template-version-missing")
def version_missing(w):
    made = w.call("ec2:CreateLaunchTemplate", LaunchTemplateName=w.name("template"), LaunchTemplateData={"InstanceType": "t3.micro"})
    return w.said("ec2:DescribeLaunchTemplateVersions", LaunchTemplateId=made["LaunchTemplate"]["LaunchTemplateId"], Versions=["2"])


@case("ec2-tgw-missing", "ec2-tgw-twice")
def transit_gateway(w):
    vpc = w.vpc()
    subnet, attach = w.subnet(vpc), "ec2:CreateTransitGatewayVpcAttachment"
    gone = w.said(attach, TransitGatewayId=f"tgw-{MISSING}", VpcId=vpc, SubnetIds=[subnet])
    gateway = w.call("ec2:CreateTransitGateway")["TransitGateway"]["TransitGatewayId"]
    w.advance(300)
    w.call(attach, TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet])
    w.advance(300)
    return {"ec2-tgw-missing": gone, "ec2-tgw-twice": w.said(attach, TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet])}
