//! Faults of Elastic Beanstalk's state, the platform, the application, mail and peering.

use super::*;
use crate::world::network::SecurityGroup;
use crate::world::{
    Clue, Database, EnvironmentLink, EnvironmentStatus, MailAccount, MailIdentity, ManagedAction,
    Observed, Percent, Property,
};

fn sick(change: impl FnOnce(&mut Snapshot)) -> Snapshot {
    let mut world = healthy();
    health(&mut world, "Red", "Severe", &[]);
    for one in world.instances_health.value_mut().unwrap() {
        one.status = Some("Severe".into());
    }
    change(&mut world);
    world
}

fn first(world: &Snapshot, code: &str) {
    let all: Vec<_> = diagnose(world).findings.iter().map(|one| (one.code().0, one.role)).collect();
    assert_eq!(causes(world).first(), Some(&code), "{all:?}");
}

fn clue(world: &mut Snapshot, name: &str, clues: Vec<Clue>) {
    let property = Property { name: name.into(), bytes: 30, clues };
    world.settings.value_mut().unwrap().properties.push(property);
}

#[test]
fn an_operation_without_a_word_that_cannot_be_ended() {
    let world = sick(|world| {
        environment(world).status = EnvironmentStatus::Updating;
        environment(world).abortable = Some(false);
        event(world, 200, "INFO", "Environment update is starting.");
    });
    first(&world, "EB-02");
    assert_eq!(diagnose(&world).verdict, Verdict::Stuck);
    let world = sick(|world| {
        environment(world).status = EnvironmentStatus::Updating;
        environment(world).abortable = Some(true);
        event(world, 200, "INFO", "Environment update is starting.");
    });
    first(&world, "EB-01");
    // Instances that serve meanwhile make it no less stuck.
    let mut world = healthy();
    environment(&mut world).status = EnvironmentStatus::Updating;
    environment(&mut world).abortable = Some(true);
    environment(&mut world).updated = Some(ago(180));
    event(&mut world, 180, "INFO", "Environment update is starting.");
    first(&world, "EB-01");
    assert_eq!(diagnose(&world).verdict, Verdict::Stuck);
}

#[test]
fn an_ordinary_update_is_no_fault() {
    let mut world = healthy();
    environment(&mut world).status = EnvironmentStatus::Updating;
    environment(&mut world).abortable = Some(true);
    event(&mut world, 4, "INFO", "Environment update is starting.");
    assert_eq!(causes(&world), [""; 0]);
    assert_eq!(diagnose(&world).verdict, Verdict::Healthy);
}

#[test]
fn refused_calls_name_their_state() {
    let refuse = |world: &mut Snapshot, call: &str, error: &str| {
        trail(world, 9, call, serde_json::json!({"environmentId": ID}), serde_json::json!(null));
        world.trail.value_mut().unwrap()[0].error = Some(error.into());
    };
    let world = sick(|world| {
        environment(world).status = EnvironmentStatus::Launching;
        event(world, 12, "INFO", "createEnvironment is starting.");
        refuse(world, "TerminateEnvironment", "InvalidParameterValue");
    });
    first(&world, "EB-03");
    let world = sick(|world| {
        environment(world).status = EnvironmentStatus::Updating;
        event(world, 12, "INFO", "Environment update is starting.");
        refuse(world, "AbortEnvironmentUpdate", "InvalidParameterValue");
    });
    first(&world, "EB-04");
    let world = sick(|world| {
        environment(world).status = EnvironmentStatus::Aborting;
        environment(world).updated = Some(ago(40));
        event(world, 40, "INFO", "Environment update is starting.");
        world.instances_health.value_mut().unwrap()[0].status = Some("NoData".into());
    });
    first(&world, "EB-05");
}

