"""EC2: the VPC family, instances, who may do what to them."""

import fnmatch
import ipaddress
import time

from serve import op
from wire import Fault


def tagged(item, key):
    return next((t["Value"] for t in item.get("Tags", item.get("TagSet", [])) if t["Key"] == key), None)


def chosen(items, p, getters, ids=None, ident=None, missing=None):
    """Items by id (an unknown one is an error) and by filters (an unknown name is one)."""
    items = list(items)
    if ids:
        known = {item[ident] for item in items}
        gone = [i for i in ids if i not in known]
        if gone:
            raise Fault(missing[0], missing[1].format(gone[0]))
        items = [item for item in items if item[ident] in ids]
    for wanted in p.get("Filters") or []:
        name, values = wanted["Name"], wanted.get("Values") or []
        items = [item for item in items if matches(item, name, values, getters)]
    return items


def matches(item, name, values, getters):
    if name.startswith("tag:"):
        have = [tagged(item, name[4:])]
    elif name == "tag-key":
        have = [t["Key"] for t in item.get("Tags", [])]
    elif name in getters:
        have = getters[name](item)
    else:
        raise Fault("InvalidParameterValue", f"The filter '{name}' is invalid")
    have = have if isinstance(have, list) else [have]
    return any(fnmatch.fnmatchcase(str(h).lower() if isinstance(h, bool) else str(h), v) for h in have if h is not None for v in values)


def member(name):
    return lambda item: item.get(name)


def each(listed, name):
    return lambda item: [part.get(name) for part in item.get(listed, [])]


@op("ec2", "DescribeVpcs")
def vpcs(world, p):
    found = chosen(world.vpcs.values(), p, {"vpc-id": member("VpcId"), "isDefault": member("IsDefault"), "is-default": member("IsDefault"), "cidr": member("CidrBlock")},
                   p.get("VpcIds"), "VpcId", ("InvalidVpcID.NotFound", "The vpc ID '{}' does not exist"))
    return {"Vpcs": [{k: v for k, v in vpc.items() if k[0].isupper()} for vpc in found]}


@op("ec2", "DescribeVpcAttribute")
def vpc_attribute(world, p):
    vpc = world.vpcs.get(p["VpcId"])
    if vpc is None:
        raise Fault("InvalidVpcID.NotFound", f"The vpc ID '{p['VpcId']}' does not exist")
    name = p["Attribute"][0].upper() + p["Attribute"][1:]
    return {"VpcId": p["VpcId"], name: {"Value": vpc["dns" if name == "EnableDnsSupport" else "hostnames"]}}


@op("ec2", "ModifyVpcAttribute")
def modify_vpc(world, p):
    vpc = world.vpcs[p["VpcId"]]
    if "EnableDnsSupport" in p:
        vpc["dns"] = p["EnableDnsSupport"]["Value"]
    if "EnableDnsHostnames" in p:
        vpc["hostnames"] = p["EnableDnsHostnames"]["Value"]


@op("ec2", "DescribeSubnets")
def subnets(world, p):
    return {"Subnets": chosen(world.subnets.values(), p, {"vpc-id": member("VpcId"), "subnet-id": member("SubnetId"), "availability-zone": member("AvailabilityZone"), "default-for-az": member("DefaultForAz"), "state": member("State")},
                              p.get("SubnetIds"), "SubnetId", ("InvalidSubnetID.NotFound", "The subnet ID '{}' does not exist"))}


@op("ec2", "DescribeAvailabilityZones")
def zones(world, p):
    return {"AvailabilityZones": [{"ZoneName": z, "ZoneId": f"{world.region[:2]}c1-az{n}", "RegionName": world.region, "State": "available", "ZoneType": "availability-zone", "OptInStatus": "opt-in-not-required", "Messages": []} for n, z in enumerate(world.zones, 1)]}


@op("ec2", "DescribeRouteTables")
def route_tables(world, p):
    found = chosen(world.tables.values(), p, {"vpc-id": member("VpcId"), "route-table-id": member("RouteTableId"), "association.subnet-id": each("Associations", "SubnetId"), "association.main": each("Associations", "Main")},
                   p.get("RouteTableIds"), "RouteTableId", ("InvalidRouteTableID.NotFound", "The routeTable ID '{}' does not exist"))
    return {"RouteTables": [{**t, "Routes": [{**r, "State": "active" if world.route_lives(r) else "blackhole"} for r in t["Routes"]]} for t in found]}


