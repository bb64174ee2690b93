//! Elastic Beanstalk's operations, deployments and instances.

use super::*;
use crate::world::{EnvironmentStatus, Percent};

/// An operation of which nothing has been heard for so many minutes.
fn quiet(status: EnvironmentStatus, abortable: bool, minutes: i64) -> Snapshot {
    let mut world = healthy();
    let own = environment(&mut world);
    (own.status, own.abortable) = (status, Some(abortable));
    own.updated = Some(ago(minutes));
    event(&mut world, minutes, "INFO", "Environment update is starting.");
    world
}

/// A call on an environment that was refused so many minutes ago.
fn refused(world: &mut Snapshot, minutes: i64, call: &str, id: &str, error: &str) {
    trail(world, minutes, call, serde_json::json!({"environmentId": id}), serde_json::json!(null));
    let calls = world.trail.value_mut().unwrap().iter_mut();
    calls.filter(|one| one.at == ago(minutes)).for_each(|one| one.error = Some(error.into()));
}

/// Yesterday an update hung, was freed and ended well; another one has just begun. In the broken
/// case what was refused then is refused now.
fn freed_since(broken: bool, calls: &[&str]) -> Snapshot {
    let mut world = healthy();
    event(&mut world, 1_140, "INFO", "Environment update completed successfully.");
    deploying(&mut world);
    environment(&mut world).abortable = Some(false);
    for (later, call) in (0..).zip(calls) {
        let minutes = if broken { 3 } else { 1_200 } - later;
        refused(&mut world, minutes, call, ID, "InvalidParameterValue");
    }
    world
}

const IMMUTABLE: &str = "Immutable updates cannot be combined with changes of the load balancer.";

/// Instances of which one runs another version than the environment's.
fn one_on(version: Option<&str>) -> Snapshot {
    let mut world = healthy();
    world.instances_health.value_mut().unwrap()[1].version_label = version.map(str::to_owned);
    world
}

fn deploying(world: &mut Snapshot) {
    environment(world).status = EnvironmentStatus::Updating;
    environment(world).abortable = Some(true);
    event(world, 4, "INFO", "Environment update is starting.");
}

/// An update that saved these options of the database.
fn saved(world: &mut Snapshot, minutes: i64, id: &str, names: &[&str]) {
    let option =
        |name: &&str| serde_json::json!({"namespace": "aws:rds:dbinstance", "optionName": name});
    let options: Vec<_> = names.iter().map(option).collect();
    let request = serde_json::json!({"environmentId": id, "optionSettings": options});
    trail(world, minutes, "UpdateEnvironment", request, serde_json::json!(null));
}

const TIMED_OUT: &str = "The following instances have not responded in the allowed command timeout time (they might still finish eventually on their own): [i-0a2b].";

