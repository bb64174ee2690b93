"""EC2: how things of a VPC are told of."""
import json

from .table import case, outside
from .world import template


@case("ec2-vpc-create-pending")
def vpc_at_first(w):
    made = w.call("ec2:CreateVpc", CidrBlock="10.4.0.0/16")["Vpc"]
    assert w.subnet(made["VpcId"], "10.4.1.0/24")
    return {"members": made}


@case("ec2-subnet-create")
def subnet_at_once(w):
    return {"members": w.call("ec2:CreateSubnet", VpcId=w.vpc(), CidrBlock="10.0.1.0/24")["Subnet"]}


@case("ec2-sg-default-egress", "ec2-sg-create-answer")
def new_group(w):
    made = w.call("ec2:CreateSecurityGroup", GroupName="web-tier", Description="for apps", VpcId=w.vpc())
    row = w.call("ec2:DescribeSecurityGroups", GroupIds=[made["GroupId"]])["SecurityGroups"][0]
    return {"ec2-sg-default-egress": {"members": row}, "ec2-sg-create-answer": {"row": made}}


LATER = "came later than the recording; its shape says that it is always there now"


@case("ec2-eip-disassociate-release", without={"NetworkBorderGroup": LATER, "PublicIpv4Pool": LATER, "Tags": LATER})
def address_of_instance(w):
    address = w.call("ec2:AllocateAddress")["AllocationId"]
    w.call("ec2:AssociateAddress", AllocationId=address, InstanceId=w.instance())
    row = w.call("ec2:DescribeAddresses", AllocationIds=[address])["Addresses"][0]
    w.call("ec2:DisassociateAddress", AssociationId=row["AssociationId"])
    w.call("ec2:ReleaseAddress", AllocationId=address)
    return {"row": row}