def table(world, p):
    found = world.tables.get(p["RouteTableId"])
    if found is None:
        raise Fault("InvalidRouteTableID.NotFound", f"The routeTable ID '{p['RouteTableId']}' does not exist")
    return found


def tags_of(p):
    return [t for spec in p.get("TagSpecifications") or [] for t in spec["Tags"]]


@op("ec2", "CreateRouteTable")
def create_route_table(world, p):
    vpc = world.vpcs[p["VpcId"]]
    made = {"RouteTableId": world.id("rtb"), "VpcId": p["VpcId"], "OwnerId": world.account, "Tags": tags_of(p), "Associations": [], "PropagatingVgws": [],
            "Routes": [{"DestinationCidrBlock": vpc["CidrBlock"], "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"}]}
    world.tables[made["RouteTableId"]] = made
    return {"RouteTable": made}


@op("ec2", "DeleteRouteTable")
def delete_route_table(world, p):
    if table(world, p)["Associations"]:
        raise Fault("DependencyViolation", f"The routeTable '{p['RouteTableId']}' has dependencies and cannot be deleted.")
    del world.tables[p["RouteTableId"]]
    return {}


TARGETS = ("NatGatewayId", "GatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId", "InstanceId", "TransitGatewayId", "EgressOnlyInternetGatewayId")
DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")


def route_of(found, p):
    return next((r for r in found["Routes"] if any(p.get(d) and r.get(d) == p[d] for d in DESTINATIONS)), None)


@op("ec2", "CreateRoute")
def create_route(world, p):
    found, there = table(world, p), None
    there = route_of(found, p)
    target = {k: p[k] for k in TARGETS if p.get(k)}
    for key, store, code in (("NatGatewayId", world.nats, "InvalidNatGatewayID.NotFound"), ("VpcPeeringConnectionId", world.peerings, "InvalidVpcPeeringConnectionID.NotFound")):
        if target.get(key) and target[key] not in store:
            raise Fault(code, f"The {key} {target[key]} does not exist")
    if target.get("GatewayId", "").startswith("igw-") and target["GatewayId"] not in world.gateways:
        raise Fault("InvalidGatewayID.NotFound", f"The gateway ID '{target['GatewayId']}' does not exist")
    if not target:
        raise Fault("MissingParameter", "The request must contain exactly one target")
    if there:
        raise Fault("RouteAlreadyExists", f"The route identified by {p.get('DestinationCidrBlock')} already exists.")
    found["Routes"].append({**{k: p[k] for k in DESTINATIONS if p.get(k)}, **target, "Origin": "CreateRoute", "State": "active"})
    return {"Return": True}


@op("ec2", "ReplaceRoute")
def replace_route(world, p):
    found = table(world, p)
    there = route_of(found, p)
    if there is None:
        raise Fault("InvalidRoute.NotFound", f"no route with destination-cidr-block {p.get('DestinationCidrBlock')} in route table {p['RouteTableId']}")
    for key in TARGETS:
        there.pop(key, None)
    there.update({k: p[k] for k in TARGETS if p.get(k)})


@op("ec2", "DeleteRoute")
def delete_route(world, p):
    found = table(world, p)
    there = route_of(found, p)
    if there is None:
        raise Fault("InvalidRoute.NotFound", f"no route with destination-cidr-block {p.get('DestinationCidrBlock')} in route table {p['RouteTableId']}")
    found["Routes"].remove(there)


@op("ec2", "AssociateRouteTable")
def associate(world, p):
    found = table(world, p)
    for other in world.tables.values():
        for link in other["Associations"]:
            if link.get("SubnetId") == p.get("SubnetId"):
                if other is found:
                    return {"AssociationId": link["RouteTableAssociationId"], "AssociationState": {"State": "associated"}}
                raise Fault("Resource.AlreadyAssociated", f"the specified association for route table {p['RouteTableId']} conflicts with an existing association")
    link = {"Main": False, "RouteTableAssociationId": world.id("rtbassoc"), "RouteTableId": p["RouteTableId"], "SubnetId": p["SubnetId"], "AssociationState": {"State": "associated"}}
    found["Associations"].append(link)
    return {"AssociationId": link["RouteTableAssociationId"], "AssociationState": {"State": "associated"}}


def link_of(world, ident):
    for found in world.tables.values():
        for link in found["Associations"]:
            if link["RouteTableAssociationId"] == ident:
                return found, link
    raise Fault("InvalidAssociationID.NotFound", f"The association ID '{ident}' does not exist")