#[test]
fn instances_that_do_not_do_their_work() {
    let world = sick(|world| {
        let one = &mut world.instances_health.value_mut().unwrap()[0];
        one.status = Some("NoData".into());
        one.root_volume_used = Some(Percent(9_900));
        event(world, 9, "ERROR", "instance has not responded in the allowed command timeout time");
    });
    first(&world, "EB-07");
    let world = sick(|world| {
        event(
            world,
            9,
            "ERROR",
            "The following instances have not responded in the allowed command timeout time (they might still finish eventually on their own): [i-0a2b].",
        );
    });
    first(&world, "EB-08");
    let world = sick(|world| {
        event(
            world,
            9,
            "ERROR",
            "[Instance: i-0a2b] Command failed on instance. Return code: 137 Output: npm install Killed.",
        );
    });
    first(&world, "EB-09");
    let world = sick(|world| {
        world.compute.statuses.value_mut().unwrap()[0].machine = Some("impaired".into());
    });
    first(&world, "EB-36");
}

#[test]
fn roles_and_profiles() {
    let world = sick(|world| {
        world.identity.service_role = absent("iam:GetRole");
        health(world, "Grey", "Suspended", &[]);
    });
    first(&world, "EB-11");
    assert!(of_role(&world, Role::Symptom).contains(&"EB-10"));
    let world = sick(|world| health(world, "Grey", "Suspended", &[]));
    first(&world, "EB-10");
    let world = sick(|world| world.identity.profile = absent("iam:GetInstanceProfile"));
    first(&world, "EB-12");
    // An old text says nothing against a profile that is whole again.
    let mut world = healthy();
    let text = "The instance profile aws-elasticbeanstalk-ec2-role associated with the environment does not exist.";
    event(&mut world, 9, "ERROR", text);
    assert!(!causes(&world).contains(&"EB-12"));
}

#[test]
fn what_instances_still_run_is_gone_back_to() {
    let world = sick(|world| {
        event(
            world,
            9,
            "ERROR",
            "[Instance: i-0a1b] Command failed on instance. Return code: 1 Output: Engine execution has encountered an error..",
        );
        event(world, 8, "ERROR", "Failed to deploy application.");
        for one in world.instances_health.value_mut().unwrap() {
            one.version_label = Some("v41".into());
            one.deployment = None;
        }
        world.versions = Observed::NotCollected;
    });
    first(&world, "APP-05");
    let FindingKind::Application(ApplicationFault::CommandFailed { last_good, .. }) =
        diagnose(&world).findings.remove(0).kind
    else {
        panic!()
    };
    assert_eq!(last_good.as_deref(), Some("v41"));
}

#[test]
fn versions_that_differ() {
    let mut world = healthy();
    world.instances_health.value_mut().unwrap()[1].version_label = Some("v41".into());
    assert_eq!(causes(&world), ["EB-14"]);
    let world = sick(|world| {
        event(
            world,
            9,
            "ERROR",
            "During an aborted deployment, some instances may have deployed the new application version. To ensure all instances are running the same version, re-deploy the appropriate application version.",
        );
        event(world, 8, "ERROR", "Failed to deploy configuration.");
        world.instances_health.value_mut().unwrap()[1].version_label = Some("v41".into());
    });
    first(&world, "EB-13");
}

