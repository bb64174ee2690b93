"""EC2: what stands in the way of a change, and what a deletion leaves behind."""
from .table import case, outside

outside("a remark of the recorders about a race (DeleteVpc may or may not be refused for some seconds after a peering connection or a "
        "VPN gateway went): nothing that an answer could be held against",
        "ec2-peering-delay", "ec2-vpn-detach-silent")


def public_instance(w):
    """An instance with a public address in a VPC of its own: its VPC, gateway and id."""
    vpc = w.vpc()
    gateway = w.call("ec2:CreateInternetGateway")["InternetGateway"]["InternetGatewayId"]
    w.call("ec2:AttachInternetGateway", InternetGatewayId=gateway, VpcId=vpc)
    subnet = w.subnet(vpc)
    w.call("ec2:ModifySubnetAttribute", SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    return vpc, gateway, w.instance(subnet)


def nat_address(w):
    """The allocation of a NAT gateway's address, and the gateway."""
    vpc = w.vpc()
    internet = w.call("ec2:CreateInternetGateway")["InternetGateway"]["InternetGatewayId"]
    w.call("ec2:AttachInternetGateway", InternetGatewayId=internet, VpcId=vpc)
    address = w.call("ec2:AllocateAddress")["AllocationId"]
    nat = w.call("ec2:CreateNatGateway", SubnetId=w.subnet(vpc), AllocationId=address)["NatGateway"]["NatGatewayId"]
    w.advance(300)
    return address, nat


@case("ec2-eip-reassociate")
def associated_already(w):
    address = w.call("ec2:AllocateAddress")["AllocationId"]
    one, other = w.instance(), w.instance()
    w.call("ec2:AssociateAddress", AllocationId=address, InstanceId=one)
    return w.said("ec2:AssociateAddress", AllocationId=address, InstanceId=other, AllowReassociation=False)


@case("ec2-rule-duplicate")
def rule_twice(w):
    group = w.group(w.vpc())
    for _ in range(2):
        said = w.said("ec2:AuthorizeSecurityGroupIngress", GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0")
    return said


@case("ec2-eni-goes-with-instance")
def interface_goes(w):
    instance = w.instance()
    row = w.call("ec2:DescribeInstances", InstanceIds=[instance])["Reservations"][0]["Instances"][0]["NetworkInterfaces"][0]
    assert row["Attachment"]["DeleteOnTermination"]
    w.call("ec2:TerminateInstances", InstanceIds=[instance])
    w.advance(300)
    return w.said("ec2:DescribeNetworkInterfaces", NetworkInterfaceIds=[row["NetworkInterfaceId"]])


@case("ec2-endpoint-delete")
def endpoint_deleted(w):
    vpc = w.vpc()
    made = w.call("ec2:CreateVpcEndpoint", VpcId=vpc, ServiceName=f"com.amazonaws.{w.region}.s3", VpcEndpointType="Gateway")
    return {"http": 200, "answer": w.call("ec2:DeleteVpcEndpoints", VpcEndpointIds=[made["VpcEndpoint"]["VpcEndpointId"]])}


@case("ec2-subnet-in-use", "ec2-vpc-in-use", "ec2-sg-in-use")
def in_use(w):
    vpc = w.vpc()
    subnet, group, named = w.subnet(vpc), w.group(vpc), w.group(vpc)
    w.call("ec2:CreateNetworkInterface", SubnetId=subnet, Groups=[group])
    w.call("ec2:AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": named}]}])
    carried, by_rule = (w.said("ec2:DeleteSecurityGroup", GroupId=g) for g in (group, named))
    assert carried.message.replace(group, "") == by_rule.message.replace(named, ""), "the same text for both reasons"
    return {"ec2-subnet-in-use": w.said("ec2:DeleteSubnet", SubnetId=subnet), "ec2-vpc-in-use": w.said("ec2:DeleteVpc", VpcId=vpc),
            "ec2-sg-in-use": by_rule}


@case("ec2-igw-in-use", "ec2-igw-detach-public")
def gateway_in_use(w):
    vpc, gateway, _ = public_instance(w)
    return {"ec2-igw-in-use": w.said("ec2:DeleteInternetGateway", InternetGatewayId=gateway),
            "ec2-igw-detach-public": w.said("ec2:DetachInternetGateway", InternetGatewayId=gateway, VpcId=vpc)}


@case("ec2-eip-of-nat", "ec2-eip-of-nat-associate")
def address_of_nat(w):
    address, nat = nat_address(w)
    associate = w.said("ec2:AssociateAddress", AllocationId=address, InstanceId=w.instance(), AllowReassociation=True)
    held = w.said("ec2:ReleaseAddress", AllocationId=address)
    w.call("ec2:DeleteNatGateway", NatGatewayId=nat)
    w.advance(20)
    going = w.said("ec2:ReleaseAddress", AllocationId=address)
    assert going == held, going
    return {"ec2-eip-of-nat": held, "ec2-eip-of-nat-associate": associate}