@op("ec2", "DisassociateRouteTable")
def disassociate(world, p):
    found, link = link_of(world, p["AssociationId"])
    found["Associations"].remove(link)


@op("ec2", "ReplaceRouteTableAssociation")
def replace_association(world, p):
    target = table(world, p)
    found, link = link_of(world, p["AssociationId"])
    found["Associations"].remove(link)
    link = {**link, "RouteTableAssociationId": world.id("rtbassoc"), "RouteTableId": p["RouteTableId"]}
    target["Associations"].append(link)
    return {"NewAssociationId": link["RouteTableAssociationId"], "AssociationState": {"State": "associated"}}


@op("ec2", "DescribeNetworkAcls")
def acls(world, p):
    return {"NetworkAcls": chosen(world.acls.values(), p, {"vpc-id": member("VpcId"), "network-acl-id": member("NetworkAclId"), "association.subnet-id": each("Associations", "SubnetId"), "default": member("IsDefault")},
                                  p.get("NetworkAclIds"), "NetworkAclId", ("InvalidNetworkAclID.NotFound", "The networkAcl ID '{}' does not exist"))}


@op("ec2", "CreateNetworkAclEntry")
def create_entry(world, p):
    acl = world.acls[p["NetworkAclId"]]
    if any(e["RuleNumber"] == p["RuleNumber"] and e["Egress"] == p["Egress"] for e in acl["Entries"]):
        raise Fault("NetworkAclEntryAlreadyExists", f"The network acl entry identified by {p['RuleNumber']} already exists.")
    acl["Entries"].append({k: p[k] for k in ("RuleNumber", "Protocol", "RuleAction", "Egress", "CidrBlock", "Ipv6CidrBlock", "PortRange", "IcmpTypeCode") if p.get(k) is not None})


@op("ec2", "DeleteNetworkAclEntry")
def delete_entry(world, p):
    acl = world.acls[p["NetworkAclId"]]
    left = [e for e in acl["Entries"] if (e["RuleNumber"], e["Egress"]) != (p["RuleNumber"], p["Egress"])]
    if len(left) == len(acl["Entries"]):
        raise Fault("InvalidNetworkAclEntry.NotFound", f"The network acl entry identified by {p['RuleNumber']} does not exist")
    acl["Entries"] = left


@op("ec2", "DescribeInternetGateways")
def internet_gateways(world, p):
    return {"InternetGateways": chosen(world.gateways.values(), p, {"attachment.vpc-id": each("Attachments", "VpcId"), "internet-gateway-id": member("InternetGatewayId"), "attachment.state": each("Attachments", "State")},
                                       p.get("InternetGatewayIds"), "InternetGatewayId", ("InvalidInternetGatewayID.NotFound", "The internetGateway ID '{}' does not exist"))}


@op("ec2", "AttachInternetGateway")
def attach_gateway(world, p):
    gateway = world.gateways[p["InternetGatewayId"]]
    if gateway["Attachments"]:
        raise Fault("Resource.AlreadyAssociated", f"resource {p['InternetGatewayId']} is already attached to network {gateway['Attachments'][0]['VpcId']}")
    gateway["Attachments"] = [{"VpcId": p["VpcId"], "State": "available"}]


@op("ec2", "DetachInternetGateway")
def detach_gateway(world, p):
    world.gateways[p["InternetGatewayId"]]["Attachments"] = []


@op("ec2", "CreateInternetGateway")
def create_gateway(world, p):
    made = {"InternetGatewayId": world.id("igw"), "OwnerId": world.account, "Attachments": [], "Tags": tags_of(p)}
    world.gateways[made["InternetGatewayId"]] = made
    return {"InternetGateway": made}


@op("ec2", "DescribeNatGateways")
def nat_gateways(world, p):
    p = {**p, "Filters": p.get("Filter") or []}
    return {"NatGateways": chosen(world.nats.values(), p, {"vpc-id": member("VpcId"), "subnet-id": member("SubnetId"), "state": member("State"), "nat-gateway-id": member("NatGatewayId")},
                                  p.get("NatGatewayIds"), "NatGatewayId", ("NatGatewayNotFound", "NatGateway {} was not found"))}


