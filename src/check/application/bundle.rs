//! `APP-04` to `APP-07` and `APP-12`: the source bundle and its deployment.

use crate::check::history;
use crate::check::situation::Situation;
use crate::check::told::{Words, between, proven};
use crate::check::{ApplicationFault, Finding, Role, messages};
use crate::world::{Gap, InstanceHealth, Snapshot};

/// The largest bundle that Elastic Beanstalk takes.
// Source: incident APP-12, "The source bundle's file size limit is 512 MB".
const LARGEST: u64 = 512 * 1024 * 1024;

/// The version that was last deployed well, if it is another one than what was tried last and
/// still there.
///
/// After a deployment that failed, the environment may still have the version of before, while
/// instances say which one they failed at ("Incorrect application version … Expected version …").
fn last_good(world: &Snapshot) -> Option<String> {
    let now = version(world);
    let agents = world.instances_health.items();
    let deployed = |status: Option<&(i64, String)>| status.is_none_or(|(_, one)| one == "Deployed");
    let (run, failed): (Vec<_>, Vec<_>) =
        agents.iter().partition(|one| deployed(one.deployment.as_ref()));
    let labels = |those: Vec<&InstanceHealth>| -> Vec<String> {
        those.into_iter().filter_map(|one| one.version_label.clone()).collect()
    };
    let (run, failed) = (labels(run), labels(failed));
    let was_well = now.as_ref().is_some_and(|now| deployed_well(world).any(|one| one == *now));
    let failed_at = failed.into_iter().find(|label| was_well && Some(label) != now.as_ref());
    let tried = failed_at.or_else(|| now.clone());
    // What instances still run well is the surest; events tell what ran before.
    let label = run
        .into_iter()
        .chain(deployed_well(world))
        .chain(now)
        .find(|label| Some(label) != tried.as_ref());
    label.filter(|label| is_there(world, label))
}

/// The version that was deployed well before the present one, if the environment's health turned
/// bad only with the present one.
pub(super) fn well_before(world: &Snapshot) -> Option<String> {
    let now = version(world)?;
    let agents = world.instances_health.items();
    if agents.iter().any(|one| one.version_label.as_ref().is_some_and(|label| *label != now)) {
        return None;
    }
    deployed_well(world).find(|label| *label != now).filter(|label| is_there(world, label))
}

/// Versions of which events say that they were deployed well, newest first.
fn deployed_well(world: &Snapshot) -> impl Iterator<Item = String> + '_ {
    let mut events: Vec<_> = world.events.items().iter().collect();
    events.sort_by_key(|event| std::cmp::Reverse(event.at));
    let good = events.into_iter().filter(|event| history::says_success(&event.message));
    good.filter_map(|event| event.version_label.clone())
}

fn is_there(world: &Snapshot, label: &str) -> bool {
    world.versions.value().is_none_or(|all| all.iter().any(|version| version.label == label))
}

fn version(world: &Snapshot) -> Option<String> {
    world.environment.value().and_then(|own| own.version_label.clone())
}

/// `APP-04`.
pub(super) fn missing(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::proofs(world, "APP-04");
    let bundle = &world.surroundings.bundle;
    let found = bundle.value();
    let gone = found.is_some_and(|bundle| bundle.bytes.is_none()) || bundle.is_absent();
    let elsewhere = found.is_some_and(|bundle| {
        bundle.region.as_deref().is_some_and(|region| region != world.region.as_str())
    });
    if told.is_empty() && !gone && !elsewhere {
        bundle.present().or_else(|gap| if gap.needs.is_empty() { Ok(None) } else { Err(gap) })?;
        return Ok(Vec::new());
    }
    let well = Situation::of(world).is_well();
    let role = if told.is_empty() && well { Role::Risk } else { Role::Cause };
    let label = version(world);
    let of_version = world.versions.items().iter().find(|one| Some(&one.label) == label.as_ref());
    let place = found
        .map(|bundle| (bundle.bucket.clone(), bundle.key.clone()))
        .or_else(|| of_version.and_then(|one| one.bundle.clone()));
    let kind = ApplicationFault::Bundle {
        version: label.clone(),
        bucket: place.as_ref().map(|(bucket, _)| bucket.clone()),
        key: place.as_ref().map(|(_, key)| key.clone()),
        last_good: last_good(world),
    };
    let finding = Finding::new(
        kind,
        role,
        "The application's source bundle cannot be fetched",
        "New instances and deployments fetch the bundle from S3. It is not there any more, was never uploaded, lies in another region, or may not be read. It has to be uploaded again under a new version, or a version that is there has to be deployed.",
    );
    let mut finding = finding
        .on(&label)
        .weighing(if told.is_empty() { 82 } else { 93 })
        .with(messages::evidence(&told));
    if let Some((bucket, key)) = &place {
        finding = finding.on([format!("s3://{bucket}/{key}")]);
    }
    if gone {
        finding = finding.because(bundle, "S3 has no such object");
    }
    if elsewhere {
        let region = found.and_then(|bundle| bundle.region.clone()).unwrap_or_default();
        finding = finding.because(bundle, format!("the bucket is in {region}"));
    }
    Ok(vec![finding])
}

