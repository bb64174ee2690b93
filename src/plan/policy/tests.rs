use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::check::diagnose;
use crate::plan::{Wishes, plan};
use crate::world::examples::{ACCOUNT, lost_route_table};

fn incident() -> Value {
    let world = lost_route_table();
    let plan = plan(&world, &diagnose(&world), &Wishes::default()).unwrap();
    let scope = world.scope().unwrap();
    policy(&plan, &Work::of(&scope, &world))
}

fn resources(policy: &Value, action: &str) -> Vec<String> {
    let statements = policy["Statement"].as_array().unwrap().iter();
    let has = |statement: &&Value| {
        statement["Action"].as_array().unwrap().iter().any(|one| one == action)
    };
    let named = statements.filter(has).flat_map(|one| one["Resource"].as_array().unwrap());
    named.map(|one| one.as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_call_is_allowed_on_what_it_authorises_against() {
    let policy = incident();
    let arn = |service: &str, rest: &str| format!("arn:aws:{service}:us-west-2:{ACCOUNT}:{rest}");
    assert_eq!(
        resources(&policy, "ec2:RevokeSecurityGroupIngress")[0],
        arn("ec2", "security-group/sg-0db9")
    );
    assert_eq!(
        resources(&policy, "ec2:AssociateRouteTable"),
        [
            arn("ec2", "route-table/*"),
            arn("ec2", "subnet/subnet-0a11"),
            arn("ec2", "route-table/*"),
            arn("ec2", "subnet/subnet-0b22")
        ]
    );
    assert_eq!(
        resources(&policy, "elasticbeanstalk:RebuildEnvironment"),
        [arn("elasticbeanstalk", "environment/shop/shop-prod")]
    );
}

#[test]
fn with_an_operations_role_nothing_is_done_on_the_callers_behalf() {
    let mut world = lost_route_table();
    let role = format!("arn:aws:iam::{ACCOUNT}:role/ops");
    crate::world::examples::environment(&mut world).operations_role = Some(role.into());
    let plan = plan(&world, &diagnose(&world), &Wishes::default()).unwrap();
    let scope = world.scope().unwrap();
    let policy = policy(&plan, &Work::of(&scope, &world));
    assert_eq!(resources(&policy, "ec2:RunInstances"), [] as [&str; 0]);
    assert_eq!(resources(&incident(), "ec2:RunInstances"), ["*"]);
}

#[test]
fn diagnosis_alone_may_change_nothing() {
    let policy = read_only();
    let [only] = policy["Statement"].as_array().unwrap().as_slice() else { panic!("one") };
    for action in only["Action"].as_array().unwrap() {
        let verb = action.as_str().unwrap().split(':').nth(1).unwrap();
        let reads = ["Describe", "Get", "List", "Lookup", "Simulate", "Validate"];
        assert!(reads.iter().any(|prefix| verb.starts_with(prefix)), "{action}");
    }
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else {
            files.push(path);
        }
    }
    files
}

/// Whoever teaches `aws` a new read has to tell the policy, or this fails.
#[test]
fn every_read_that_the_program_makes_is_allowed() {
    let root = Path::new("src");
    let files = [rust_files(&root.join("aws")), rust_files(&root.join("collect"))].concat();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for word in text.split('"') {
            let Some((service, verb)) = word.split_once(':') else { continue };
            let known = [
                "autoscaling",
                "cloudformation",
                "cloudtrail",
                "ec2",
                "elasticbeanstalk",
                "elasticloadbalancing",
                "iam",
                "rds",
                "s3",
                "servicequotas",
                "ses",
                "sqs",
                "sts",
            ];
            let reads = ["Describe", "Get", "List", "Lookup", "Simulate", "Validate"];
            let is_read = known.contains(&service)
                && reads.iter().any(|prefix| verb.starts_with(prefix))
                && verb.chars().all(char::is_alphanumeric);
            assert!(!is_read || reads::READS.contains(&word), "{word} in {}", file.display());
        }
    }
}