@op("ec2", "AllocateAddress")
def allocate(world, p):
    made = {"AllocationId": world.id("eipalloc"), "PublicIp": f"198.51.100.{world.count % 250}", "Domain": "vpc", "NetworkBorderGroup": world.region, "PublicIpv4Pool": "amazon"}
    world.addresses[made["AllocationId"]] = {**made, "Tags": tags_of(p)}
    return made


@op("ec2", "ReleaseAddress")
def release(world, p):
    if world.addresses.pop(p["AllocationId"], None) is None:
        raise Fault("InvalidAllocationID.NotFound", f"The allocation ID '{p['AllocationId']}' does not exist")


@op("ec2", "DescribeAddresses")
def addresses(world, p):
    return {"Addresses": chosen(world.addresses.values(), p, {"allocation-id": member("AllocationId"), "public-ip": member("PublicIp"), "domain": member("Domain")},
                                p.get("AllocationIds"), "AllocationId", ("InvalidAllocationID.NotFound", "The allocation ID '{}' does not exist"))}


@op("ec2", "CreateNatGateway")
def create_nat(world, p):
    address = world.addresses.get(p.get("AllocationId"))
    if address is None:
        raise Fault("InvalidAllocationID.NotFound", f"The allocation ID '{p.get('AllocationId')}' does not exist")
    if address.get("AssociationId"):
        raise Fault("Resource.AlreadyAssociated", f"Elastic IP address {p['AllocationId']} is already associated")
    made = nat(world, p["SubnetId"], address)
    made["State"], made["Tags"] = "pending", tags_of(p)
    world.later(0.5, lambda: made.update(State="available"))
    return {"NatGateway": made, "ClientToken": p.get("ClientToken")}


def nat(world, subnet, address):
    ident = world.id("nat")
    interface = world.interface(subnet, [], f"Interface for NAT Gateway {ident}", kind="nat_gateway", requester=world.account)
    address["AssociationId"] = world.id("eipassoc")
    address["NetworkInterfaceId"] = interface["NetworkInterfaceId"]
    made = {"NatGatewayId": ident, "SubnetId": subnet, "VpcId": world.subnets[subnet]["VpcId"], "State": "available", "CreateTime": time.time(), "ConnectivityType": "public", "Tags": [],
            "NatGatewayAddresses": [{"AllocationId": address["AllocationId"], "NetworkInterfaceId": interface["NetworkInterfaceId"], "PublicIp": address["PublicIp"], "PrivateIp": interface["PrivateIpAddress"], "IsPrimary": True, "Status": "succeeded"}]}
    world.nats[ident] = made
    return made


@op("ec2", "DeleteNatGateway")
def delete_nat(world, p):
    made = world.nats[p["NatGatewayId"]]
    made["State"] = "deleted"
    made["DeleteTime"] = time.time()
    for part in made["NatGatewayAddresses"]:
        world.interfaces.pop(part.get("NetworkInterfaceId"), None)
        for address in world.addresses.values():
            if address["AllocationId"] == part.get("AllocationId"):
                address.pop("AssociationId", None)
                address.pop("NetworkInterfaceId", None)
    return {"NatGatewayId": p["NatGatewayId"]}


@op("ec2", "DescribeVpcEndpoints")
def endpoints(world, p):
    return {"VpcEndpoints": chosen(world.endpoints.values(), p, {"vpc-id": member("VpcId"), "service-name": member("ServiceName"), "vpc-endpoint-state": member("State"), "vpc-endpoint-id": member("VpcEndpointId"), "vpc-endpoint-type": member("VpcEndpointType")},
                                   p.get("VpcEndpointIds"), "VpcEndpointId", ("InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id '{}' does not exist"))}


@op("ec2", "ModifyVpcEndpoint")
def modify_endpoint(world, p):
    found = world.endpoints[p["VpcEndpointId"]]
    for ident in p.get("AddRouteTableIds") or []:
        if ident not in found["RouteTableIds"]:
            found["RouteTableIds"].append(ident)
            world.tables[ident]["Routes"].append({"DestinationPrefixListId": "pl-6ea54007", "GatewayId": p["VpcEndpointId"], "Origin": "CreateRoute", "State": "active"})
    for ident in p.get("AddSubnetIds") or []:
        if ident not in found["SubnetIds"]:
            found["SubnetIds"].append(ident)
    for ident in p.get("AddSecurityGroupIds") or []:
        found["Groups"].append({"GroupId": ident, "GroupName": world.groups[ident]["GroupName"]})
    for ident in p.get("RemoveRouteTableIds") or []:
        found["RouteTableIds"].remove(ident)
        kept = world.tables.get(ident)
        if kept:
            kept["Routes"] = [r for r in kept["Routes"] if r.get("GatewayId") != p["VpcEndpointId"]]
    if "PrivateDnsEnabled" in p:
        found["PrivateDnsEnabled"] = p["PrivateDnsEnabled"]
    return {"Return": True}


