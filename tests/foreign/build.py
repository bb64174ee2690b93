"""Builders of networks and of environments, with all that an Elastic Beanstalk stack makes."""

import ipaddress
import time

import cfn
import ec2
from groups import new_group, rule


def network(world, cidr, private=True, nat="one", ipv6=False, name="main", zones=3):
    """A VPC of public and, if wanted, private subnets in so many zones; the ids as a dict."""
    vpc = world.id("vpc")
    made = {"CidrBlock": cidr, "DhcpOptionsId": "dopt-0a1b2c3d", "State": "available", "VpcId": vpc, "OwnerId": world.account, "InstanceTenancy": "default", "IsDefault": False,
            "CidrBlockAssociationSet": [{"AssociationId": world.id("vpc-cidr-assoc"), "CidrBlock": cidr, "CidrBlockState": {"State": "associated"}}],
            "Tags": [{"Key": "Name", "Value": name}], "dns": True, "hostnames": True}
    if ipv6:
        made["Ipv6CidrBlockAssociationSet"] = [{"AssociationId": world.id("vpc-cidr-assoc"), "Ipv6CidrBlock": "2a05:d014:7c1:ab00::/56", "Ipv6CidrBlockState": {"State": "associated"}, "NetworkBorderGroup": world.region, "Ipv6Pool": "Amazon"}]
    world.vpcs[vpc] = made
    main = table(world, vpc, cidr, [], "")
    main["Associations"].append({"Main": True, "RouteTableAssociationId": world.id("rtbassoc"), "RouteTableId": main["RouteTableId"], "AssociationState": {"State": "associated"}})
    entries = [{"RuleNumber": n, "Protocol": "-1", "RuleAction": a, "Egress": e, "CidrBlock": "0.0.0.0/0"} for e in (True, False) for n, a in ((100, "allow"), (32767, "deny"))]
    acl = {"NetworkAclId": world.id("acl"), "VpcId": vpc, "OwnerId": world.account, "IsDefault": True, "Entries": entries, "Associations": [], "Tags": []}
    world.acls[acl["NetworkAclId"]] = acl
    gateway = {"InternetGatewayId": world.id("igw"), "OwnerId": world.account, "Attachments": [{"VpcId": vpc, "State": "available"}], "Tags": []}
    world.gateways[gateway["InternetGatewayId"]] = gateway
    blocks = list(ipaddress.ip_network(cidr).subnets(new_prefix=ipaddress.ip_network(cidr).prefixlen + 4))
    public = [subnet(world, vpc, str(blocks[n]), world.zones[n], f"{name}-public-{world.zones[n][-1]}", acl, ipv6) for n in range(zones)]
    out = table(world, vpc, cidr, [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway["InternetGatewayId"]}], f"{name}-public")
    if ipv6:
        out["Routes"].append({"DestinationIpv6CidrBlock": "::/0", "GatewayId": gateway["InternetGatewayId"], "Origin": "CreateRoute"})
    for ident in public:
        link(world, out, ident)
    ids = {"vpc": vpc, "public": public, "igw": gateway["InternetGatewayId"], "main": main["RouteTableId"], "acl": acl["NetworkAclId"], "public_table": out["RouteTableId"], "private": [], "tables": [], "nats": []}
    if not private:
        return ids
    ids["private"] = [subnet(world, vpc, str(blocks[n + 8]), world.zones[n], f"{name}-private-{world.zones[n][-1]}", acl, False) for n in range(zones)]
    if nat == "none":
        one = table(world, vpc, cidr, [], f"{name}-private")
        for ident in ids["private"]:
            link(world, one, ident)
        ids["tables"] = [one["RouteTableId"]]
        return ids
    for n, ident in enumerate(ids["private"]):
        if n == 0 or nat == "each":
            address = {"AllocationId": world.id("eipalloc"), "PublicIp": f"198.51.100.{20 + n}", "Domain": "vpc", "NetworkBorderGroup": world.region, "PublicIpv4Pool": "amazon", "Tags": []}
            world.addresses[address["AllocationId"]] = address
            ids["nats"].append(ec2.nat(world, public[n], address)["NatGatewayId"])
            one = table(world, vpc, cidr, [{"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": ids["nats"][-1]}], f"{name}-private-{n}")
            ids["tables"].append(one["RouteTableId"])
        link(world, world.tables[ids["tables"][-1]], ident)
    return ids


