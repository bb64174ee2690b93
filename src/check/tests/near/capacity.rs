//! Capacity and quotas.

use super::*;
use crate::world::network::Address;
use crate::world::{Activity, InstanceType};

fn quota(world: &mut Snapshot, code: &str, value: u64) {
    world.surroundings.quotas =
        known("servicequotas:GetServiceQuota", vec![(code.to_owned(), value)]);
}

/// A launch of the environment's group, or of another one, so many minutes ago.
fn launch(world: &mut Snapshot, minutes: i64, status: &str, message: &str) {
    if world.scaling.activities.items().is_empty() {
        world.scaling.activities = known("autoscaling:DescribeScalingActivities", Vec::new());
    }
    world.scaling.activities.value_mut().unwrap().push(Activity {
        id: minutes.to_string(),
        group: SCALING_GROUP.into(),
        status: status.into(),
        message: Some(message.into()),
        description: None,
        cause: None,
        details: None,
        at: ago(minutes),
    });
}

pub(super) const NEAR: &[Near] = &[
    near("CAP-01", "all that is allowed runs, and nothing more is wanted", |broken| {
        let mut world = healthy();
        quota(&mut world, "L-1216C47A", 8);
        if broken {
            let text = "You have requested more vCPU capacity than your current vCPU limit of 8 allows for the instance bucket that the specified instance type belongs to. Launching EC2 instance failed.";
            launch(&mut world, 9, "Failed", text);
        }
        world
    }),
    near("CAP-02", "the next try of the group got its instance", |broken| {
        let mut world = healthy();
        let text = "We currently do not have sufficient t3.small capacity in the Availability Zone you requested (us-west-2a). Launching EC2 instance failed.";
        launch(&mut world, 9, "Failed", text);
        if !broken {
            launch(&mut world, 4, "Successful", "");
        }
        world
    }),
    near("CAP-03", "all five addresses are taken, and the environment wants none", |broken| {
        let mut world = healthy();
        let addresses = world.network.addresses.value_mut().unwrap();
        let more = (1..5).map(|number| Address {
            allocation: Some(format!("eipalloc-{number}").as_str().into()),
            association: Some(format!("eipassoc-{number}")),
            ..addresses[0].clone()
        });
        let more: Vec<Address> = more.collect();
        addresses.extend(more);
        quota(&mut world, "L-0263D0A3", 5);
        if broken {
            let text =
                "Creating EIP failed Reason: The maximum number of addresses has been reached.";
            event(&mut world, 10, "ERROR", text);
        }
        world
    }),
    other("CAP-04", "the zone without the type is none of the instances'", &["EB-24"], |broken| {
        let mut world = launch_failed("Launching EC2 instance failed for an unheard of reason.");
        let zone = if broken { "us-west-2b" } else { "us-west-2c" };
        world.compute.offerings.value_mut().unwrap().retain(|(_, offered)| offered != zone);
        world
    }),
    other("CAP-05", "a quota is reached, and there may be capacity", &["EB-24"], |broken| {
        launch_failed(if broken {
            "There is no Spot capacity available that matches your request. Launching EC2 instance failed."
        } else {
            "Could not launch Spot Instances. MaxSpotInstanceCountExceeded - Max spot instance count exceeded. Launching EC2 instance failed."
        })
    }),
    near("CAP-06", "twice the instances are just as many as are allowed", |broken| {
        let mut world = healthy();
        let namespace = "aws:elasticbeanstalk:command";
        option(&mut world, namespace, "DeploymentPolicy", Some("Immutable"));
        world.compute.types = known(
            "ec2:DescribeInstanceTypes",
            vec![InstanceType {
                name: "t3.small".into(),
                architectures: vec!["x86_64".into()],
                vcpus: 2,
            }],
        );
        quota(&mut world, "L-1216C47A", if broken { 15 } else { 16 });
        world
    }),
    near("CAP-07", "old versions were deleted, and the next one was taken", |broken| {
        mended(broken, "The specified account has reached its limit of application versions.")
    }),
];