pub(super) const NEAR: &[Near] = &[
    near("EB-01", "a long update is quiet for most of an hour now and then", |broken| {
        quiet(EnvironmentStatus::Updating, true, if broken { 46 } else { 44 })
    }),
    near("EB-02", "what cannot be aborted just now ends by itself", |broken| {
        quiet(EnvironmentStatus::Updating, false, if broken { 46 } else { 44 })
    }),
    near("EB-02", "what was refused yesterday was about an update that has ended", |broken| {
        freed_since(broken, &["AbortEnvironmentUpdate", "TerminateEnvironment"])
    }),
    near("EB-03", "it was another environment's termination that was refused", |broken| {
        let mut world = quiet(EnvironmentStatus::Launching, false, 8);
        let id = if broken { ID } else { "e-other" };
        refused(&mut world, 9, "TerminateEnvironment", id, "InvalidParameterValue");
        world
    }),
    near("EB-04", "the update ended; that it could not be aborted is past", |broken| {
        let status = if broken { EnvironmentStatus::Updating } else { EnvironmentStatus::Ready };
        let mut world = quiet(status, false, 12);
        refused(&mut world, 9, "AbortEnvironmentUpdate", ID, "InvalidParameterValue");
        world
    }),
    near("EB-04", "it was yesterday's update that could not be aborted any more", |broken| {
        freed_since(broken, &["AbortEnvironmentUpdate"])
    }),
    near("EB-05", "an abort takes its time, and 29 minutes are not too many", |broken| {
        let mut world = quiet(EnvironmentStatus::Aborting, false, if broken { 31 } else { 29 });
        world.instances_health.value_mut().unwrap()[0].status = Some("NoData".into());
        world
    }),
    near("EB-07", "a volume that is 94 % full still has room for a bundle", |broken| {
        sick(|world| {
            let used = Percent(if broken { 9_500 } else { 9_499 });
            world.instances_health.value_mut().unwrap()[0].root_volume_used = Some(used);
        })
    }),
    near("EB-08", "the slow instance finished after all, and the update with it", |broken| {
        mended(broken, TIMED_OUT)
    }),
    other("EB-09", "137 packages are no exit code", &["APP-05"], |broken| {
        failing(
            broken,
            "[Instance: i-0a2b] Command failed on instance. Return code: 137 Output: npm install Killed.",
            "[Instance: i-0a2b] Command failed on instance. Return code: 1 Output: 137 packages are looking for funding.",
        )
    }),
    near("EB-13", "a rolling deployment is on its way", |broken| {
        let mut world = one_on(Some("v41"));
        if broken {
            event(&mut world, 9, "ERROR", "Failed to deploy application.");
        } else {
            deploying(&mut world);
        }
        world
    }),
    near("EB-14", "the agent does not say which version it runs", |broken| {
        one_on(Some("v41").filter(|_| broken))
    }),
    near("EB-15", "the immutable update that made the second group is at work", |broken| {
        let mut world = healthy();
        let mut second = world.scaling.groups.items()[0].clone();
        second.name = format!("awseb-{ID}-immutable-stack-AWSEBAutoScalingGroup-9");
        world.scaling.groups.value_mut().unwrap().push(second);
        if !broken {
            deploying(&mut world);
            let text = "Created temporary auto scaling group awseb-immutable-stack.";
            event(&mut world, 3, "INFO", text);
        }
        world
    }),
    near("EB-15", "the temporary stack is being deleted", |broken| {
        let mut world = healthy();
        let name = format!("awseb-{ID}-immutable-stack");
        let mut facts = stack(&mut world).clone();
        let second = facts.stack.value_mut().unwrap();
        second.name = name.as_str().into();
        second.status = if broken { "CREATE_COMPLETE" } else { "DELETE_IN_PROGRESS" }.into();
        world.stacks.insert(name.as_str().into(), facts);
        world
    }),
    near("EB-16", "it was refused for another environment", |broken| {
        let mut world = healthy();
        let id = if broken { ID } else { "e-other" };
        refused(&mut world, 9, "UpdateEnvironment", id, IMMUTABLE);
        world
    }),
    near("EB-16", "it was refused last month, and updates have gone well since", |broken| {
        let mut world = healthy();
        refused(&mut world, if broken { 9 } else { 40_000 }, "UpdateEnvironment", ID, IMMUTABLE);
        world
    }),
    near("EB-16", "an immutable update of the same environment went well", |broken| {
        let mut world = healthy();
        event(&mut world, 12, "INFO", "Environment update is starting.");
        let (severity, text) = if broken {
            ("ERROR", IMMUTABLE)
        } else {
            (
                "INFO",
                "Immutable deployment policy enabled. Launching one instance with the new settings to verify health.",
            )
        };
        event(&mut world, 11, severity, text);
        if !broken {
            event(&mut world, 2, "INFO", "Environment update completed successfully.");
        }
        world
    }),
    near("EB-17", "the update that followed brought all instances together", |broken| {
        let mut world = mended(broken, "Failed to deploy configuration.");
        if broken {
            health(&mut world, "Red", "Degraded", &[]);
        }
        world
    }),
    other(
        "EB-18",
        "there is room for one more instance, so silence is all",
        &["CFN-15"],
        |broken| {
            let mut world = failed_with(
                "Auto Scaling group update progress: Failed to receive 1 resource signal(s) for the current batch. Each resource signal timeout is counted as a FAILURE.",
            );
            let group = &mut world.scaling.groups.value_mut().unwrap()[0];
            group.max = if broken { 1 } else { 2 };
            health(&mut world, "Red", "Degraded", &[]);
            world
        },
    ),
    near("EB-28", "the policy was saved first and the decoupling after it", |broken| {
        let mut world = healthy();
        let both = ["DBDeletionPolicy", "HasCoupledDatabase"];
        if broken {
            saved(&mut world, 90, ID, &both);
        } else {
            saved(&mut world, 90, ID, &both[..1]);
            saved(&mut world, 60, ID, &both[1..]);
        }
        world
    }),
    near("EB-28", "it was another environment's database", |broken| {
        let mut world = healthy();
        let id = if broken { ID } else { "e-other" };
        saved(&mut world, 90, id, &["DBDeletionPolicy", "HasCoupledDatabase"]);
        world
    }),
    near("EB-31", "the deployment that followed went well", |broken| {
        mended(
            broken,
            "Create environment operation is complete, but with errors. For more information, see troubleshooting documentation.",
        )
    }),
    near("EB-36", "the checks of a machine that has just started are not done", |broken| {
        let mut world = healthy();
        let status = if broken { "impaired" } else { "initializing" };
        world.compute.statuses.value_mut().unwrap()[0].machine = Some(status.into());
        world
    }),
];