#[test]
fn what_was_left_or_deleted_by_hand() {
    let mut world = healthy();
    let mut left = world.scaling.groups.items()[0].clone();
    left.name = format!("awseb-{ID}-immutable-stack-AWSEBAutoScalingGroup-9");
    world.scaling.groups.value_mut().unwrap().push(left);
    assert_eq!(causes(&world), ["EB-15"]);

    let world = sick(|world| {
        world.scaling.groups = known("autoscaling:DescribeAutoScalingGroups", Vec::new());
        health(
            world,
            "Red",
            "Severe",
            &["There are no instances. Auto Scaling group desired capacity is set to 1."],
        );
    });
    first(&world, "EB-22");
    let world = sick(|world| {
        world.balancing.load_balancers =
            known("elasticloadbalancing:DescribeLoadBalancers", Vec::new());
        world.balancing.targets = known("elasticloadbalancing:DescribeTargetHealth", Vec::new());
    });
    first(&world, "EB-21");
    let world = sick(|world| {
        let group = &mut world.scaling.groups.value_mut().unwrap()[0];
        (group.min, group.max, group.desired) = (0, 0, 0);
        group.instances.clear();
        health(world, "Grey", "Unknown", &[]);
    });
    first(&world, "EB-34");
    let world = sick(|world| {
        world.scaling.groups.value_mut().unwrap()[0].suspended =
            vec![("Launch".into(), "User suspended".into())];
    });
    first(&world, "EB-25");
    let world = sick(|world| {
        health(
            world,
            "Yellow",
            "Warning",
            &["Auto Scaling group (x) notifications have been deleted or modified"],
        );
    });
    first(&world, "EB-23");
}

fn with_database(world: &mut Snapshot) {
    option(world, "aws:rds:dbinstance", "HasCoupledDatabase", Some("true"));
    option(world, "aws:rds:dbinstance", "DBDeletionPolicy", Some("Snapshot"));
    option(world, "aws:rds:dbinstance", "DBAllocatedStorage", Some("20"));
    let resources = stack(world).resources.value_mut().unwrap();
    let mut own = resources[0].clone();
    own.logical = "AWSEBRDSDatabase".into();
    own.kind = "AWS::RDS::DBInstance".into();
    own.physical = Some("awseb-db".into());
    resources.push(own);
    let database = Database {
        id: "awseb-db".into(),
        status: Some("available".into()),
        engine: Some("postgres".into()),
        class: Some("db.t3.micro".into()),
        storage_gib: Some(20),
        protected: false,
        groups: vec!["sg-0dbb".into()],
        vpc: Some(VPC.into()),
        port: Some(5432),
        host: None,
    };
    world.databases.instances = known("rds:DescribeDBInstances", vec![database]);
    let admits: SecurityGroup = SecurityGroup {
        id: "sg-0dbb".into(),
        name: "db".into(),
        ingress: vec![rule(INSTANCE_GROUP, Some((5432, 5432)))],
        tags: vec![("aws:cloudformation:stack-name".into(), STACK.into())],
        ..group(world, "sg-0def").clone()
    };
    world.network.groups.value_mut().unwrap().push(admits);
}

#[test]
fn a_coupled_database() {
    let mut world = healthy();
    with_database(&mut world);
    assert_eq!(causes(&world), [""; 0]);
    assert_eq!(of_role(&world, Role::Risk), ["EB-20"]);

    group(&mut world, "sg-0dbb").ingress.clear();
    assert_eq!(causes(&world), ["APP-11"]);
    assert_eq!(diagnose(&world).verdict, Verdict::Degraded);

    let mut world = healthy();
    with_database(&mut world);
    world.databases.instances.value_mut().unwrap()[0].storage_gib = Some(50);
    event(&mut world, 9, "ERROR", "Failed to deploy application.");
    first(&world, "EB-27");

    let mut world = healthy();
    with_database(&mut world);
    world.databases.instances = known("rds:DescribeDBInstances", Vec::new());
    event(&mut world, 9, "ERROR", "Failed to deploy configuration.");
    first(&world, "EB-26");
}

#[test]
fn a_terminated_environment_that_cannot_come_back() {
    let mut world = healthy();
    environment(&mut world).status = EnvironmentStatus::Terminated;
    environment(&mut world).updated = Some(ago(50 * 24 * 60));
    first(&world, "EB-19");
    assert_eq!(diagnose(&world).verdict, Verdict::Terminated);
    let mut world = healthy();
    environment(&mut world).status = EnvironmentStatus::Terminated;
    event(&mut world, 20, "ERROR", "Failed to launch environment.");
    first(&world, "EB-30");
}