def subnet(world, vpc, cidr, zone, name, acl, ipv6):
    ident = world.id("subnet")
    world.subnets[ident] = {"SubnetId": ident, "VpcId": vpc, "CidrBlock": cidr, "AvailabilityZone": zone, "AvailabilityZoneId": f"{world.region[:2]}c1-az{'abc'.index(zone[-1]) + 1}", "State": "available", "AvailableIpAddressCount": 240,
                            "DefaultForAz": False, "MapPublicIpOnLaunch": False, "AssignIpv6AddressOnCreation": ipv6, "OwnerId": world.account, "SubnetArn": world.arn("ec2", f"subnet/{ident}"), "Tags": [{"Key": "Name", "Value": name}],
                            "Ipv6CidrBlockAssociationSet": [{"AssociationId": world.id("subnet-cidr-assoc"), "Ipv6CidrBlock": f"2a05:d014:7c1:ab{len(world.subnets):02}::/64", "Ipv6CidrBlockState": {"State": "associated"}}] if ipv6 else []}
    acl["Associations"].append({"NetworkAclAssociationId": world.id("aclassoc"), "NetworkAclId": acl["NetworkAclId"], "SubnetId": ident})
    return ident


def table(world, vpc, cidr, routes, name):
    ident = world.id("rtb")
    world.tables[ident] = {"RouteTableId": ident, "VpcId": vpc, "OwnerId": world.account, "Associations": [], "PropagatingVgws": [], "Tags": [{"Key": "Name", "Value": name}] if name else [],
                           "Routes": [{"DestinationCidrBlock": cidr, "GatewayId": "local", "Origin": "CreateRouteTable"}] + [{**r, "Origin": "CreateRoute"} for r in routes]}
    return world.tables[ident]


def link(world, found, subnet_id):
    ident = world.id("rtbassoc")
    found["Associations"].append({"Main": False, "RouteTableAssociationId": ident, "RouteTableId": found["RouteTableId"], "SubnetId": subnet_id, "AssociationState": {"State": "associated"}})
    return ident


def endpoint(world, net, service, tables=(), subnets=(), groups=()):
    ident, gateway = world.id("vpce"), bool(tables)
    made = {"VpcEndpointId": ident, "VpcEndpointType": "Gateway" if gateway else "Interface", "VpcId": net["vpc"], "ServiceName": f"com.amazonaws.{world.region}.{service}", "State": "available",
            "PolicyDocument": '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}', "RouteTableIds": list(tables), "SubnetIds": list(subnets),
            "Groups": [{"GroupId": g, "GroupName": world.groups[g]["GroupName"]} for g in groups], "PrivateDnsEnabled": not gateway, "RequesterManaged": False, "NetworkInterfaceIds": [], "DnsEntries": [], "CreationTimestamp": time.time() - 9e6, "Tags": [], "OwnerId": world.account}
    for t in tables:
        world.tables[t]["Routes"].append({"DestinationPrefixListId": "pl-6ea54007", "GatewayId": ident, "Origin": "CreateRoute"})
    for s in subnets:
        made["NetworkInterfaceIds"].append(world.interface(s, groups, f"VPC Endpoint Interface {ident}", kind="vpc_endpoint", requester=world.account)["NetworkInterfaceId"])
    world.endpoints[ident] = made
    return made


def role(world, name, service, policies):
    path = "aws-service-role/" if name.startswith("AWSServiceRole") else ""
    world.roles[name] = {"RoleName": name, "RoleId": "AROA" + world.upper(17), "Arn": f"arn:aws:iam::{world.account}:role/{path}{name}", "Path": "/" + path, "CreateDate": time.time() - 9e7, "MaxSessionDuration": 3600,
                         "AssumeRolePolicyDocument": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"%s"},"Action":"sts:AssumeRole"}]}' % service, "policies": list(policies), "inline": {}}


def identities(world, profile="aws-elasticbeanstalk-ec2-role", service="aws-elasticbeanstalk-service-role"):
    role(world, service, "elasticbeanstalk.amazonaws.com", ["service-role/AWSElasticBeanstalkEnhancedHealth", "AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy"])
    role(world, profile, "ec2.amazonaws.com", ["AWSElasticBeanstalkWebTier", "AWSElasticBeanstalkWorkerTier", "AWSElasticBeanstalkMulticontainerDocker"])
    role(world, "AWSServiceRoleForElasticLoadBalancing", "elasticloadbalancing.amazonaws.com", [])
    role(world, "AWSServiceRoleForAutoScaling", "autoscaling.amazonaws.com", [])
    world.profiles[profile] = {"InstanceProfileName": profile, "InstanceProfileId": "AIPA" + world.upper(17), "Arn": f"arn:aws:iam::{world.account}:instance-profile/{profile}", "Path": "/", "CreateDate": time.time() - 9e7, "roles": [profile]}


