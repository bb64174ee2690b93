"""The state of one AWS account in one region, and what follows from it.

Everything is plain dicts, named as in AWS's answers. Time is real; operations take short real
seconds (`later`).
"""

import hashlib
import ipaddress
import json
import time
import uuid

ENDPOINTS = ("elasticbeanstalk", "elasticbeanstalk-health", "cloudformation", "sqs", "logs")


class World:
    def __init__(self, region, account, name):
        self.region, self.account, self.name = region, account, name
        self.count, self.tasks, self.now_running = 0, [], False
        # How the fake is not AWS: services that answer like something else, or not at all.
        self.missing, self.unserved, self.denied = {}, set(), set()
        for kind in ("vpcs", "subnets", "tables", "acls", "groups", "gateways", "nats", "endpoints", "peerings",
                     "interfaces", "instances", "addresses", "templates", "asgs", "launch_configs", "balancers",
                     "target_groups", "listeners", "platforms", "versions", "roles", "profiles", "databases",
                     "snapshots", "buckets", "applications", "images", "suppressed"):
            setattr(self, kind, {})
        self.environments, self.events, self.stacks, self.activities, self.trail = [], [], [], [], []
        self.managed, self.managed_history = [], []
        self.imports, self.branches, self.solution_stacks = {}, [], []
        self.mail = {"sandbox": False, "enabled": True, "quota": 50000.0, "sent": 120.0, "identities": {}}
        # Zone -> why no instance can be launched there, a StatusMessage.
        self.no_capacity = {}
        self.retired = set()
        # (application, label) of versions whose deployment fails.
        self.bad = set()

    # --- names and time -------------------------------------------------------------------------

    def hexa(self, length):
        self.count += 1
        return hashlib.sha256(f"{self.name}/{self.count}".encode()).hexdigest()[:length]

    def id(self, prefix, length=17):
        return f"{prefix}-{self.hexa(length)}"

    def upper(self, length=12):
        return self.hexa(length).upper()

    def arn(self, service, rest):
        return f"arn:aws:{service}:{self.region}:{self.account}:{rest}"

    @property
    def zones(self):
        return [f"{self.region}{letter}" for letter in "abc"]

    def later(self, seconds, function, *given):
        self.tasks.append((time.time() + seconds, function, given))

    def settle(self):
        """Does what is due, then what follows from the state."""
        for _ in range(200):
            due = sorted((t for t in self.tasks if t[0] <= time.time()), key=lambda t: t[0])
            if not due:
                break
            self.tasks.remove(due[0])
            due[0][1](*due[0][2])
        for group in list(self.asgs.values()):
            self.scale(group)

    # --- the network ----------------------------------------------------------------------------

    def table_of(self, subnet):
        main = None
        for table in self.tables.values():
            for link in table["Associations"]:
                if link.get("SubnetId") == subnet:
                    return table
                if link["Main"] and table["VpcId"] == self.subnets[subnet]["VpcId"]:
                    main = table
        return main

    def acl_of(self, subnet):
        return next(a for a in self.acls.values() if any(s["SubnetId"] == subnet for s in a["Associations"]))

    def route_lives(self, route):
        target = next((route[k] for k in ("NatGatewayId", "GatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId",
                                          "InstanceId", "TransitGatewayId", "EgressOnlyInternetGatewayId") if route.get(k)), "local")
        if target.startswith("nat-"):
            return self.nats.get(target, {}).get("State") in ("available", "pending")
        if target.startswith("igw-"):
            return bool(self.gateways.get(target, {}).get("Attachments"))
        if target.startswith("pcx-"):
            return self.peerings.get(target, {}).get("Status", {}).get("Code") == "active"
        if target.startswith("vpce-"):
            return target in self.endpoints
        if target.startswith("eni-"):
            return target in self.interfaces
        return True

    def route_to(self, subnet, address):
        """The route that an address takes from a subnet."""
        best, length = None, -1
        for route in self.table_of(subnet)["Routes"]:
            block = route.get("DestinationCidrBlock")
            if block and ipaddress.ip_address(address) in ipaddress.ip_network(block):
                if ipaddress.ip_network(block).prefixlen > length:
                    best, length = route, ipaddress.ip_network(block).prefixlen
        return best

    def group_allows(self, groups, direction, port, protocol="tcp", peer="203.0.113.9"):
        return any(
            rule["dir"] == direction and rule["proto"] in ("-1", protocol)
            and (rule["proto"] == "-1" or rule["from"] <= port <= rule["to"])
            and (rule["kind"] != "cidr" or ":" not in rule["peer"] and ipaddress.ip_address(peer) in ipaddress.ip_network(rule["peer"]))
            for group in groups for rule in self.groups.get(group, {"rules": []})["rules"]
        )

    def acl_allows(self, subnet, egress, port, peer="203.0.113.9"):
        for entry in sorted(self.acl_of(subnet)["Entries"], key=lambda e: e["RuleNumber"]):
            if entry["Egress"] != egress or "CidrBlock" not in entry or entry["Protocol"] not in ("-1", "6"):
                continue
            if ipaddress.ip_address(peer) not in ipaddress.ip_network(entry["CidrBlock"]):
                continue
            span = entry.get("PortRange") or {"From": 0, "To": 65535}
            if span["From"] <= port <= span["To"]:
                return entry["RuleAction"] == "allow"
        return False

    def reports(self, instance):
        """Whether an instance can talk to Elastic Beanstalk."""
        subnet = instance["SubnetId"]
        groups = [g["GroupId"] for g in instance["SecurityGroups"]]
        if not self.group_allows(groups, "egress", 443):
            return False
        if not (self.acl_allows(subnet, True, 443) and self.acl_allows(subnet, False, 40000)):
            return False
        if self.goes_out(subnet, bool(instance.get("PublicIpAddress"))):
            return True
        there = {e["ServiceName"].rsplit(".", 1)[-1]: e for e in self.endpoints.values() if e["VpcId"] == instance["VpcId"] and e["State"].lower() == "available"}
        vpc = self.vpcs[instance["VpcId"]]
        s3 = there.get("s3")
        return vpc["dns"] and all(name in there for name in ENDPOINTS) and bool(s3) and self.table_of(subnet)["RouteTableId"] in s3["RouteTableIds"]

    def goes_out(self, subnet, public):
        route = self.route_to(subnet, "203.0.113.9")
        if route is None or not self.route_lives(route):
            return False
        if route.get("NatGatewayId"):
            nat = self.nats[route["NatGatewayId"]]
            return nat["State"] == "available" and self.goes_out(nat["SubnetId"], True)
        if route.get("GatewayId", "").startswith("igw-"):
            return public
        return True

    # --- instances ------------------------------------------------------------------------------

    def scale(self, group):
        """Keeps a group at its desired capacity."""
        if group.get("Status") or group.get("quiet", 0) > time.time():
            return
        living = [i for i in group["Instances"] if self.instances[i["InstanceId"]]["State"]["Name"] in ("pending", "running")]
        group["Instances"] = living
        if any(p["ProcessName"] == "Launch" for p in group["SuspendedProcesses"]):
            return
        while len(group["Instances"]) < group["DesiredCapacity"]:
            if not self.launch(group):
                group["quiet"] = time.time() + 1
                return

    def launch(self, group):
        subnets = [s for s in group["VPCZoneIdentifier"].split(",") if s in self.subnets]
        used = [self.instances[i["InstanceId"]]["SubnetId"] for i in group["Instances"]]
        subnets.sort(key=lambda s: (used.count(s), s))
        blocked = lambda s: self.no_capacity.get(self.subnets[s]["AvailabilityZone"]) or self.no_capacity.get("*")
        # Auto Scaling tries the other zones of the group before it gives up.
        subnet = self.subnets[next((s for s in subnets if not blocked(s)), subnets[0])]
        zone, why = subnet["AvailabilityZone"], blocked(subnet["SubnetId"])
        activity = {"ActivityId": str(uuid.UUID(self.hexa(32))), "AutoScalingGroupName": group["AutoScalingGroupName"],
                    "AutoScalingGroupARN": group["AutoScalingGroupARN"], "Description": "Launching a new EC2 instance",
                    "Cause": f"At {time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} an instance was started in response to a difference between desired and actual capacity, increasing the capacity.",
                    "StartTime": time.time(), "EndTime": time.time(), "StatusCode": "Successful", "Progress": 100,
                    "Details": '{"Subnet ID":"%s","Availability Zone":"%s"}' % (subnet["SubnetId"], zone)}
        self.activities.insert(0, activity)
        if why:
            activity["StatusCode"], activity["StatusMessage"] = "Failed", why
            return None
        instance = self.instance(subnet["SubnetId"], group["groups"], group["public"], group["tags"], group["profile"], group.get("image"), group.get("type", "t3.small"))
        activity["Description"] += f": {instance['InstanceId']}"
        group["Instances"].append({
            "InstanceId": instance["InstanceId"], "InstanceType": instance["InstanceType"], "AvailabilityZone": zone,
            "LifecycleState": "InService", "HealthStatus": "Healthy", "ProtectedFromScaleIn": False,
            **({"LaunchTemplate": group["LaunchTemplate"]} if group.get("LaunchTemplate") else {})})
        return instance

    def instance(self, subnet, groups, public, tags, profile, image=None, kind="t3.small"):
        ident, place = self.id("i"), self.subnets[subnet]
        interface = self.interface(subnet, groups, "", instance=ident, public=public)
        network = ipaddress.ip_network(place["CidrBlock"])
        address = str(network[10 + self.count % 200])
        interface["PrivateIpAddress"] = address
        made = {
            "InstanceId": ident, "ImageId": image or "ami-0f3a5c1d7be2945aa", "State": {"Code": 16, "Name": "running"},
            "InstanceType": kind, "LaunchTime": time.time(), "Placement": {"AvailabilityZone": place["AvailabilityZone"], "Tenancy": "default"},
            "Monitoring": {"State": "disabled"}, "SubnetId": subnet, "VpcId": place["VpcId"], "PrivateIpAddress": address,
            "Architecture": "x86_64", "SecurityGroups": [{"GroupId": g, "GroupName": self.groups[g]["GroupName"]} for g in groups if g in self.groups],
            "Tags": [{"Key": k, "Value": v} for k, v in tags.items()], "SourceDestCheck": True,
            "NetworkInterfaces": [interface],
        }
        if public:
            made["PublicIpAddress"] = f"198.51.100.{self.count % 250}"
        if profile:
            made["IamInstanceProfile"] = {"Arn": f"arn:aws:iam::{self.account}:instance-profile/{profile}", "Id": "AIPA" + self.upper(17)}
        self.instances[ident] = made
        return made

    def interface(self, subnet, groups, description, instance=None, kind="interface", requester=None, tags=(), public=False):
        place = self.subnets[subnet]
        made = {
            "NetworkInterfaceId": self.id("eni"), "SubnetId": subnet, "VpcId": place["VpcId"], "AvailabilityZone": place["AvailabilityZone"],
            "Description": description, "OwnerId": self.account, "InterfaceType": kind, "Status": "in-use", "SourceDestCheck": True,
            "RequesterManaged": requester is not None, "PrivateIpAddress": str(ipaddress.ip_network(place["CidrBlock"])[40 + self.count % 150]),
            "Groups": [{"GroupId": g, "GroupName": self.groups[g]["GroupName"]} for g in groups if g in self.groups],
            "TagSet": [{"Key": k, "Value": v} for k, v in tags], "MacAddress": "06:1f:aa:00:00:%02x" % (self.count % 256)}
        if requester:
            made["RequesterId"] = requester
        if instance:
            made["Attachment"] = {"AttachmentId": self.id("eni-attach"), "InstanceId": instance, "InstanceOwnerId": self.account, "DeviceIndex": 0, "Status": "attached", "DeleteOnTermination": True, "AttachTime": time.time()}
        elif requester:
            made["Attachment"] = {"AttachmentId": self.id("ela-attach"), "InstanceOwnerId": requester, "DeviceIndex": 1, "Status": "attached", "DeleteOnTermination": False}
        self.interfaces[made["NetworkInterfaceId"]] = made
        return made

    def end_instance(self, ident):
        instance = self.instances.get(ident)
        if instance is None or instance["State"]["Name"] == "terminated":
            return
        instance["State"] = {"Code": 48, "Name": "terminated"}
        for interface in instance["NetworkInterfaces"]:
            self.interfaces.pop(interface["NetworkInterfaceId"], None)
        instance["NetworkInterfaces"], instance["SecurityGroups"] = [], []
        for member in ("SubnetId", "VpcId", "PrivateIpAddress", "PublicIpAddress"):
            instance.pop(member, None)

    # --- who did what ---------------------------------------------------------------------------

    def recorded(self, ago, service, name, user, request, response, resources=(), younger=False):
        """A call that CloudTrail keeps; `younger` writes EC2's wrapped grammar."""
        at = time.time() - ago
        if younger:
            request = {f"{name}Request": request}
            response = {f"{name}Response": {"xmlns": "http://ec2.amazonaws.com/doc/2016-11-15/", **response}} if response else None
        who = {"type": "AssumedRole", "arn": f"arn:aws:sts::{self.account}:assumed-role/NetworkTeam/{user}", "accountId": self.account}
        record = {"eventVersion": "1.09", "userIdentity": who, "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at)),
                  "eventSource": f"{service}.amazonaws.com", "eventName": name, "awsRegion": self.region, "sourceIPAddress": "203.0.113.77",
                  "userAgent": "console.amazonaws.com", "requestParameters": request, "responseElements": response,
                  "readOnly": False, "eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": self.account}
        self.trail.append({"EventId": str(uuid.UUID(self.hexa(32))), "EventName": name, "ReadOnly": "false", "EventTime": float(int(at)),
                           "EventSource": f"{service}.amazonaws.com", "Username": user, "AccessKeyId": "ASIA" + self.upper(16),
                           "Resources": [{"ResourceType": kind, "ResourceName": ident} for kind, ident in resources],
                           "CloudTrailEvent": json.dumps(record)})
