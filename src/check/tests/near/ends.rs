//! Ends of environments, and what they own and rely on: roles, groups, databases, names.

use super::super::others::with_database;
use super::*;
use crate::world::{EnvironmentLink, EnvironmentStatus};

const ASKED: &str = "terminateEnvironment is starting.";

/// An environment that was terminated so many minutes ago.
fn terminated(minutes: i64) -> Snapshot {
    let mut world = healthy();
    environment(&mut world).status = EnvironmentStatus::Terminated;
    environment(&mut world).updated = Some(ago(minutes));
    world
}

/// A termination that failed, or one that is at work.
fn termination(broken: bool) -> Snapshot {
    let mut world = healthy();
    event(&mut world, 6, "INFO", ASKED);
    stack_event(&mut world, 5, STACK, "DELETE_IN_PROGRESS", None);
    health(&mut world, "Grey", "NoData", &[]);
    let status = if broken { "DELETE_FAILED" } else { "DELETE_IN_PROGRESS" };
    stack_itself(&mut world).status = status.into();
    if !broken {
        environment(&mut world).status = EnvironmentStatus::Terminating;
    }
    world
}

/// A coupled database with its policy for deletion.
fn coupled(policy: &str) -> Snapshot {
    let mut world = healthy();
    with_database(&mut world);
    option(&mut world, "aws:rds:dbinstance", "DBDeletionPolicy", Some(policy));
    world
}

/// The environment's group with so many instances in service, while something goes on.
fn one_instance(status: EnvironmentStatus) -> Snapshot {
    let mut world = healthy();
    environment(&mut world).status = status;
    event(&mut world, 3, "INFO", "Environment update is starting.");
    let group = &mut world.scaling.groups.value_mut().unwrap()[0];
    group.instances.truncate(2);
    group.instances[1].lifecycle = "Pending".into();
    health(&mut world, "Grey", "Pending", &[]);
    world
}

/// A service role that trusts these services.
fn trusting(services: &str) -> Snapshot {
    let mut world = sick(|_| {});
    let role = world.identity.service_role.value_mut().unwrap();
    role.trust = Some(format!(
        r#"{{"Statement":[{{"Effect":"Allow","Principal":{{"Service":[{services}]}},"Action":"sts:AssumeRole"}}]}}"#
    ));
    world
}

const NOTIFICATIONS: &str = "Auto Scaling group (x) notifications have been deleted or modified";