@op("ec2", "DescribePrefixLists")
def prefix_lists(world, p):
    return {"PrefixLists": [{"PrefixListId": "pl-6ea54007", "PrefixListName": f"com.amazonaws.{world.region}.s3", "Cidrs": ["52.219.168.0/24", "3.5.136.0/22"]}]}


@op("ec2", "DescribeVpcPeeringConnections")
def peerings(world, p):
    return {"VpcPeeringConnections": chosen(world.peerings.values(), p, {
        "accepter-vpc-info.vpc-id": lambda i: i["AccepterVpcInfo"]["VpcId"], "requester-vpc-info.vpc-id": lambda i: i["RequesterVpcInfo"]["VpcId"], "status-code": lambda i: i["Status"]["Code"], "vpc-peering-connection-id": member("VpcPeeringConnectionId")},
        p.get("VpcPeeringConnectionIds"), "VpcPeeringConnectionId", ("InvalidVpcPeeringConnectionID.NotFound", "The vpcPeeringConnection ID '{}' does not exist"))}


@op("ec2", "DescribeDhcpOptions")
def dhcp(world, p):
    domain = "ec2.internal" if world.region == "us-east-1" else f"{world.region}.compute.internal"
    return {"DhcpOptions": [{"DhcpOptionsId": ident, "OwnerId": world.account, "Tags": [], "DhcpConfigurations": [
        {"Key": "domain-name", "Values": [{"Value": domain}]}, {"Key": "domain-name-servers", "Values": [{"Value": "AmazonProvidedDNS"}]}]} for ident in p.get("DhcpOptionsIds") or ["dopt-0a1b2c3d"]]}


# --- interfaces and instances -------------------------------------------------------------------

@op("ec2", "DescribeNetworkInterfaces")
def interfaces(world, p):
    return {"NetworkInterfaces": chosen(world.interfaces.values(), p, {"vpc-id": member("VpcId"), "subnet-id": member("SubnetId"), "group-id": each("Groups", "GroupId"), "description": member("Description"), "status": member("Status"), "network-interface-id": member("NetworkInterfaceId"),
                                                                       "attachment.instance-id": lambda i: i.get("Attachment", {}).get("InstanceId"), "interface-type": member("InterfaceType")},
                                        p.get("NetworkInterfaceIds"), "NetworkInterfaceId", ("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '{}' does not exist"))}


@op("ec2", "ModifyNetworkInterfaceAttribute")
def modify_interface(world, p):
    found = world.interfaces.get(p["NetworkInterfaceId"])
    if found is None:
        raise Fault("InvalidNetworkInterfaceID.NotFound", f"The networkInterface ID '{p['NetworkInterfaceId']}' does not exist")
    if p.get("Groups"):
        found["Groups"] = [{"GroupId": g, "GroupName": world.groups[g]["GroupName"]} for g in p["Groups"]]


@op("ec2", "DeleteNetworkInterface")
def delete_interface(world, p):
    world.interfaces.pop(p["NetworkInterfaceId"])


@op("ec2", "DescribeInstances")
def instances(world, p):
    found = chosen(world.instances.values(), p, {"vpc-id": member("VpcId"), "subnet-id": member("SubnetId"), "instance-state-name": lambda i: i["State"]["Name"], "instance-id": member("InstanceId"), "instance.group-id": each("SecurityGroups", "GroupId"), "network-interface.group-id": each("SecurityGroups", "GroupId")},
                   p.get("InstanceIds"), "InstanceId", ("InvalidInstanceID.NotFound", "The instance ID '{}' does not exist"))
    shown = []
    for item in found:
        nets = [{k: v for k, v in n.items() if k in ("NetworkInterfaceId", "SubnetId", "VpcId", "Description", "OwnerId", "Status", "PrivateIpAddress", "Groups", "SourceDestCheck", "InterfaceType")} for n in item["NetworkInterfaces"]]
        shown.append({"ReservationId": "r-" + item["InstanceId"][2:], "OwnerId": world.account, "Groups": [], "RequesterId": "AUTO", "Instances": [{**item, "NetworkInterfaces": nets}]})
    return {"Reservations": shown}


