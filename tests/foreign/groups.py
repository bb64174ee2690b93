"""EC2's security groups: rules kept one by one, answered as permissions."""

from ec2 import chosen, member, tags_of
from serve import op
from wire import Fault


def rule(world, direction, protocol, start, end, kind, peer, description=None, owner=None):
    return {"id": world.id("sgr"), "dir": direction, "proto": protocol, "from": start, "to": end, "kind": kind, "peer": peer, "text": description, "owner": owner or world.account}


def permissions(group, direction):
    """Rules of one protocol and port range are one permission."""
    found = {}
    for r in group["rules"]:
        if r["dir"] != direction:
            continue
        key = (r["proto"], r["from"], r["to"])
        one = found.setdefault(key, {"IpProtocol": r["proto"], "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": [],
                                     **({} if r["proto"] == "-1" else {"FromPort": r["from"], "ToPort": r["to"]})})
        text = {"Description": r["text"]} if r["text"] else {}
        if r["kind"] == "cidr" and ":" in r["peer"]:
            one["Ipv6Ranges"].append({"CidrIpv6": r["peer"], **text})
        elif r["kind"] == "cidr":
            one["IpRanges"].append({"CidrIp": r["peer"], **text})
        elif r["kind"] == "list":
            one["PrefixListIds"].append({"PrefixListId": r["peer"], **text})
        else:
            one["UserIdGroupPairs"].append({"GroupId": r["peer"], "UserId": r["owner"], **text})
    return list(found.values())


def shown(group):
    made = {k: v for k, v in group.items() if k != "rules"}
    return {**made, "IpPermissions": permissions(group, "ingress"), "IpPermissionsEgress": permissions(group, "egress")}


def peers(direction, kind):
    return lambda g: [r["peer"] for r in g["rules"] if r["dir"] == direction and r["kind"] == kind]


@op("ec2", "DescribeSecurityGroups")
def groups(world, p):
    if p.get("GroupNames"):
        p = {**p, "Filters": (p.get("Filters") or []) + [{"Name": "group-name", "Values": p["GroupNames"]}]}
    found = chosen(world.groups.values(), p, {
        "vpc-id": member("VpcId"), "group-id": member("GroupId"), "group-name": member("GroupName"), "owner-id": member("OwnerId"), "description": member("Description"),
        "ip-permission.group-id": peers("ingress", "group"), "egress.ip-permission.group-id": peers("egress", "group"), "ip-permission.cidr": peers("ingress", "cidr")},
        p.get("GroupIds"), "GroupId", ("InvalidGroup.NotFound", "The security group '{}' does not exist"))
    return {"SecurityGroups": [shown(g) for g in found]}


@op("ec2", "DescribeSecurityGroupRules")
def group_rules(world, p):
    rows = []
    for group in world.groups.values():
        for r in group["rules"]:
            row = {"SecurityGroupRuleId": r["id"], "GroupId": group["GroupId"], "GroupOwnerId": world.account, "IsEgress": r["dir"] == "egress", "IpProtocol": r["proto"], "FromPort": r["from"], "ToPort": r["to"], "Tags": []}
            if r["kind"] == "group":
                row["ReferencedGroupInfo"] = {"GroupId": r["peer"], "UserId": r["owner"]}
            elif r["kind"] == "cidr":
                row["CidrIpv6" if ":" in r["peer"] else "CidrIpv4"] = r["peer"]
            rows.append(row)
    return {"SecurityGroupRules": chosen(rows, p, {"group-id": member("GroupId"), "security-group-rule-id": member("SecurityGroupRuleId")})}


def flat(world, direction, listed):
    for one in listed:
        base = (direction, one["IpProtocol"], one.get("FromPort", -1), one.get("ToPort", -1))
        for r in one.get("IpRanges") or []:
            yield rule(world, *base, "cidr", r["CidrIp"], r.get("Description"))
        for r in one.get("Ipv6Ranges") or []:
            yield rule(world, *base, "cidr", r["CidrIpv6"], r.get("Description"))
        for r in one.get("PrefixListIds") or []:
            yield rule(world, *base, "list", r["PrefixListId"], r.get("Description"))
        for r in one.get("UserIdGroupPairs") or []:
            yield rule(world, *base, "group", r["GroupId"], r.get("Description"), r.get("UserId"))


def same(a, b):
    return all(a[k] == b[k] for k in ("dir", "proto", "kind", "peer")) and (a["proto"] == "-1" or (a["from"], a["to"]) == (b["from"], b["to"]))


def group_of(world, p):
    found = world.groups.get(p["GroupId"])
    if found is None:
        raise Fault("InvalidGroup.NotFound", f"The security group '{p['GroupId']}' does not exist")
    return found


def authorise(direction):
    def act(world, p):
        group, new = group_of(world, p), list(flat(world, direction, p.get("IpPermissions") or []))
        for r in new:
            if r["kind"] == "group" and r["peer"] not in world.groups:
                raise Fault("InvalidGroup.NotFound", f"The security group '{r['peer']}' does not exist")
            if any(same(r, old) for old in group["rules"]):
                raise Fault("InvalidPermission.Duplicate", f"the specified rule \"peer: {r['peer']}, {r['proto'].upper()}, from port: {r['from']}, to port: {r['to']}, ALLOW\" already exists")
        group["rules"] += new
        return {"Return": True, "SecurityGroupRules": [{"SecurityGroupRuleId": r["id"], "GroupId": group["GroupId"], "GroupOwnerId": world.account, "IsEgress": direction == "egress", "IpProtocol": r["proto"], "FromPort": r["from"], "ToPort": r["to"]} for r in new]}
    return act


def revoke(direction):
    def act(world, p):
        group = group_of(world, p)
        gone = [r for r in group["rules"] if r["id"] in (p.get("SecurityGroupRuleIds") or [])]
        for wanted in flat(world, direction, p.get("IpPermissions") or []):
            found = next((r for r in group["rules"] if same(r, wanted)), None)
            if found is None:
                raise Fault("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
            gone.append(found)
        group["rules"] = [r for r in group["rules"] if r not in gone]
        return {"Return": True}
    return act


for name, direction in (("Ingress", "ingress"), ("Egress", "egress")):
    op("ec2", f"AuthorizeSecurityGroup{name}")(authorise(direction))
    op("ec2", f"RevokeSecurityGroup{name}")(revoke(direction))


@op("ec2", "CreateSecurityGroup")
def create(world, p):
    made = new_group(world, p["VpcId"], p["GroupName"], p["Description"], tags_of(p))
    return {"GroupId": made["GroupId"]}


@op("ec2", "DeleteSecurityGroup")
def delete(world, p):
    group_of(world, p)
    if held(world, p["GroupId"]):
        raise Fault("DependencyViolation", f"resource {p['GroupId']} has a dependent object")
    del world.groups[p["GroupId"]]
    return {"Return": True}


def new_group(world, vpc, name, description, tags=()):
    ident = world.id("sg")
    made = {"GroupId": ident, "GroupName": name, "Description": description, "VpcId": vpc, "OwnerId": world.account, "Tags": list(tags), "rules": [],
            "SecurityGroupArn": world.arn("ec2", f"security-group/{ident}")}
    made["rules"].append(rule(world, "egress", "-1", -1, -1, "cidr", "0.0.0.0/0"))
    world.groups[ident] = made
    return made


def held(world, ident):
    """Whether another group's rule or an interface refers to a group."""
    named = any(r["kind"] == "group" and r["peer"] == ident for g in world.groups.values() if g["GroupId"] != ident for r in g["rules"])
    return named or any(g["GroupId"] == ident for i in world.interfaces.values() for g in i["Groups"])