def platform(world, branch, version, status="Ready", lifecycle="Supported", solution=None, latest=None):
    """A version of a platform branch."""
    solution = solution or f"64bit Amazon Linux 2023 v{version} running {branch.split(' running ')[0]}"
    arn = f"arn:aws:elasticbeanstalk:{world.region}::platform/{branch}/{version}"
    world.platforms[arn] = {"PlatformArn": arn, "PlatformOwner": "AWSElasticBeanstalk", "PlatformName": branch, "PlatformVersion": version, "SolutionStackName": solution, "PlatformStatus": status, "DateCreated": time.time() - 2e7, "DateUpdated": time.time() - 2e7,
                            "PlatformCategory": branch.split(" ")[0], "Description": solution, "Maintainer": "<aws-elasticbeanstalk-platforms@amazon.com>", "OperatingSystemName": "Amazon Linux", "OperatingSystemVersion": "2023", "SupportedTierList": ["WebServer/Standard", "Worker/SQS/HTTP"],
                            "SupportedAddonList": ["Log/S3", "Monitoring/Healthd", "WorkerDaemon/SQSD"], "PlatformLifecycleState": "Recommended" if latest else "", "PlatformBranchName": branch, "PlatformBranchLifecycleState": lifecycle}
    if not latest:
        world.platforms[arn].pop("PlatformLifecycleState")
    if lifecycle != "Retired":
        world.solution_stacks.append(solution)
    if not any(b["BranchName"] == branch for b in world.branches):
        world.branches.append({"PlatformName": branch.split(" ")[0], "BranchName": branch, "LifecycleState": lifecycle, "BranchOrder": len(world.branches), "SupportedTierList": ["WebServer/Standard", "Worker/SQS/HTTP"]})
    return arn


# --- environments -------------------------------------------------------------------------------

DEFAULTS = {
    ("aws:autoscaling:asg", "MinSize"): "2", ("aws:autoscaling:asg", "MaxSize"): "4", ("aws:autoscaling:asg", "Availability Zones"): "Any", ("aws:autoscaling:asg", "Cooldown"): "360",
    ("aws:autoscaling:launchconfiguration", "InstanceType"): "t3.small", ("aws:autoscaling:launchconfiguration", "RootVolumeType"): "gp3", ("aws:ec2:instances", "InstanceTypes"): "t3.small", ("aws:ec2:instances", "EnableSpot"): "false",
    ("aws:elasticbeanstalk:application", "Application Healthcheck URL"): "/", ("aws:elasticbeanstalk:environment:process:default", "HealthCheckPath"): "/", ("aws:elasticbeanstalk:environment:process:default", "Port"): "80",
    ("aws:elasticbeanstalk:environment:process:default", "Protocol"): "HTTP", ("aws:elasticbeanstalk:environment:process:default", "MatcherHTTPCode"): "200", ("aws:elasticbeanstalk:command", "DeploymentPolicy"): "Rolling", ("aws:elasticbeanstalk:command", "Timeout"): "600",
    ("aws:elasticbeanstalk:command", "BatchSizeType"): "Percentage", ("aws:elasticbeanstalk:command", "BatchSize"): "30", ("aws:elasticbeanstalk:healthreporting:system", "SystemType"): "enhanced", ("aws:elasticbeanstalk:managedactions", "ManagedActionsEnabled"): "false",
    ("aws:elasticbeanstalk:managedactions:platformupdate", "UpdateLevel"): "minor", ("aws:autoscaling:updatepolicy:rollingupdate", "RollingUpdateEnabled"): "true", ("aws:autoscaling:updatepolicy:rollingupdate", "RollingUpdateType"): "Health",
}