#[test]
fn a_broken_link_is_a_risk_while_all_is_well() {
    let mut world = healthy();
    let link = EnvironmentLink { link: "queue".into(), environment: "shop-queue".into() };
    environment(&mut world).links = vec![link];
    assert_eq!(causes(&world), [""; 0]);
    assert_eq!(of_role(&world, Role::Risk), ["EB-35"]);
}

#[test]
fn a_platform_that_moved_and_does_not_work_since() {
    let world = sick(|world| {
        environment(world).platform_arn = Some(NEWER_PLATFORM.into());
        event(world, 60, "INFO", "Managed platform update is in-progress.");
        let moved = &mut world.events.value_mut().unwrap()[0];
        moved.platform_arn = Some(NEWER_PLATFORM.into());
        let action = ManagedAction {
            id: "1".into(),
            kind: Some("PlatformUpdate".into()),
            status: Some("Completed".into()),
            description: Some("Update to 6.5.1".into()),
            failure_type: None,
            failure: None,
            at: Some(ago(60)),
            finished: Some(ago(50)),
        };
        world.managed.history =
            known("elasticbeanstalk:DescribeEnvironmentManagedActionHistory", vec![action]);
    });
    first(&world, "PL-14");
    let FindingKind::Platform(PlatformFault::Moved { worked, by_managed_update, .. }) =
        diagnose(&world).findings.remove(0).kind
    else {
        panic!()
    };
    assert_eq!((worked.as_str(), by_managed_update), (PLATFORM, true));
    // That the health check fails on it is how it shows.
    let mut world = world;
    unhealthy_targets(&mut world, "Target.ResponseCodeMismatch");
    first(&world, "PL-14");
    assert!(of_role(&world, Role::Symptom).contains(&"APP-02"));
}

#[test]
fn retired_branches_and_withdrawn_images() {
    let mut world = healthy();
    world.platforms.current.value_mut().unwrap().branch_state = Some("retired".into());
    assert_eq!(causes(&world), [""; 0]);
    assert_eq!(of_role(&world, Role::Risk), ["PL-03"]);
    let world = sick(|world| {
        world.platforms.current.value_mut().unwrap().branch_state = Some("retired".into());
        world.compute.images = known("ec2:DescribeImages", Vec::new());
    });
    first(&world, "PL-04");
    let world = sick(|world| {
        option(world, "aws:autoscaling:launchconfiguration", "ImageId", Some("ami-0bad"));
        world.compute.launch_templates.value_mut().unwrap()[0].image = Some("ami-0bad".into());
    });
    first(&world, "PL-10");
    let world = sick(|world| {
        world.compute.images.value_mut().unwrap()[0].architecture = Some("arm64".into());
    });
    first(&world, "PL-17");
}

#[test]
fn a_managed_update_without_permission() {
    let mut world = healthy();
    let action = ManagedAction {
        id: "1".into(),
        kind: Some("PlatformUpdate".into()),
        status: Some("Failed".into()),
        description: None,
        failure_type: Some("PermissionsError".into()),
        failure: Some("is not authorized to perform: ec2:CreateLaunchTemplate".into()),
        at: Some(ago(100)),
        finished: Some(ago(90)),
    };
    world.managed.history =
        known("elasticbeanstalk:DescribeEnvironmentManagedActionHistory", vec![action]);
    first(&world, "PL-12");
}

fn unhealthy_targets(world: &mut Snapshot, reason: &str) {
    for target in world.balancing.targets.value_mut().unwrap() {
        target.state = Some("unhealthy".into());
        target.reason = Some(reason.into());
    }
}

#[test]
fn health_checks_that_fail() {
    let world = sick(|world| {
        unhealthy_targets(world, "Target.Timeout");
        health(
            world,
            "Red",
            "Severe",
            &["ELB health is failing or not available for all instances."],
        );
    });
    first(&world, "APP-01");
    let world = sick(|world| {
        unhealthy_targets(world, "Target.ResponseCodeMismatch");
        health(
            world,
            "Red",
            "Severe",
            &["ELB health is failing or not available for all instances."],
        );
    });
    first(&world, "APP-02");
    let world = sick(|world| {
        health(
            world,
            "Red",
            "Severe",
            &["100.0 % of the requests to the ELB are erroring with HTTP 4xx (3 minutes ago)."],
        );
    });
    first(&world, "APP-03");
}

