//! Where load balancers and instances are put, and whether there is room.

use super::*;

/// A load balancer that could not be made in these subnets: it is in no list and in no stack.
fn unmade(subnets: &str) -> Snapshot {
    let mut world = healthy();
    option(&mut world, "aws:ec2:vpc", "ELBSubnets", Some(subnets));
    health(&mut world, "Red", "Severe", &[]);
    world.balancing.load_balancers =
        known("elasticloadbalancing:DescribeLoadBalancers", Vec::new());
    let resources = stack(&mut world).resources.value_mut().unwrap();
    resources.retain(|one| !one.kind.contains("ElasticLoadBalancing"));
    world
}

/// A third public subnet in a zone.
fn third_public(world: &mut Snapshot, zone: &str) {
    let mut third = subnet(world, PUBLIC[0]).clone();
    third.id = "subnet-0c01".into();
    third.zone = zone.into();
    world.network.subnets.value_mut().unwrap().push(third);
}

pub(super) const NEAR: &[Near] = &[
    near("NET-17", "a network load balancer stands in one zone", |broken| {
        let mut world = unmade(PUBLIC[0]);
        let kind = if broken { "application" } else { "network" };
        let namespace = "aws:elasticbeanstalk:environment";
        option(&mut world, namespace, "LoadBalancerType", Some(kind));
        world
    }),
    near("NET-18", "the third subnet is in a zone of its own", |broken| {
        let mut world = unmade("subnet-0a01,subnet-0b01,subnet-0c01");
        third_public(&mut world, if broken { "us-west-2a" } else { "us-west-2c" });
        world
    }),
    near("NET-19", "no VPC is the default one, and the environment names its own", |broken| {
        let mut world = healthy();
        health(&mut world, "Grey", "NoData", &["There are no instances."]);
        world.compute.instances = known("ec2:DescribeInstances", Vec::new());
        if broken {
            option(&mut world, "aws:ec2:vpc", "VPCId", None);
            option(&mut world, "aws:ec2:vpc", "Subnets", None);
        }
        world
    }),
    near(
        "NET-20",
        "a zone without a default subnet harms no load balancer that stands",
        |broken| {
            let mut world = default_vpc();
            let subnets = world.network.subnets.value_mut().unwrap();
            subnets.retain(|one| one.zone != "us-west-2c");
            if broken {
                let text =
                    "Creating load balancer failed Reason: Default subnet in us-west-2c not found";
                event(&mut world, 10, "ERROR", text);
            }
            world
        },
    ),
    near("NET-21", "neither VPC nor subnets are named: the default VPC is meant", |broken| {
        let mut world = default_vpc();
        if broken {
            option(&mut world, "aws:ec2:vpc", "Subnets", Some("subnet-0a01,subnet-0b01"));
        }
        health(&mut world, "Red", "Severe", &[]);
        world
    }),
    near("NET-22", "eight free addresses are just enough", |broken| {
        let mut world = unmade("subnet-0a01,subnet-0b01");
        subnet(&mut world, PUBLIC[1]).free_addresses = if broken { 7 } else { 8 };
        world
    }),
    near("NET-22", "a terminated environment wants no load balancer", |broken| {
        let mut world = unmade("subnet-0a01,subnet-0b01");
        subnet(&mut world, PUBLIC[1]).free_addresses = 7;
        if !broken {
            environment(&mut world).status = crate::world::EnvironmentStatus::Terminated;
        }
        world
    }),
    near("NET-23", "the other zone's subnet has room, and Auto Scaling goes there", |broken| {
        let mut world = healthy();
        subnet(&mut world, PRIVATE[0]).free_addresses = 0;
        subnet(&mut world, PRIVATE[1]).free_addresses = if broken { 0 } else { 2 };
        health(&mut world, "Red", "Degraded", &[]);
        world
    }),
];