pub(super) const NEAR: &[Near] = &[
    near("EB-06", "the termination is at work", termination),
    near("EB-10", "health is grey because the first answers are awaited", |broken| {
        let mut world = healthy();
        health(&mut world, "Grey", if broken { "Suspended" } else { "Pending" }, &[]);
        world
    }),
    near("EB-11", "the role trusts another service besides", |broken| {
        let ec2 = r#""ec2.amazonaws.com""#;
        let both = r#""ec2.amazonaws.com","elasticbeanstalk.amazonaws.com""#;
        trusting(if broken { ec2 } else { both })
    }),
    near("EB-12", "the profile's role has a name of its own", |broken| {
        let mut world = sick(|_| {});
        let roles = &mut world.identity.profile.value_mut().unwrap().roles;
        *roles = if broken { Vec::new() } else { vec!["shop-instances".into()] };
        world
    }),
    near("EB-19", "41 days are not 42", |broken| {
        terminated((if broken { 43 } else { 41 }) * 24 * 60)
    }),
    near("EB-19", "the other environment of the name is terminated too", |broken| {
        let mut world = terminated(500);
        let mut other = environment(&mut world).clone();
        other.id = "e-other".into();
        other.status =
            if broken { EnvironmentStatus::Ready } else { EnvironmentStatus::Terminated };
        world.neighbours.value_mut().unwrap().push(other);
        world
    }),
    near("EB-20", "the database is to be kept", |broken| {
        coupled(if broken { "Snapshot" } else { "Retain" })
    }),
    near("EB-21", "the load balancer that was deleted is another one's", |broken| {
        let mut world = sick(|_| {});
        let deleted = if broken {
            BALANCER
        } else {
            "arn:aws:elasticloadbalancing:us-west-2:210987654321:loadbalancer/app/reporting/1"
        };
        let request = serde_json::json!({"loadBalancerArn": deleted});
        trail(&mut world, 9, "DeleteLoadBalancer", request, serde_json::json!(null));
        let all = world.balancing.load_balancers.value_mut().unwrap();
        all.retain(|one| one.arn.as_str() != deleted);
        world
    }),
    near("EB-22", "the environment is being terminated, and the group went with it", |broken| {
        let mut world = termination(false);
        if broken {
            environment(&mut world).status = EnvironmentStatus::Ready;
            stack_itself(&mut world).status = "UPDATE_COMPLETE".into();
        }
        world.scaling.groups = known("autoscaling:DescribeAutoScalingGroups", Vec::new());
        world
    }),
    near("EB-23", "the notifications were set up again, and health is good since", |broken| {
        let mut world = healthy();
        let text =
            format!("Environment health has transitioned from Ok to Warning. {NOTIFICATIONS}");
        event(&mut world, 90, "WARN", &text);
        if broken {
            health(&mut world, "Yellow", "Warning", &[NOTIFICATIONS]);
        } else {
            let text = "Environment health has transitioned from Warning to Ok.";
            event(&mut world, 60, "INFO", text);
        }
        world
    }),
    near("EB-24", "the second instance is on its way, and nothing has failed", |broken| {
        one_instance(if broken { EnvironmentStatus::Ready } else { EnvironmentStatus::Updating })
    }),
    near(
        "EB-25",
        "alarms and rebalancing may rest: instances are launched and replaced",
        |broken| {
            sick(|world| {
                let rest = ["AlarmNotification", "AZRebalance"];
                let processes = if broken { ["AlarmNotification", "Launch"] } else { rest };
                let user = "User suspended at 2026-03-12T11:00:00Z";
                let suspended = processes.map(|name| (name.to_owned(), user.to_owned()));
                world.scaling.groups.value_mut().unwrap()[0].suspended = suspended.to_vec();
            })
        },
    ),
    near("EB-26", "the database was made again under its name", |broken| {
        let mut world = coupled("Retain");
        let text = "Updating RDS database named: awseb-db failed Reason: Resource handler returned message: \"DBInstance awseb-db not found. (Service: Rds, Status Code: 404, Request ID: 1)\" (RequestToken: 2, HandlerErrorCode: NotFound)";
        event(&mut world, 9, "ERROR", text);
        if broken {
            world.databases.instances = known("rds:DescribeDBInstances", Vec::new());
        }
        world
    }),
    other("EB-27", "storage is as it is set, and no class is set at all", &["APP-05"], |broken| {
        let mut world = coupled("Retain");
        event(&mut world, 9, "ERROR", "Failed to deploy application.");
        let database = &mut world.databases.instances.value_mut().unwrap()[0];
        database.storage_gib = Some(if broken { 50 } else { 20 });
        world
    }),
    near("EB-29", "after two hours AWS has taken it off the list", |broken| {
        terminated(if broken { 60 } else { 120 })
    }),
    near("EB-30", "somebody asked for the termination of what had failed to launch", |broken| {
        let mut world = terminated(500);
        event(&mut world, 540, "ERROR", "Failed to launch environment.");
        if !broken {
            event(&mut world, 510, "INFO", ASKED);
        }
        world
    }),
    near("EB-32", "it is a version's name that is taken, no environment's", |broken| {
        failing(
            broken,
            "Environment shop-prod already exists.",
            "Application Version v43 already exists.",
        )
    }),
    near("EB-33", "the environment was busy, and is Ready again", |broken| {
        failing(
            broken,
            "Unable to perform the specified operation because another operation that effects an element in this activity is already in progress.",
            "Environment named shop-prod is in an invalid state for this operation. Must be Ready.",
        )
    }),
    near("EB-34", "it is scaled in for the night and may grow again", |broken| {
        let mut world = healthy();
        let group = &mut world.scaling.groups.value_mut().unwrap()[0];
        (group.min, group.max, group.desired) = (0, if broken { 0 } else { 6 }, 0);
        group.instances.clear();
        world.instances_health = known("elasticbeanstalk:DescribeInstancesHealth", Vec::new());
        health(&mut world, "Grey", "Unknown", &[]);
        world
    }),
    near("EB-35", "the environment that the link names is there", |broken| {
        let mut world = healthy();
        let link = EnvironmentLink { link: "queue".into(), environment: "shop-queue".into() };
        environment(&mut world).links = vec![link];
        let mut neighbour = environment(&mut world).clone();
        neighbour.name = if broken { "shop-queue-old" } else { "shop-queue" }.into();
        neighbour.id = "e-queue".into();
        world.neighbours.value_mut().unwrap().push(neighbour);
        world
    }),
];