/// How sure it is that a command failed where AWS only says that the deployment did: other
/// findings may say why.
const BARE_FAILURE: u8 = 45;

/// Whether a text tells of a command that ended badly, and not only of a deployment that did.
fn shows_the_command(text: &str) -> bool {
    let failed = text.contains("Failed: ") && !text.contains("Failed: 0");
    failed
        || ["Command failed on instance", "Instance deployment failed"]
            .iter()
            .any(|one| text.contains(one))
}

/// `APP-05`.
pub(super) fn command(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let mut told = messages::hits(world);
    // "Summary: [Successful: 4, Failed: 0]." is written after commands that all went well.
    told.retain(|hit| hit.codes[0] == "APP-05" && !hit.text.contains("Failed: 0]"));
    if told.is_empty() {
        world.events.present()?;
        return Ok(Vec::new());
    }
    let label = version(world);
    let good = last_good(world);
    let kind = ApplicationFault::CommandFailed { version: label.clone(), last_good: good.clone() };
    let finding = Finding::new(
        kind,
        Role::Cause,
        "A command of the deployment failed on the instances",
        "A hook, a build or a container command of the bundle ended with an error. The instances' eb-engine.log says which. The same bundle fails again; the last version that worked can be deployed meanwhile.",
    );
    let shown = told.iter().any(|hit| shows_the_command(&hit.text));
    let mut finding = finding
        .on(&label)
        .weighing(if shown { 65 } else { BARE_FAILURE })
        .with(messages::evidence(&told));
    if let Some(good) = good {
        finding = finding.because(&world.events, format!("{good} was deployed well before"));
    }
    Ok(vec![finding])
}

/// `APP-06`.
pub(super) fn configuration(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "APP-06",
        title: "A configuration file in the bundle cannot be read",
        explanation: "A file under .ebextensions is not valid YAML or JSON. Bundles packed on a Mac often carry resource-fork files (__MACOSX) that only look like configuration: pack the bundle again without them.",
        weight: 94,
    };
    let good = last_good(world);
    proven(world, &words, |hit| {
        let file = between(&hit.text, "configuration file ", " in application").map(str::to_owned);
        ApplicationFault::ConfigurationFile { file, last_good: good.clone() }.into()
    })
}

/// `APP-07`.
pub(super) fn docker(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "APP-07",
        title: "The bundle's Docker files are missing or wrong",
        explanation: "The platform runs containers and did not find what it needs in the bundle, or the container ended at once. The bundle has to be changed and deployed again.",
        weight: 93,
    };
    let good = last_good(world);
    proven(world, &words, |hit| {
        ApplicationFault::Docker { message: hit.text.clone(), last_good: good.clone() }.into()
    })
}

/// `APP-12`.
pub(super) fn too_large(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let bytes = world.surroundings.bundle.value().and_then(|bundle| bundle.bytes);
    let told = messages::clues(world, "APP-12");
    let large = bytes.is_some_and(|bytes| bytes > LARGEST);
    if !large && !told.iter().any(|hit| hit.sure && hit.codes[0] == "APP-12") {
        return Ok(Vec::new());
    }
    let role =
        if told.is_empty() && Situation::of(world).is_well() { Role::Risk } else { Role::Cause };
    let finding = Finding::new(
        ApplicationFault::BundleTooLarge { bytes },
        role,
        "The source bundle is larger than Elastic Beanstalk takes",
        "A bundle may have 512 MB. What is not needed to run the application has to stay out of it.",
    );
    let mut finding = finding.weighing(90).with(messages::evidence(&told));
    if let Some(bytes) = bytes {
        finding = finding.because(
            &world.surroundings.bundle,
            format!("the bundle has {} MB", bytes / 1024 / 1024),
        );
    }
    Ok(vec![finding])
}