@op("ec2", "DescribeInstanceStatus")
def statuses(world, p):
    found = [world.instances[i] for i in p.get("InstanceIds") or world.instances if i in world.instances]
    ok = {"Status": "ok", "Details": [{"Name": "reachability", "Status": "passed"}]}
    return {"InstanceStatuses": [{"InstanceId": i["InstanceId"], "AvailabilityZone": i["Placement"]["AvailabilityZone"], "InstanceState": i["State"], "InstanceStatus": ok, "SystemStatus": ok} for i in found if i["State"]["Name"] == "running"]}


@op("ec2", "TerminateInstances")
def terminate(world, p):
    states = []
    for ident in p["InstanceIds"]:
        if ident not in world.instances:
            raise Fault("InvalidInstanceID.NotFound", f"The instance ID '{ident}' does not exist")
        before = world.instances[ident]["State"]
        world.instances[ident]["State"] = {"Code": 32, "Name": "shutting-down"}
        world.later(0.4, world.end_instance, ident)
        states.append({"InstanceId": ident, "PreviousState": before, "CurrentState": {"Code": 32, "Name": "shutting-down"}})
    return {"TerminatingInstances": states}


@op("ec2", "DescribeLaunchTemplateVersions")
def template_versions(world, p):
    found = world.templates.get(p.get("LaunchTemplateId"))
    if found is None:
        raise Fault("InvalidLaunchTemplateId.NotFound", f"The specified launch template, with template ID {p.get('LaunchTemplateId')}, does not exist.")
    return {"LaunchTemplateVersions": [found]}


@op("ec2", "DescribeImages")
def images(world, p):
    found = [world.images[i] for i in p.get("ImageIds") or world.images if i in world.images]
    if p.get("ImageIds") and len(found) < len(p["ImageIds"]):
        gone = next(i for i in p["ImageIds"] if i not in world.images)
        raise Fault("InvalidAMIID.NotFound", f"The image id '[{gone}]' does not exist")
    return {"Images": found}


@op("ec2", "DescribeInstanceTypes")
def instance_types(world, p):
    return {"InstanceTypes": [{"InstanceType": k, "CurrentGeneration": True, "ProcessorInfo": {"SupportedArchitectures": ["x86_64"]}, "VCpuInfo": {"DefaultVCpus": 2, "DefaultCores": 1}, "SupportedUsageClasses": ["on-demand", "spot"]} for k in p.get("InstanceTypes") or ["t3.small"]]}


@op("ec2", "DescribeInstanceTypeOfferings")
def offerings(world, p):
    kinds = next((f["Values"] for f in p.get("Filters") or [] if f["Name"] == "instance-type"), ["t3.small"])
    return {"InstanceTypeOfferings": [{"InstanceType": k, "LocationType": "availability-zone", "Location": z} for k in kinds for z in world.zones]}


@op("ec2", "CreateTags")
def create_tags(world, p):
    stores = (world.vpcs, world.subnets, world.tables, world.acls, world.groups, world.gateways, world.nats, world.endpoints, world.interfaces, world.instances, world.addresses)
    for ident in p["Resources"]:
        for store in stores:
            if ident in store:
                listed = store[ident].setdefault("TagSet" if ident.startswith("eni-") else "Tags", [])
                listed[:] = [t for t in listed if t["Key"] not in {n["Key"] for n in p["Tags"]}] + p["Tags"]


@op("ec2", "DescribeTags")
def describe_tags(world, p):
    rows = []
    for kind, store in (("vpc", world.vpcs), ("subnet", world.subnets), ("route-table", world.tables), ("security-group", world.groups), ("natgateway", world.nats), ("instance", world.instances), ("elastic-ip", world.addresses)):
        rows += [{"ResourceId": i, "ResourceType": kind, **t} for i, item in store.items() for t in item.get("Tags", [])]
    getters = {"resource-id": member("ResourceId"), "resource-type": member("ResourceType"), "key": member("Key"), "value": member("Value")}
    rows = [{**row, "Tags": [{"Key": row["Key"], "Value": row["Value"]}]} for row in rows]
    return {"Tags": [{k: v for k, v in row.items() if k != "Tags"} for row in chosen(rows, p, getters)]}


def cidr(text):
    return ipaddress.ip_network(text)