#[test]
fn bundles_and_queues() {
    let world = sick(|world| world.surroundings.bundle.value_mut().unwrap().bytes = None);
    first(&world, "APP-04");
    let world =
        sick(|world| world.surroundings.bundle.value_mut().unwrap().bytes = Some(700 << 20));
    first(&world, "APP-12");
    let mut world = worker();
    health(&mut world, "Red", "Severe", &["5 messages in Dead Letter Queue (15 seconds ago)"]);
    first(&world, "APP-10");
}

fn mail(world: &mut Snapshot, account: MailAccount, verified: bool) {
    clue(world, "SMTP_HOST", vec![Clue::SmtpEndpoint { region: REGION.into() }]);
    world.mail.account = known("sesv2:GetAccount", account);
    let identity = MailIdentity {
        name: "shop.example".into(),
        kind: "DOMAIN".into(),
        verified,
        status: Some("SUCCESS".into()),
        mail_from: None,
    };
    world.mail.identities = known("sesv2:ListEmailIdentities", vec![identity]);
}

fn account() -> MailAccount {
    MailAccount {
        production: true,
        sending: true,
        enforcement: Some("HEALTHY".into()),
        daily_quota: 50_000,
        sent: 10,
        per_second: 14,
    }
}

#[test]
fn mail_that_does_not_leave_is_a_cause_although_all_is_green() {
    let cases: Vec<(&str, MailAccount, bool)> = vec![
        ("SES-01", MailAccount { production: false, ..account() }, true),
        ("SES-01", account(), false),
        ("SES-03", MailAccount { sending: false, ..account() }, true),
        ("SES-06", MailAccount { sent: 50_000, ..account() }, true),
    ];
    for (code, account, verified) in cases {
        let mut world = healthy();
        mail(&mut world, account, verified);
        assert_eq!(causes(&world), [code]);
        assert_eq!(diagnose(&world).verdict, Verdict::Degraded, "{code}");
    }
    let mut world = healthy();
    mail(&mut world, account(), true);
    assert_eq!(causes(&world), [""; 0]);
}

#[test]
fn mail_settings_that_cannot_work() {
    let mut world = healthy();
    mail(&mut world, account(), true);
    clue(&mut world, "SMTP_PORT", vec![Clue::Port { port: 25 }]);
    first(&world, "SES-05");
    let mut world = healthy();
    mail(&mut world, account(), true);
    clue(
        &mut world,
        "SMTP_USER",
        vec![Clue::AccessKey { prefix: "ASIA".into(), last_four: "WXYZ".into() }],
    );
    first(&world, "SES-08");
    let mut world = healthy();
    mail(&mut world, account(), true);
    clue(
        &mut world,
        "SMTP_USER",
        vec![Clue::AccessKey { prefix: "AKIA".into(), last_four: "WXYZ".into() }],
    );
    world.identity.access_keys =
        known("iam:ListAccessKeys", vec![("WXYZ".into(), "Inactive".into())]);
    first(&world, "SES-02");
    let mut world = healthy();
    mail(&mut world, account(), true);
    world.settings.value_mut().unwrap().properties.clear();
    clue(&mut world, "SMTP_HOST", vec![Clue::SmtpEndpoint { region: "eu-west-1".into() }]);
    first(&world, "SES-04");
    let mut world = healthy();
    mail(&mut world, account(), true);
    group(&mut world, INSTANCE_GROUP).egress = vec![rule("0.0.0.0/0", Some((80, 443)))];
    first(&world, "SES-09");
    let mut world = healthy();
    mail(&mut world, account(), true);
    world.mail.identities.value_mut().unwrap()[0].mail_from = Some("FAILED".into());
    first(&world, "SES-10");
}

