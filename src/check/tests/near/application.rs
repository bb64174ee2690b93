//! The application and what it was given.

use super::super::others::{unhealthy_targets, with_database};
use super::*;
use crate::world::EnvironmentStatus;

/// What health says when the load balancer's checks fail.
const ELB: &str = "ELB health is failing or not available for all instances.";

/// A sick environment whose targets are in a state for a reason.
fn targets(state: &str, reason: &str) -> Snapshot {
    sick(|world| {
        unhealthy_targets(world, reason);
        for target in world.balancing.targets.value_mut().unwrap() {
            target.state = Some(state.into());
        }
    })
}

/// The load balancer's health causes, of a sick environment.
fn says(cause: &str) -> Snapshot {
    sick(|world| health(world, "Red", "Severe", &[cause]))
}

/// A deployment whose commands have just ended on the instances.
fn commands_done(summary: &str) -> Snapshot {
    let mut world = healthy();
    environment(&mut world).status = EnvironmentStatus::Updating;
    event(&mut world, 4, "INFO", "Environment update is starting.");
    event(&mut world, 1, "INFO", summary);
    world
}

pub(super) const NEAR: &[Near] = &[
    near("APP-01", "the targets are being registered and were not asked yet", |broken| {
        if broken {
            targets("unhealthy", "Target.Timeout")
        } else {
            targets("initial", "Elb.RegistrationInProgress")
        }
    }),
    other("APP-02", "the application does not answer at all", &["APP-01"], |broken| {
        let reason = if broken { "Target.ResponseCodeMismatch" } else { "Target.Timeout" };
        let mut world = targets("unhealthy", reason);
        health(&mut world, "Red", "Severe", &[ELB]);
        world
    }),
    near("APP-03", "the answers are the application's own errors", |broken| {
        let sort = if broken { "4xx" } else { "5xx" };
        says(&format!("100.0 % of the requests to the ELB are erroring with HTTP {sort}."))
    }),
    near("APP-04", "the bundle may not be looked at, which does not make it missing", |broken| {
        sick(|world| {
            world.surroundings.bundle =
                if broken { absent("s3:HeadObject") } else { denied("s3:HeadObject") };
        })
    }),
    near("APP-05", "the summary counts no failure", |broken| {
        commands_done(if broken {
            "Command execution completed on all instances. Summary: [Successful: 3, Failed: 1]."
        } else {
            "Command execution completed on all instances. Summary: [Successful: 4, Failed: 0]."
        })
    }),
    other("APP-06", "the file can be read, and names what does not exist", &["PL-08"], |broken| {
        failing(
            broken,
            "The configuration file __MACOSX/.ebextensions/._node.config in application version v1 contains invalid YAML or JSON. YAML exception: Invalid Yaml.",
            "\"option_settings\" in one of the configuration files failed validation. More details to follow.",
        )
    }),
    near("APP-07", "the image's registry did not answer; the bundle is right", |broken| {
        failing(
            broken,
            "Instance deployment: Both 'Dockerfile' and 'Dockerrun.aws.json' are missing in your source bundle. Include at least one of them in your source bundle. The deployment failed.",
            "Failed to pull Docker image registry.example/shop:42: net/http: TLS handshake timeout. Check snapshot logs for details.",
        )
    }),
    other(
        "APP-08",
        "the key pair is there, and the launch failed otherwise",
        &["EB-24"],
        |broken| {
            let mut world =
                launch_failed("Launching EC2 instance failed for an unheard of reason.");
            world.compute.launch_templates.value_mut().unwrap()[0].key_name = Some("shop".into());
            let key = if broken { "shop-old" } else { "shop" };
            world.compute.key_pairs = known("ec2:DescribeKeyPairs", vec![key.to_owned()]);
            world
        },
    ),
    near("APP-09", "the old option stands alone", |broken| {
        let mut world = healthy();
        option(&mut world, "aws:elb:healthcheck", "Target", Some("HTTP:80/"));
        if broken {
            let text = "You cannot configure an Elastic Beanstalk environment with values for both the Elastic Load Balancing Target option and Application Healthcheck URL option";
            event(&mut world, 10, "ERROR", text);
        }
        world
    }),
    near("APP-10", "99 messages wait, and none was put aside", |broken| {
        let mut world = worker();
        world.surroundings.queues.value_mut().unwrap()[0].1 = if broken { 100 } else { 99 };
        health(&mut world, "Yellow", "Warning", &[]);
        world
    }),
    near("APP-11", "the database admits the VPC's block", |broken| {
        let mut world = healthy();
        with_database(&mut world);
        let block = if broken { "10.21.0.0/16" } else { "10.20.0.0/16" };
        group(&mut world, "sg-0dbb").ingress = vec![rule(block, Some((5432, 5432)))];
        world
    }),
    near("APP-12", "the bundle has just the size that is allowed", |broken| {
        sick(|world| {
            let bundle = world.surroundings.bundle.value_mut().unwrap();
            bundle.bytes = Some((512 << 20) + u64::from(broken));
        })
    }),
];
