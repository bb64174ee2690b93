//! Telling which platforms there are.

use serde_json::{Value, json};

use super::{Branch, Lifecycle, Release, arn, branches, image, offered, parts, stack_name};
use crate::sandbox::beanstalk::Handler;
use crate::sandbox::beanstalk::find::page;
use crate::sandbox::{Account, Answer, Call, Fault, Params};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "ListPlatformVersions" => list_versions,
        "ListPlatformBranches" => list_branches,
        "DescribePlatformVersion" => describe,
        "ListAvailableSolutionStacks" => list_stacks,
        _ => return None,
    })
}

/// How many platforms one answer holds at most.
const PAGE: usize = 1000;

/// Everything that is offered, the newest of each branch first.
fn all(account: &Account) -> Vec<(&'static Branch, &'static Release)> {
    branches()
        .iter()
        .flat_map(|branch| branch.releases.iter().rev().map(move |release| (branch, release)))
        .filter(|(branch, release)| {
            let arn = arn(&account.region, branch, release.version);
            let hidden = branch.lifecycle == Lifecycle::Retired
                && !account.here.beanstalk.platforms_used.contains(&arn);
            offered(account, &arn) && !hidden
        })
        .collect()
}

/// What a version is called in its life: the newest is recommended.
fn state(branch: &Branch, release: &Release) -> Option<&'static str> {
    let newest = branch.newest().version == release.version;
    (newest && branch.lifecycle == Lifecycle::Supported).then_some("Recommended")
}

fn summary(account: &Account, branch: &Branch, release: &Release) -> Value {
    json!({
        "PlatformArn": arn(&account.region, branch, release.version),
        "PlatformOwner": "AWSElasticBeanstalk",
        "PlatformStatus": "Ready",
        "PlatformCategory": branch.family,
        "OperatingSystemName": operating_system(branch).0,
        "OperatingSystemVersion": operating_system(branch).1,
        "SupportedTierList": ["WebServer/Standard", "Worker/SQS/HTTP"],
        "SupportedAddonList": ["Log/S3", "Monitoring/Healthd", "WorkerDaemon/SQSD"],
        "PlatformLifecycleState": state(branch, release),
        "PlatformVersion": release.version,
        "PlatformBranchName": branch.name,
        "PlatformBranchLifecycleState": branch.lifecycle.word(),
    })
}

fn operating_system(branch: &Branch) -> (&'static str, &'static str) {
    let (name, version) = branch.system.rsplit_once(' ').unwrap_or((branch.system, ""));
    (name, if name == "Amazon Linux" && version == "2" { "2" } else { version })
}

/// Whether a filter lets a platform through.
fn fits(tree: &Value, filter: &Value) -> bool {
    let wanted = filter.texts("Values");
    let kind = filter.text("Type").or_else(|| filter.text("Attribute")).unwrap_or_default();
    let member = match kind {
        "PlatformName" => "PlatformName",
        "PlatformVersion" => "PlatformVersion",
        "PlatformStatus" => "PlatformStatus",
        "PlatformBranchName" => "PlatformBranchName",
        "BranchName" => "BranchName",
        "LifecycleState" => "LifecycleState",
        "PlatformLifecycleState" => "PlatformLifecycleState",
        "PlatformBranchLifecycleState" => "PlatformBranchLifecycleState",
        "PlatformOwner" => "PlatformOwner",
        "OperatingSystemName" => "OperatingSystemName",
        _ => return true,
    };
    let is = tree.text(member).unwrap_or_default();
    let owner = |it: &str| if it == "AWSElasticBeanstalk" { "aws" } else { "self" };
    let hit = |value: &String| {
        let newest = value == "latest" && tree.text("PlatformLifecycleState").is_some();
        match filter.text("Operator").unwrap_or("=") {
            "contains" => is.contains(value.as_str()),
            "begins_with" => is.starts_with(value.as_str()),
            "ends_with" => is.ends_with(value.as_str()),
            _ => newest || is.eq_ignore_ascii_case(value) || owner(is).eq_ignore_ascii_case(value),
        }
    };
    match filter.text("Operator") {
        Some("!=" | "not_in") => !wanted.iter().any(|value| is.eq_ignore_ascii_case(value)),
        _ => wanted.iter().any(hit),
    }
}

fn list_versions(account: &mut Account, call: &Call) -> Answer {
    let filters = call.params.list("Filters");
    let all: Vec<Value> = all(account)
        .into_iter()
        .map(|(branch, release)| {
            let mut tree = summary(account, branch, release);
            tree["PlatformName"] = json!(branch.name);
            tree
        })
        .filter(|tree| filters.iter().all(|filter| fits(tree, filter)))
        .map(|mut tree| {
            // A summary has no name; it is there to be filtered by.
            if let Value::Object(members) = &mut tree {
                members.remove("PlatformName");
            }
            tree
        })
        .collect();
    let (shown, token) = page(&call.params, all, PAGE);
    Ok(json!({ "PlatformSummaryList": shown, "NextToken": token }))
}

fn list_branches(_account: &mut Account, call: &Call) -> Answer {
    let filters = call.params.list("Filters");
    let all: Vec<Value> = branches()
        .iter()
        .enumerate()
        .map(|(order, branch)| {
            json!({
                "PlatformName": branch.family,
                "BranchName": branch.name,
                "LifecycleState": branch.lifecycle.word(),
                "BranchOrder": (branches().len() - order) * 100,
                "SupportedTierList": ["WebServer/Standard", "Worker/SQS/HTTP"],
            })
        })
        .filter(|tree| filters.iter().all(|filter| fits(tree, filter)))
        .collect();
    let (shown, token) = page(&call.params, all, PAGE);
    Ok(json!({ "PlatformBranchSummaryList": shown, "NextToken": token }))
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let asked = call.params.text("PlatformArn").unwrap_or_default();
    let known = parts(asked).filter(|_| offered(account, asked));
    let Some((branch, release)) = known else {
        return Err(Fault::invalid_value(format!("No Platform named '{asked}' found.")));
    };
    let mut tree = summary(account, branch, release);
    let day = format!("{}T17:00:00Z", release.day);
    let language = json!([{ "Name": branch.family, "Version": branch.runtime }]);
    let images = json!([{ "VirtualizationType": "HVM", "ImageId": image(&account.region, asked) }]);
    for (name, value) in [
        ("PlatformName", json!(branch.name)),
        ("SolutionStackName", json!(stack_name(branch, release.version))),
        ("DateCreated", json!(day)),
        ("DateUpdated", json!(day)),
        ("Description", json!(format!("64bit {} running {}", branch.system, branch.runtime))),
        ("Maintainer", json!("aws-elasticbeanstalk-platforms@amazon.com")),
        ("ProgrammingLanguages", language),
        ("Frameworks", json!([])),
        ("CustomAmiList", images),
    ] {
        tree[name] = value;
    }
    Ok(json!({ "PlatformDescription": tree }))
}

fn list_stacks(account: &mut Account, _call: &Call) -> Answer {
    let names: Vec<String> = all(account)
        .into_iter()
        .map(|(branch, release)| stack_name(branch, release.version))
        .collect();
    let details: Vec<Value> = names
        .iter()
        .map(|name| {
            let types = if name.contains("Corretto") { vec!["jar", "zip"] } else { vec!["zip"] };
            json!({ "SolutionStackName": name, "PermittedFileTypes": types })
        })
        .collect();
    Ok(json!({ "SolutionStacks": names, "SolutionStackDetails": details }))
}
