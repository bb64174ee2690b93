"""Load balancers and Auto Scaling."""
from .table import case


def two_subnets(w):
    vpc = w.vpc()
    gateway = w.call("ec2:CreateInternetGateway")["InternetGateway"]["InternetGatewayId"]
    w.call("ec2:AttachInternetGateway", InternetGatewayId=gateway, VpcId=vpc)
    return vpc, [w.subnet(vpc), w.subnet(vpc, "10.0.2.0/24", "b")]


def balancer(w, subnets):
    return w.call("elbv2:CreateLoadBalancer", Name=w.name("balancer"), Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]


def target_group(w, vpc):
    return w.call("elbv2:CreateTargetGroup", Name=w.name("targets"), Protocol="HTTP", Port=80, VpcId=vpc)["TargetGroups"][0]["TargetGroupArn"]


def served(w):
    """A running instance behind a balancer: the target group and the instance."""
    vpc, subnets = two_subnets(w)
    group, instance = target_group(w, vpc), w.instance(subnets[0])
    w.call("elbv2:CreateListener", LoadBalancerArn=balancer(w, subnets), Protocol="HTTP", Port=80,
           DefaultActions=[{"Type": "forward", "TargetGroupArn": group}])
    w.call("elbv2:RegisterTargets", TargetGroupArn=group, Targets=[{"Id": instance}])
    w.advance(300)
    return group, instance


def health(w, group, **more):
    return {"TargetHealth": w.call("elbv2:DescribeTargetHealth", TargetGroupArn=group, **more)["TargetHealthDescriptions"][0]["TargetHealth"]}


@case("elbv2-protected", "elbv2-protection-attribute", instead={"app/test-alb/28710532987600ac": "<name>"})
def protected(w):
    _, subnets = two_subnets(w)
    arn = balancer(w, subnets)
    w.call("elbv2:ModifyLoadBalancerAttributes", LoadBalancerArn=arn, Attributes=[{"Key": "deletion_protection.enabled", "Value": "true"}])
    rows = w.call("elbv2:DescribeLoadBalancerAttributes", LoadBalancerArn=arn)["Attributes"]
    assert all(isinstance(r["Value"], str) for r in rows)
    return {"elbv2-protected": w.said("elbv2:DeleteLoadBalancer", LoadBalancerArn=arn),
            "elbv2-protection-attribute": {r["Key"]: r["Value"] for r in rows}}


@case("elbv2-target-unknown", "elbv2-target-stopped", "elbv2-register-stopped")
def stopped(w):
    group, instance = served(w)
    unknown = health(w, group, Targets=[{"Id": w.instance()}])
    w.call("ec2:StopInstances", InstanceIds=[instance])
    w.advance(120)
    told = health(w, group)
    return {"elbv2-target-unknown": unknown, "elbv2-target-stopped": told,
            "elbv2-register-stopped": w.said("elbv2:RegisterTargets", TargetGroupArn=group, Targets=[{"Id": instance}])}


@case("elbv2-target-draining")
def draining(w):
    group, instance = served(w)
    w.call("elbv2:DeregisterTargets", TargetGroupArn=group, Targets=[{"Id": instance}])
    return health(w, group)


@case("asg-suspended", "asg-missing", "asg-no-template")
def scaling(w):
    make = dict(MinSize=0, MaxSize=1, AvailabilityZones=[f"{w.region}a"])
    without = w.said("autoscaling:CreateAutoScalingGroup", AutoScalingGroupName=w.name("group"), LaunchTemplate={"Version": "1"}, **make)
    name = w.name("group")
    launch = w.call("ec2:CreateLaunchTemplate", LaunchTemplateName=w.name("template"),
                    LaunchTemplateData={"ImageId": w.image(), "InstanceType": "t3.micro"})["LaunchTemplate"]["LaunchTemplateId"]
    w.call("autoscaling:CreateAutoScalingGroup", AutoScalingGroupName=name, LaunchTemplate={"LaunchTemplateId": launch}, **make)
    w.call("autoscaling:SuspendProcesses", AutoScalingGroupName=name)
    rows = w.call("autoscaling:DescribeAutoScalingGroups", AutoScalingGroupNames=[name])["AutoScalingGroups"][0]["SuspendedProcesses"]
    assert w.call("autoscaling:DescribeAutoScalingGroups", AutoScalingGroupNames=["no-such"])["AutoScalingGroups"] == []
    # InstanceRefresh became a process that can be suspended in 2020; the recording is of 2016.
    return {"asg-suspended": {"processes": sorted(r["ProcessName"] for r in rows if r["ProcessName"] != "InstanceRefresh"),
                              "reason": rows[0]["SuspensionReason"]},
            "asg-missing": w.said("autoscaling:UpdateAutoScalingGroup", AutoScalingGroupName="no-such", MinSize=0), "asg-no-template": without}