@case("ec2-vpn-gateway-attached")
def vpn_gateway(w):
    made = w.call("ec2:CreateVpnGateway", Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    w.call("ec2:AttachVpnGateway", VpnGatewayId=made, VpcId=w.vpc())
    w.advance(300)
    return {"answer": w.call("ec2:DescribeVpnGateways", VpnGatewayIds=[made])["VpnGateways"][0]}


@case("ec2-zone", instead={"US East (N. Virginia) 1": "<long name>", "use1-az6": "<zone id>"})
def zone(w):
    rows = w.call("ec2:DescribeAvailabilityZones")["AvailabilityZones"]
    return {"answer": next(z for z in rows if z["ZoneName"] == f"{w.region}a")}


@case("ec2-tgw-attachment")
def transit_attachment(w):
    vpc = w.vpc()
    gateway = w.call("ec2:CreateTransitGateway")["TransitGateway"]["TransitGatewayId"]
    w.advance(300)
    w.call("ec2:CreateTransitGatewayVpcAttachment", TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[w.subnet(vpc)])
    w.advance(300)
    rows = w.call("ec2:DescribeTransitGatewayAttachments")["TransitGatewayAttachments"]
    return {"row": next(r for r in rows if r["ResourceId"] == vpc)}


@case("ec2-dhcp")
def dhcp(w):
    given = {"domain-name": "example.com", "domain-name-servers": "AmazonProvidedDNS", "netbios-name-servers": "10.2.5.1",
             "netbios-node-type": "2", "ntp-servers": "10.2.5.1"}
    made = w.call("ec2:CreateDhcpOptions", DhcpConfigurations=[{"Key": k, "Values": [v]} for k, v in given.items()])
    id = made["DhcpOptions"]["DhcpOptionsId"]
    return {"answer": w.call("ec2:DescribeDhcpOptions", DhcpOptionsIds=[id])["DhcpOptions"][0]["DhcpConfigurations"]}


@case("ec2-route-table-association")
def association(w):
    vpc = w.vpc()
    table = w.call("ec2:CreateRouteTable", VpcId=vpc)["RouteTable"]["RouteTableId"]
    made = w.call("ec2:AssociateRouteTable", RouteTableId=table, SubnetId=w.subnet(vpc))["AssociationId"]

    def look():
        return w.call("ec2:DescribeRouteTables", RouteTableIds=[table])["RouteTables"][0]
    row = look()
    w.call("ec2:DisassociateRouteTable", AssociationId=made)
    assert look()["Associations"] == []
    return {"answer": row}


@case("ec2-route-blackhole")
def blackhole(w):
    vpc = w.vpc()
    subnet = w.subnet(vpc)
    instance = w.instance(subnet)
    table = w.call("ec2:CreateRouteTable", VpcId=vpc)["RouteTable"]["RouteTableId"]
    w.call("ec2:CreateRoute", RouteTableId=table, DestinationCidrBlock="10.244.1.0/24", InstanceId=instance)
    w.call("ec2:TerminateInstances", InstanceIds=[instance])
    w.advance(300)
    routes = w.call("ec2:DescribeRouteTables", RouteTableIds=[table])["RouteTables"][0]["Routes"]
    route = next(r for r in routes if r.get("DestinationCidrBlock") == "10.244.1.0/24")
    assert "InstanceId" not in route, route
    return {"route": route}


@case("ec2-route-endpoint")
def gateway_endpoint(w):
    vpc = w.vpc()
    table = w.call("ec2:CreateRouteTable", VpcId=vpc)["RouteTable"]["RouteTableId"]
    w.call("ec2:CreateVpcEndpoint", VpcId=vpc, ServiceName=f"com.amazonaws.{w.region}.s3", VpcEndpointType="Gateway", RouteTableIds=[table])
    w.advance(60)
    routes = w.call("ec2:DescribeRouteTables", RouteTableIds=[table])["RouteTables"][0]["Routes"]
    route = next(r for r in routes if "DestinationPrefixListId" in r)
    assert "DestinationCidrBlock" not in route
    return {"route": route}


@case("ec2-route-main")
def main_table(w):
    vpc = w.vpc()
    w.subnet(vpc)
    row = w.call("ec2:DescribeRouteTables", Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"][0]
    assert len(row["Associations"]) == 1 and "SubnetId" not in row["Associations"][0]
    return {"association": row["Associations"][0]}


@case("ec2-acl-new", "ec2-acl-default")
def acls(w):
    vpc = w.vpc()
    made = w.call("ec2:CreateNetworkAcl", VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    rows = w.call("ec2:DescribeNetworkAcls", Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NetworkAcls"]
    new = next(r for r in rows if r["NetworkAclId"] == made)
    first = next(r for r in rows if r["IsDefault"])
    return {"ec2-acl-new": {"answer": new["Entries"]}, "ec2-acl-default": {"entries": first["Entries"], "IsDefault": True}}


@case("ec2-peering-pending", "ec2-peering-visible-late")
def peering_elsewhere(w):
    other = "us-east-1" if w.region != "us-east-1" else "us-west-2"
    theirs = w.call("ec2:CreateVpc", region=other, CidrBlock="192.168.2.0/24")["Vpc"]["VpcId"]
    made = w.call("ec2:CreateVpcPeeringConnection", VpcId=w.vpc("192.168.1.0/24"), PeerVpcId=theirs, PeerRegion=other)
    id = made["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    early = w.said("ec2:DescribeVpcPeeringConnections", region=other, VpcPeeringConnectionIds=[id])
    w.advance(60)
    rows = w.call("ec2:DescribeVpcPeeringConnections", region=other, VpcPeeringConnectionIds=[id])["VpcPeeringConnections"]
    return {"ec2-peering-pending": {"answer": rows[0]}, "ec2-peering-visible-late": {"text": getattr(early, "http", 200) == 400 or early}}


@case("ec2-peering-create", "ec2-peering-accept", "ec2-peering-active")
def peering(w):
    made = w.call("ec2:CreateVpcPeeringConnection", VpcId=w.vpc("10.1.0.0/16"), PeerVpcId=w.vpc("10.2.0.0/16"))["VpcPeeringConnection"]
    id = made["VpcPeeringConnectionId"]
    w.advance(5)
    accepted = w.call("ec2:AcceptVpcPeeringConnection", VpcPeeringConnectionId=id)["VpcPeeringConnection"]
    w.advance(30)
    row = w.call("ec2:DescribeVpcPeeringConnections", VpcPeeringConnectionIds=[id])["VpcPeeringConnections"][0]
    return {"ec2-peering-create": {"members": made}, "ec2-peering-accept": {"members": accepted}, "ec2-peering-active": {"answer": row["Status"]}}


@case("ec2-stale-groups")
def stale(w):
    one, other = w.vpc("10.1.0.0/16"), w.vpc("10.2.0.0/16")
    made = w.call("ec2:CreateVpcPeeringConnection", VpcId=one, PeerVpcId=other)["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    w.advance(5)
    w.call("ec2:AcceptVpcPeeringConnection", VpcPeeringConnectionId=made)
    w.advance(30)
    group = w.call("ec2:CreateSecurityGroup", GroupName="web-tier", Description="for apps", VpcId=one)["GroupId"]
    theirs = w.group(other)
    w.call("ec2:AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 60000, "ToPort": 62000, "UserIdGroupPairs": [{"GroupId": theirs, "VpcId": other}]}])
    w.call("ec2:DeleteSecurityGroup", GroupId=theirs)
    return {"http": 200, "answer": w.call("ec2:DescribeStaleSecurityGroups", VpcId=one)}


@case("ec2-endpoint-interface", instead={"execute-api": "logs"})
def interface_endpoint(w):
    vpc = w.vpc()
    w.call("ec2:ModifyVpcAttribute", VpcId=vpc, EnableDnsHostnames={"Value": True})
    made = w.call("ec2:CreateVpcEndpoint", VpcId=vpc, ServiceName=f"com.amazonaws.{w.region}.logs", VpcEndpointType="Interface",
                  SubnetIds=[w.subnet(vpc)], PrivateDnsEnabled=True)["VpcEndpoint"]["VpcEndpointId"]
    w.advance(300)
    row = w.call("ec2:DescribeVpcEndpoints", VpcEndpointIds=[made])["VpcEndpoints"][0]
    row["PolicyDocument"] = json.loads(row["PolicyDocument"])
    # The recorded service has no names but the regional one; the others' are in ec2-endpoint-dns.
    row["DnsEntries"] = row["DnsEntries"][:1]
    return {"answer": row}


@case("ec2-endpoint-dns", instead={"g5hws96k": "<suffix>"})
def endpoint_names(w):
    vpc = w.vpc()
    w.call("ec2:ModifyVpcAttribute", VpcId=vpc, EnableDnsHostnames={"Value": True})
    made = w.call("ec2:CreateVpcEndpoint", VpcId=vpc, ServiceName=f"com.amazonaws.{w.region}.logs", VpcEndpointType="Interface",
                  SubnetIds=[w.subnet(vpc), w.subnet(vpc, "10.0.2.0/24", "b")], PrivateDnsEnabled=True)["VpcEndpoint"]["VpcEndpointId"]
    w.advance(300)
    return {"answer": w.call("ec2:DescribeVpcEndpoints", VpcEndpointIds=[made])["VpcEndpoints"][0]["DnsEntries"]}


@case("ec2-stack-tags", instead={"<stack_id>": "<id>"})
def stack_tags(w):
    body = template({"RouteTable": ("AWS::EC2::RouteTable", {"VpcId": w.vpc(), "Tags": [{"Key": "env", "Value": "production"}]})})
    name, _ = w.created(body)
    table = w.call("cloudformation:DescribeStackResources", StackName=name)["StackResources"][0]["PhysicalResourceId"]
    tags = w.call("ec2:DescribeRouteTables", RouteTableIds=[table])["RouteTables"][0]["Tags"]
    return {"answer": {t["Key"]: t["Value"] for t in tags}}


outside("a connection that another account asked for cannot come about: the sandbox serves one account", "ec2-peering-cross-account")