def environment(world, name, application, arn, subnets, balancer_subnets=None, vpc=None, public=False, options=None, version="v41", service="aws-elasticbeanstalk-service-role", profile="aws-elasticbeanstalk-ec2-role", stack=None, ago=8e6):
    """A healthy environment that was launched long ago; load balanced where it has such subnets."""
    ident = "e-" + "".join(c if c.isdigit() else "abcdefghijkmnpqrstuvwxyz"[int(c, 16)] for c in world.hexa(10))
    world.applications.setdefault(application, {"ApplicationName": application, "ApplicationArn": world.arn("elasticbeanstalk", f"application/{application}"), "DateCreated": time.time() - 9e7, "DateUpdated": time.time() - 9e7, "Versions": [], "ConfigurationTemplates": []})
    if version and (application, version) not in world.versions:
        application_version(world, application, version)
    env = {"name": name, "id": ident, "application": application, "arn": arn, "version": version, "status": "Ready", "created": time.time() - ago, "updated": time.time() - ago / 20, "cname": f"{name}.eba-{world.hexa(8)}.{world.region}.elasticbeanstalk.com",
           "tier": "WebServer", "abortable": False, "vpc": vpc, "stack": stack or f"awseb-{ident}-stack", "balanced": bool(balancer_subnets), "public": public, "deployment": 7, "paths": ["/", "/health"]}
    options = {("aws:elasticbeanstalk:environment", "EnvironmentType"): "LoadBalanced" if balancer_subnets else "SingleInstance", ("aws:elasticbeanstalk:environment", "ServiceRole"): service, ("aws:autoscaling:launchconfiguration", "IamInstanceProfile"): profile, **(options or {})}
    if balancer_subnets:
        options.setdefault(("aws:elasticbeanstalk:environment", "LoadBalancerType"), "application")
        options[("aws:ec2:vpc", "ELBSubnets")] = ",".join(balancer_subnets)
        options[("aws:ec2:vpc", "ELBScheme")] = "public"
    if vpc:
        options[("aws:ec2:vpc", "VPCId")] = vpc
        options[("aws:ec2:vpc", "Subnets")] = ",".join(subnets)
        options[("aws:ec2:vpc", "AssociatePublicIpAddress")] = "true" if public else "false"
    if not balancer_subnets:
        options[("aws:autoscaling:asg", "MinSize")] = options[("aws:autoscaling:asg", "MaxSize")] = "1"
    env["options"] = {**DEFAULTS, **options}
    world.environments.append(env)
    say(world, env, "INFO", "createEnvironment is starting.", ago)
    launch(world, env, ago)
    world.settle()
    for instance in instances(world, env):
        instance["LaunchTime"] = time.time() - ago / 30
    say(world, env, "INFO", f"Successfully launched environment: {name}", ago - 400)
    say(world, env, "INFO", "Environment health has transitioned from Pending to Ok. Initialization completed 35 seconds ago and took 3 minutes.", ago - 420)
    return env


def application_version(world, application, label, ago=5e6, bundle=True):
    bucket = f"elasticbeanstalk-{world.region}-{world.account}"
    key = f"{application}/{label}.zip"
    world.versions[application, label] = {"ApplicationName": application, "VersionLabel": label, "ApplicationVersionArn": world.arn("elasticbeanstalk", f"applicationversion/{application}/{label}"), "SourceBundle": {"S3Bucket": bucket, "S3Key": key}, "DateCreated": time.time() - ago, "DateUpdated": time.time() - ago, "Status": "PROCESSED"}
    store = world.buckets.setdefault(bucket, {"objects": {}, "region": world.region})
    if bundle:
        store["objects"][key] = b"PK\x03\x04bundle"
    world.applications[application]["Versions"].append(label)


def say(world, env, severity, message, ago=0.0):
    world.events.append({"EventDate": time.time() - ago, "Message": message, "ApplicationName": env["application"], "EnvironmentName": env["name"], "Severity": severity, "id": env["id"], "PlatformArn": env["arn"]})


def instances(world, env):
    return [world.instances[i["InstanceId"]] for g in world.asgs.values() if g["env"] == env["id"] for i in g["Instances"]]


