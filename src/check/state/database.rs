//! `EB-20` and `EB-26` to `EB-28`: the coupled database.

use crate::check::history;
use crate::check::situation::Situation;
use crate::check::told::between;
use crate::check::{Finding, Role, StateFault, messages, trail};
use crate::world::{Gap, Settings, Snapshot};

const NAMESPACE: &str = "aws:rds:dbinstance";

fn coupled(world: &Snapshot) -> bool {
    let settings = world.settings.value();
    settings.is_some_and(|all| all.is_true(NAMESPACE, "HasCoupledDatabase"))
        || Situation::of(world).stack().is_some_and(|facts| {
            facts
                .resource("AWSEBRDSDatabase")
                .is_some_and(|one| !one.status.starts_with("DELETE_COMPLETE"))
        })
}

fn database_id(world: &Snapshot) -> Option<&str> {
    Situation::of(world).stack()?.physical("AWSEBRDSDatabase")
}

/// `EB-20`.
pub(super) fn loses_data(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let settings: &Settings = match world.settings.present()? {
        Some(settings) => settings,
        None => return Ok(Vec::new()),
    };
    let policy = settings.get(NAMESPACE, "DBDeletionPolicy").map(str::to_owned);
    if !coupled(world) || policy.as_deref() == Some("Retain") {
        return Ok(Vec::new());
    }
    let database = database_id(world).map(str::to_owned);
    let finding = Finding::new(
        StateFault::RebuildLosesData { database: database.clone(), policy: policy.clone() },
        Role::Risk,
        "A rebuild or termination would delete the environment's database",
        "The database belongs to the environment. A rebuild deletes it and makes an empty one. Before anything like that: a snapshot, then the deletion policy Retain in an update of its own, then decoupling.",
    );
    let shown = policy.as_deref().unwrap_or("Delete, the default");
    Ok(vec![finding.on(&database).weighing(45).because(
        &world.settings,
        format!("HasCoupledDatabase is true, DBDeletionPolicy is {shown}"),
    )])
}

/// `EB-26`.
pub(super) fn gone(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::proofs(world, "EB-26");
    let id = database_id(world).map(str::to_owned);
    let known = world.databases.instances.value();
    let missing = id.as_deref().is_some_and(|id| {
        world.databases.instances.is_absent()
            || known.is_some_and(|all| !all.iter().any(|database| database.id == id))
    }) && coupled(world);
    // Made again under the same name: what older messages say is history.
    let there = id
        .as_deref()
        .is_some_and(|id| known.is_some_and(|all| all.iter().any(|database| database.id == id)));
    if there {
        return Ok(Vec::new());
    }
    let deleting =
        Situation::of(world).stack_status().is_some_and(|status| status.starts_with("DELETE"));
    if told.is_empty() && !(missing && Situation::of(world).something_fails() && !deleting) {
        return Ok(Vec::new());
    }
    let in_text = told
        .iter()
        .find_map(|hit| between(&hit.text, "DBInstance ", " not found").map(str::to_owned));
    let database = id.or(in_text).unwrap_or_default();
    let snapshots: Vec<String> = world
        .databases
        .snapshots
        .items()
        .iter()
        .filter(|(_, instance, _)| *instance == database)
        .map(|(snapshot, ..)| snapshot.clone())
        .collect();
    let finding = Finding::new(
        StateFault::DatabaseGone { database: database.clone(), snapshots: snapshots.clone() },
        Role::Cause,
        "The environment's database was deleted by hand, so every update fails",
        "The stack still has the database, and each update wants to look at it. Decoupling in the console loops. A database restored from a snapshot under exactly the same identifier lets the update through; then it can be decoupled.",
    );
    let mut finding = finding.on([database.as_str()]).weighing(95).with(messages::evidence(&told));
    if missing {
        finding =
            finding.because(&world.databases.instances, format!("RDS has no database {database}"));
    }
    let text = if snapshots.is_empty() {
        "no snapshot of it is known".to_owned()
    } else {
        format!("snapshots: {}", snapshots.join(", "))
    };
    finding = finding.because(&world.databases.snapshots, text);
    let trigger = trail::trigger(world, &["DeleteDBInstance"], [database.as_str()]);
    Ok(vec![finding.brought_about(trigger)])
}

/// `EB-27`.
pub(super) fn changed(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let Some(settings) = world.settings.present()?.filter(|_| coupled(world)) else {
        return Ok(Vec::new());
    };
    let id = database_id(world);
    let all = world.databases.instances.present()?.map_or(&[][..], Vec::as_slice);
    let Some(real) = all.iter().find(|database| Some(database.id.as_str()) == id) else {
        return Ok(Vec::new());
    };
    let is = [
        ("DBInstanceClass", real.class.clone()),
        ("DBAllocatedStorage", real.storage_gib.map(|gib| gib.to_string())),
        ("DBEngine", real.engine.clone()),
    ];
    let differs: Vec<(String, String, String)> = is
        .into_iter()
        .filter_map(|(name, is)| Some((name, settings.get(NAMESPACE, name)?.to_owned(), is?)))
        .filter(|(_, says, is)| says != is)
        .map(|(name, says, is)| (name.to_owned(), says, is))
        .collect();
    if differs.is_empty() {
        return Ok(Vec::new());
    }
    let failing =
        Situation::of(world).recent().iter().any(|event| history::says_failure(&event.message));
    let role = if failing { Role::Cause } else { Role::Risk };
    let statements: Vec<String> = differs
        .iter()
        .map(|(name, says, is)| format!("{name}: the environment says {says}, RDS has {is}"))
        .collect();
    let finding = Finding::new(
        StateFault::DatabaseChanged { database: real.id.clone(), differs },
        role,
        "The environment's database was changed outside Elastic Beanstalk",
        "Each deployment tries to bring the database back to what the environment's options say, RDS refuses (storage never shrinks), and the update is rolled back. The options have to be set to what the database really is.",
    );
    let mut finding = finding.on([real.id.as_str()]).weighing(88);
    for statement in statements {
        finding = finding.because(&world.databases.instances, statement);
    }
    let told = messages::evidence(&messages::clues(world, "EB-27"));
    let trigger = trail::trigger(world, &["ModifyDBInstance"], [real.id.as_str()]);
    Ok(vec![finding.with(told).brought_about(trigger)])
}

/// `EB-28`.
pub(super) fn decoupled(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let events = world.trail.present()?.map_or(&[][..], Vec::as_slice);
    let both = events.iter().find(|event| {
        let text = event.request.to_string();
        event.name == "UpdateEnvironment"
            && event.error.is_none()
            && trail::is_about(world, event)
            && text.contains("DBDeletionPolicy")
            && text.contains("HasCoupledDatabase")
    });
    let Some(event) = both else { return Ok(Vec::new()) };
    let finding = Finding::new(
        StateFault::DecoupledAtOnce {},
        Role::Risk,
        "The database was decoupled in the same update as its deletion policy was set",
        "Elastic Beanstalk ignores a new deletion policy that is saved together with decoupling: the old policy was used, and the database may be gone. Look for it, and for snapshots, before anything else.",
    );
    let text = format!("{} saved DBDeletionPolicy and HasCoupledDatabase in one call", event.user);
    Ok(vec![finding.weighing(40).because(&world.trail, text)])
}
