//! Platforms: branches, their versions, and the images that instances are made from.

mod catalogue;
mod describe;

use serde_json::Value;

use super::Handler;
use crate::sandbox::{Account, Fault, Params};

pub use catalogue::{Branch, Lifecycle, Release, Traits, branches};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    describe::handler(operation)
}

/// The ARN of a platform version.
pub fn arn(region: &str, branch: &Branch, version: &str) -> String {
    format!("arn:aws:elasticbeanstalk:{region}::platform/{}/{version}", branch.name)
}

/// The branch and version that an ARN names.
pub(super) fn parts(arn: &str) -> Option<(&'static Branch, &'static Release)> {
    let place = arn.split_once(":platform/")?.1;
    let (name, version) = place.rsplit_once('/')?;
    let branch = branches().iter().find(|branch| branch.name == name)?;
    let release = branch.releases.iter().find(|release| release.version == version)?;
    Some((branch, release))
}

/// The version in a platform's ARN, `6.4.3`.
pub(super) fn version(arn: &str) -> &str {
    arn.rsplit_once('/').map_or("", |(_, version)| version)
}

/// The older name of a platform version: `64bit Amazon Linux 2023 v6.4.3 running Node.js 20`.
pub(super) fn solution_stack(arn: &str) -> String {
    let Some((branch, release)) = parts(arn) else { return String::new() };
    stack_name(branch, release.version)
}

fn stack_name(branch: &Branch, version: &str) -> String {
    format!("64bit {} v{version} running {}", branch.system, branch.runtime)
}

/// What matters of a platform for its options.
pub(super) fn traits(arn: &str) -> Traits {
    parts(arn).map_or(Traits::default(), |(branch, _)| branch.traits())
}

/// Whether a version is offered to the account: it was not withdrawn, or the account has had it.
pub(super) fn offered(account: &Account, arn: &str) -> bool {
    let Some((_, release)) = parts(arn) else { return false };
    !release.withdrawn || account.here.beanstalk.platforms_used.contains(arn)
}

/// The newest version of the branch of new Node.js applications.
pub(super) fn newest(account: &Account) -> String {
    let branch = branches().iter().find(|branch| branch.runtime == "Node.js 22");
    let branch = branch.unwrap_or(&branches()[0]);
    arn(&account.region, branch, branch.newest().version)
}

/// The platform that a call asks for, or the one to keep.
pub(super) fn asked(
    account: &Account,
    params: &Value,
    kept: Option<&str>,
) -> Result<String, Fault> {
    if let Some(arn) = params.text("PlatformArn") {
        return by_arn(account, arn);
    }
    if let Some(name) = params.text("SolutionStackName") {
        return by_stack(account, name);
    }
    kept.map(str::to_owned).ok_or_else(|| {
        // ebcli's `platformarnmissing`, in the form AWS gives it.
        Fault::invalid_value("Unable to determine base for template pack (no solution stack)")
    })
}

/// A platform by its ARN; one without a version means the branch's newest.
fn by_arn(account: &Account, asked: &str) -> Result<String, Fault> {
    let found =
        if offered(account, asked) { Some(asked.to_owned()) } else { by_branch(account, asked) };
    found.ok_or_else(|| Fault::invalid_value(format!("No Platform named '{asked}' found.")))
}

fn by_branch(account: &Account, asked: &str) -> Option<String> {
    let name = asked.split_once(":platform/")?.1;
    let branch = branches().iter().find(|branch| branch.name == name)?;
    Some(arn(&account.region, branch, branch.newest().version))
}

/// A platform by its older name (`PL-01`).
fn by_stack(account: &Account, name: &str) -> Result<String, Fault> {
    let all = branches()
        .iter()
        .flat_map(|branch| branch.releases.iter().map(move |release| (branch, release.version)));
    let found = all
        .filter(|(branch, version)| stack_name(branch, version) == name)
        .map(|(branch, version)| arn(&account.region, branch, version))
        .find(|arn| offered(account, arn));
    found.ok_or_else(|| Fault::invalid_value(format!("No Solution Stack named '{name}' found.")))
}

/// Refuses a retired branch to accounts that do not run it yet.
///
/// <https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/platforms-support-policy.html>
pub(super) fn refuse_retired(account: &Account, arn: &str) -> Result<(), Fault> {
    let Some((branch, _)) = parts(arn) else { return Ok(()) };
    let used = account
        .here
        .beanstalk
        .platforms_used
        .iter()
        .any(|used| parts(used).is_some_and(|(known, _)| known.name == branch.name));
    if branch.lifecycle == Lifecycle::Retired && !used {
        return Err(Fault::invalid_value(format!("No Platform named '{arn}' found.")));
    }
    Ok(())
}

/// The image of a platform version in a region.
pub fn image(region: &str, arn: &str) -> String {
    // FNV-1a: the same id in every run and for everyone, as AWS's images have.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in region.bytes().chain(arn.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    format!("ami-0{hash:016x}")
}

/// The platform version that an image belongs to.
pub(super) fn of_image(region: &str, wanted: &str) -> Option<String> {
    branches().iter().find_map(|branch| {
        branch.releases.iter().find_map(|release| {
            let arn = arn(region, branch, release.version);
            (image(region, &arn) == wanted).then_some(arn)
        })
    })
}

/// Every image of the region's platforms that is public: id and name.
pub fn images(region: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for branch in branches() {
        for release in branch.releases.iter().filter(|release| !release.image_gone) {
            let id = image(region, &arn(region, branch, release.version));
            let runtime = branch.runtime.replace(' ', "-").to_lowercase();
            let name = format!("aws-elasticbeanstalk-{runtime}-{}-x86_64-hvm", release.version);
            all.push((id, name));
        }
    }
    all
}