@case("ec2-instance-protected")
def protected(w):
    instance = w.instance(DisableApiTermination=True)
    return w.said("ec2:TerminateInstances", InstanceIds=[instance])


@case("ec2-instance-stop-protected")
def stop_protected(w):
    instance = w.instance(DisableApiStop=True)
    return w.said("ec2:StopInstances", InstanceIds=[instance])


@case("ec2-instance-shutting-down", "ec2-instance-terminate-answer", "ec2-instance-terminated-listed")
def terminated(w):
    instance = w.instance(TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "gone"}]}])

    def look():
        rows = [i for r in w.call("ec2:DescribeInstances")["Reservations"] for i in r["Instances"]]
        return next(i for i in rows if i["InstanceId"] == instance)
    answer = w.call("ec2:TerminateInstances", InstanceIds=[instance])
    at_once = look()
    w.advance(300)
    later = look()
    assert later["Tags"] == [{"Key": "Name", "Value": "gone"}]
    return {"ec2-instance-terminate-answer": {"http": 200, "answer": answer}, "ec2-instance-shutting-down": {"members": at_once},
            "ec2-instance-terminated-listed": {**later, "State": later["State"]["Name"], "row": later}}


@case("ec2-eni-of-nat")
def interface_of_nat(w):
    _, nat = nat_address(w)
    return w.interface_of(lambda row: nat in row["Description"])


@case("ec2-eni-of-instance")
def interface_of_instance(w):
    instance = w.instance()
    return w.interface_of(lambda row: row.get("Attachment", {}).get("InstanceId") == instance)


@case("ec2-eni-of-endpoint")
def interface_of_endpoint(w):
    vpc = w.vpc()
    made = w.call("ec2:CreateVpcEndpoint", VpcId=vpc, ServiceName=f"com.amazonaws.{w.region}.sqs", VpcEndpointType="Interface",
                  SubnetIds=[w.subnet(vpc)], PrivateDnsEnabled=False)["VpcEndpoint"]["VpcEndpointId"]
    w.advance(120)
    return w.interface_of(lambda row: made in row["Description"])


@case("ec2-eni-of-tgw")
def interface_of_transit_gateway(w):
    vpc = w.vpc()
    gateway = w.call("ec2:CreateTransitGateway")["TransitGateway"]["TransitGatewayId"]
    w.advance(300)
    w.call("ec2:CreateTransitGatewayVpcAttachment", TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[w.subnet(vpc)])
    w.advance(300)
    return w.interface_of(lambda row: row["VpcId"] == vpc)


@case("ec2-eni-of-rds")
def interface_of_database(w):
    vpc = w.vpc()
    subnets = [w.subnet(vpc), w.subnet(vpc, "10.0.2.0/24", "b")]
    name = w.name("subnets")
    w.call("rds:CreateDBSubnetGroup", DBSubnetGroupName=name, DBSubnetGroupDescription="two", SubnetIds=subnets)
    w.call("rds:CreateDBInstance", DBInstanceIdentifier=w.name("db"), DBInstanceClass="db.t3.micro", Engine="postgres",
           AllocatedStorage=20, MasterUsername="admin1", MasterUserPassword="secret-enough", DBSubnetGroupName=name)
    w.advance(1200)
    return w.interface_of(lambda row: row["VpcId"] == vpc)


# Recorded in 2017, before interfaces had a type.
@case("ec2-eni-of-classic-elb", without={"InterfaceType": "2017: there was none"})
def interface_of_classic_balancer(w):
    vpc = w.vpc()
    w.call("elb:CreateLoadBalancer", LoadBalancerName="test-load-balancer", Subnets=[w.subnet(vpc)], Scheme="internal",
           Listeners=[{"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}])
    w.advance(60)
    return w.interface_of(lambda row: row["VpcId"] == vpc)


@case("ec2-eni-of-free", without={"InterfaceType": "2017: there was none"})
def interface_of_nobody(w):
    made = w.call("ec2:CreateNetworkInterface", SubnetId=w.subnet(w.vpc()))["NetworkInterface"]["NetworkInterfaceId"]
    return w.interface_of(lambda row: row["NetworkInterfaceId"] == made)


outside("interfaces of services that the sandbox does not have (Lambda, EFS, directories, ECS)",
        "ec2-eni-of-lambda", "ec2-eni-of-efs", "ec2-eni-of-directory", "ec2-eni-of-ecs")