def launch(world, env, ago=0.0):
    """The stack of an environment, with everything in it."""
    stack = cfn.new_stack(world, env["stack"], {"elasticbeanstalk:environment-name": env["name"], "elasticbeanstalk:environment-id": env["id"], "Name": env["name"]}, ago)
    stack["Description"] = f"AWS Elastic Beanstalk environment (Name: '{env['name']}'  Id: '{env['id']}')"
    get = env["options"].get
    own = {"elasticbeanstalk:environment-name": env["name"], "elasticbeanstalk:environment-id": env["id"], "Name": env["name"], "aws:cloudformation:stack-name": env["stack"], "aws:cloudformation:stack-id": stack["StackId"]}
    tags = lambda logical: [{"Key": k, "Value": v} for k, v in {**own, "aws:cloudformation:logical-id": logical}.items()]
    vpc = env["vpc"] or next(i for i, v in world.vpcs.items() if v["IsDefault"])
    places = (get(("aws:ec2:vpc", "Subnets")) or ",".join(s for s, one in world.subnets.items() if one["VpcId"] == vpc and one["DefaultForAz"])).split(",")
    group = new_group(world, vpc, f"{env['stack']}-AWSEBSecurityGroup-{world.upper(12)}", "SecurityGroup for ElasticBeanstalk environment.", tags("AWSEBSecurityGroup"))
    targets = []
    if env["balanced"]:
        targets = [balance(world, env, stack, vpc, group, get(("aws:ec2:vpc", "ELBSubnets")).split(","), tags, ago)]
    else:
        group["rules"].append(rule(world, "ingress", "tcp", 80, 80, "cidr", "0.0.0.0/0"))
    cfn.add(stack, "AWSEBSecurityGroup", group["GroupId"], "AWS::EC2::SecurityGroup", ago)
    image = get(("aws:autoscaling:launchconfiguration", "ImageId")) or "ami-0f3a5c1d7be2945aa"
    world.images.setdefault(image, {"ImageId": image, "Name": "aws-elasticbeanstalk-amzn-2023.x86_64", "State": "available", "OwnerId": "102837901569", "Public": True, "Architecture": "x86_64", "CreationDate": "2026-03-01T10:00:00.000Z", "RootDeviceType": "ebs", "VirtualizationType": "hvm"})
    template, logical = world.id("lt"), "AWSEBEC2LaunchTemplate"
    world.templates[template] = {"LaunchTemplateId": template, "LaunchTemplateName": logical + world.hexa(6), "VersionNumber": 1, "DefaultVersion": True, "CreateTime": time.time() - ago, "CreatedBy": f"arn:aws:iam::{world.account}:user/deploy",
                                 "LaunchTemplateData": {"ImageId": image, "InstanceType": get(("aws:autoscaling:launchconfiguration", "InstanceType")), "IamInstanceProfile": {"Name": get(("aws:autoscaling:launchconfiguration", "IamInstanceProfile"))}, "SecurityGroupIds": [group["GroupId"]]}}
    cfn.add(stack, logical, template, "AWS::EC2::LaunchTemplate", ago)
    name = f"{env['stack']}-AWSEBAutoScalingGroup-{world.upper(12)}"
    world.asgs[name] = {
        "AutoScalingGroupName": name, "AutoScalingGroupARN": world.arn("autoscaling", f"autoScalingGroup:{world.hexa(32)}:autoScalingGroupName/{name}"), "LaunchTemplate": {"LaunchTemplateId": template, "LaunchTemplateName": world.templates[template]["LaunchTemplateName"], "Version": "1"},
        "MinSize": int(get(("aws:autoscaling:asg", "MinSize"))), "MaxSize": int(get(("aws:autoscaling:asg", "MaxSize"))), "DesiredCapacity": int(get(("aws:autoscaling:asg", "MinSize"))), "DefaultCooldown": 360, "AvailabilityZones": sorted({world.subnets[p]["AvailabilityZone"] for p in places}),
        "LoadBalancerNames": [], "TargetGroupARNs": targets, "HealthCheckType": "EC2", "HealthCheckGracePeriod": 0, "Instances": [], "CreatedTime": time.time() - ago, "SuspendedProcesses": [], "VPCZoneIdentifier": ",".join(places), "EnabledMetrics": [], "TrafficSources": [],
        "Tags": [{"ResourceId": name, "ResourceType": "auto-scaling-group", "Key": k, "Value": v, "PropagateAtLaunch": not k.startswith("aws:")} for k, v in own.items()], "TerminationPolicies": ["Default"], "NewInstancesProtectedFromScaleIn": False, "ServiceLinkedRoleARN": f"arn:aws:iam::{world.account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
        "env": env["id"], "groups": [group["GroupId"]], "public": env["public"], "profile": get(("aws:autoscaling:launchconfiguration", "IamInstanceProfile")), "image": image, "type": get(("aws:autoscaling:launchconfiguration", "InstanceType")),
        "tags": {**own, "aws:autoscaling:groupName": name}}
    cfn.add(stack, "AWSEBAutoScalingGroup", name, "AWS::AutoScaling::AutoScalingGroup", ago)
    handle = f"https://cloudformation-waitcondition-{world.region}.s3.amazonaws.com/{world.hexa(8)}"
    cfn.add(stack, "AWSEBInstanceLaunchWaitHandle", handle, "AWS::CloudFormation::WaitConditionHandle", ago)
    cfn.add(stack, "AWSEBInstanceLaunchWaitCondition", f"{stack['StackId']}/AWSEBInstanceLaunchWaitHandle", "AWS::CloudFormation::WaitCondition", ago)
    if env["balanced"]:
        cfn.add(stack, "AWSEBCloudwatchAlarmHigh", f"{env['stack']}-AWSEBCloudwatchAlarmHigh-{world.upper(12)}", "AWS::CloudWatch::Alarm", ago)
    cfn.told(stack, None, "CREATE_COMPLETE", None, ago - 300)
    return stack