#[test]
fn the_way_to_a_hosted_database() {
    let mongo = |world: &mut Snapshot| clue(world, "MONGO_URL", vec![Clue::HostedMongo]);
    let mut world = healthy();
    mongo(&mut world);
    assert_eq!(causes(&world), [""; 0], "peered and routed");
    table(&mut world, PRIVATE_TABLE).routes.retain(|route| !route.target.id().starts_with("pcx-"));
    assert_eq!(causes(&world), ["ATL-01"]);
    assert_eq!(diagnose(&world).verdict, Verdict::Degraded);

    let mut world = healthy();
    peering(&mut world).requester.cidrs = vec![cidr("10.20.64.0/21")];
    assert_eq!(causes(&world), ["ATL-02"]);

    let world = sick(mongo);
    first(&world, "ATL-03");

    let mut world = healthy();
    mongo(&mut world);
    group(&mut world, INSTANCE_GROUP).egress = vec![rule("0.0.0.0/0", Some((80, 443)))];
    first(&world, "ATL-04");

    let world = sick(|world| {
        mongo(world);
        peering(world).accepter.resolves_remote_dns = Some(false);
    });
    first(&world, "ATL-07");

    let mut world = healthy();
    peering(&mut world).status = "deleted".into();
    table(&mut world, PRIVATE_TABLE).routes[2].blackhole = true;
    assert_eq!(causes(&world), ["ATL-08"]);
}

#[test]
fn a_connection_of_somebody_else_needs_no_route() {
    let mut world = healthy();
    table(&mut world, PRIVATE_TABLE).routes.retain(|route| !route.target.id().starts_with("pcx-"));
    world.trail = known("cloudtrail:LookupEvents", Vec::new());
    assert_eq!(causes(&world), [""; 0]);
}

#[test]
fn little_known_of_a_sick_environment_gives_gaps_and_no_invention() {
    let mut world = little_known();
    environment(&mut world).health = Some("Red".into());
    let diagnosis = diagnose(&world);
    assert!(diagnosis.not_checked.iter().any(|line| line.needs.contains("ConfigurationSettings")));
    assert_eq!(diagnosis.causes().count(), 0);
    assert_eq!(diagnosis.verdict, Verdict::Degraded);
}

/// A change of the health check is taken back only where nothing but the default can have been before.
#[test]
fn a_health_check_that_a_change_set_for_the_first_time() {
    let process = "aws:elasticbeanstalk:environment:process:default";
    let path = serde_json::json!([{"namespace": process, "optionName": "HealthCheckPath"}]);
    let none = serde_json::json!([]);
    let changed = |created: serde_json::Value, days: i64| {
        let mut world = sick(|world| unhealthy_targets(world, "Target.Timeout"));
        world.environment.value_mut().unwrap().created = Some(ago(days * 24 * 60));
        event(&mut world, 300, "INFO", "Environment health has transitioned from Pending to Ok.");
        let call = |options| serde_json::json!({"environmentId": ID, "optionSettings": options});
        trail(&mut world, 400, "CreateEnvironment", call(created), serde_json::Value::Null);
        trail(&mut world, 90, "UpdateEnvironment", call(path.clone()), serde_json::Value::Null);
        let found = diagnose(&world).findings.into_iter().find_map(|one| {
            let FindingKind::Application(ApplicationFault::HealthCheck { changed, .. }) = one.kind
            else {
                return None;
            };
            Some(changed)
        });
        found.unwrap()
    };
    assert_eq!(changed(none.clone(), 2), ["HealthCheckPath"]);
    assert_eq!(changed(path.clone(), 2), [""; 0], "another value was set before");
    assert_eq!(changed(none, 200), [""; 0], "CloudTrail does not tell of its whole life");
}