def balance(world, env, stack, vpc, group, places, tags, ago):
    """A load balancer with its group, target group and listener; the target group's ARN."""
    edge = new_group(world, vpc, f"{env['stack']}-AWSEBLoadBalancerSecurityGroup-{world.upper(12)}", "Load Balancer Security Group", tags("AWSEBLoadBalancerSecurityGroup"))
    edge["rules"].append(rule(world, "ingress", "tcp", 80, 80, "cidr", "0.0.0.0/0"))
    group["rules"].append(rule(world, "ingress", "tcp", 80, 80, "group", edge["GroupId"]))
    cfn.add(stack, "AWSEBLoadBalancerSecurityGroup", edge["GroupId"], "AWS::EC2::SecurityGroup", ago)
    name, digits = f"awseb-AWSEB-{world.upper(12)}", world.hexa(16)
    arn = world.arn("elasticloadbalancing", f"loadbalancer/app/{name}/{digits}")
    world.balancers[arn] = {"LoadBalancerArn": arn, "LoadBalancerName": name, "DNSName": f"{name}-1234567890.{world.region}.elb.amazonaws.com", "CanonicalHostedZoneId": "Z215JYRZR1TBD5", "CreatedTime": time.time() - ago, "Scheme": "internet-facing", "VpcId": vpc, "State": {"Code": "active"}, "Type": "application", "IpAddressType": "ipv4",
                            "AvailabilityZones": [{"ZoneName": world.subnets[p]["AvailabilityZone"], "SubnetId": p, "LoadBalancerAddresses": []} for p in places], "SecurityGroups": [edge["GroupId"]], "attributes": {"deletion_protection.enabled": "false", "idle_timeout.timeout_seconds": "60"}}
    for place in places:
        world.interface(place, [edge["GroupId"]], f"ELB app/{name}/{digits}", requester="amazon-elb")
    get = env["options"].get
    pool = world.arn("elasticloadbalancing", f"targetgroup/awseb-AWSEB-{world.upper(12)}/{world.hexa(16)}")
    world.target_groups[pool] = {"TargetGroupArn": pool, "TargetGroupName": pool.split("/")[1], "Protocol": "HTTP", "Port": 80, "VpcId": vpc, "HealthCheckProtocol": "HTTP", "HealthCheckPort": "traffic-port", "HealthCheckEnabled": True, "HealthCheckIntervalSeconds": 15, "HealthCheckTimeoutSeconds": 5, "HealthyThresholdCount": 3, "UnhealthyThresholdCount": 5,
                                 "HealthCheckPath": get(("aws:elasticbeanstalk:environment:process:default", "HealthCheckPath")), "Matcher": {"HttpCode": "200"}, "LoadBalancerArns": [arn], "TargetType": "instance", "ProtocolVersion": "HTTP1", "IpAddressType": "ipv4", "env": env["id"]}
    listener = f"{arn.replace(':loadbalancer/', ':listener/')}/{world.hexa(16)}"
    world.listeners[listener] = {"ListenerArn": listener, "LoadBalancerArn": arn, "Port": 80, "Protocol": "HTTP", "DefaultActions": [{"Type": "forward", "TargetGroupArn": pool}]}
    cfn.add(stack, "AWSEBV2LoadBalancer", arn, "AWS::ElasticLoadBalancingV2::LoadBalancer", ago)
    cfn.add(stack, "AWSEBV2LoadBalancerTargetGroup", pool, "AWS::ElasticLoadBalancingV2::TargetGroup", ago)
    cfn.add(stack, "AWSEBV2LoadBalancerListener", listener, "AWS::ElasticLoadBalancingV2::Listener", ago)
    return pool
