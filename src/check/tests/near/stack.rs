//! What keeps a stack from being deleted or changed.

use super::super::others::with_database;
use super::super::rare::with_nested;
use super::super::stack::{DEPENDENT, blocked, rollback_failed, with_interface};
use super::*;
use crate::world::StackFacts;

const GROUP: &str = "AWS::EC2::SecurityGroup";

/// A termination that went as far as the instances' group, or is still going on.
fn terminating(broken: bool) -> Snapshot {
    let mut world = healthy();
    event(&mut world, 6, "INFO", "terminateEnvironment is starting.");
    stack_event(&mut world, 5, STACK, "DELETE_IN_PROGRESS", None);
    health(&mut world, "Grey", "NoData", &[]);
    for id in INSTANCES {
        instance(&mut world, id).state = "shutting-down".into();
    }
    environment(&mut world).abortable = Some(false);
    if broken {
        stack_itself(&mut world).status = "DELETE_FAILED".into();
        let group = &mut stack(&mut world).resources.value_mut().unwrap()[0];
        group.status = "DELETE_FAILED".into();
        group.reason = Some(DEPENDENT.into());
        stack_event(&mut world, 2, "AWSEBSecurityGroup", "DELETE_FAILED", Some(DEPENDENT));
    } else {
        environment(&mut world).status = crate::world::EnvironmentStatus::Terminating;
        stack_itself(&mut world).status = "DELETE_IN_PROGRESS".into();
    }
    world
}

/// What a termination that failed leaves in the environment's events.
fn termination_failed_events(world: &mut Snapshot) {
    event(world, 30, "INFO", "terminateEnvironment is starting.");
    event(
        world,
        20,
        "INFO",
        "The environment termination step failed because at least one of the environment termination workflows failed.",
    );
}

/// Another team's stack and its nested one, which is stuck.
fn nested_of_another(world: &mut Snapshot) {
    let mut root = stack(world).clone();
    let own = root.stack.value_mut().unwrap();
    own.name = "reporting".into();
    own.arn = "arn:aws:cloudformation:us-west-2:210987654321:stack/reporting/1".into();
    own.status = "UPDATE_ROLLBACK_IN_PROGRESS".into();
    let arn = own.arn.clone();
    world.stacks.insert("reporting".into(), root);
    let nested = world.stacks.get_mut(&"awseb-nested".into()).unwrap().stack.value_mut().unwrap();
    (nested.parent, nested.root) = (Some(arn.clone()), Some(arn));
}

/// A database by this name that is protected.
fn protected_database(world: &mut Snapshot, id: &str) {
    let mut with = healthy();
    with_database(&mut with);
    world.databases = with.databases;
    let database = &mut world.databases.instances.value_mut().unwrap()[0];
    database.id = id.into();
    database.protected = true;
    database.groups.clear();
}

pub(super) const NEAR: &[Near] = &[
    other("CFN-01", "the other team's rule names another group", &["CFN-02"], |broken| {
        let mut world = blocked("AWSEBSecurityGroup", GROUP, INSTANCE_GROUP, DEPENDENT);
        let named = if broken { INSTANCE_GROUP } else { "sg-0def" };
        group(&mut world, "sg-0db9").ingress.push(rule(named, Some((5432, 5432))));
        world
    }),
    near(
        "CFN-02",
        "the instances are ending and the deletion has not come to the group",
        terminating,
    ),
    other(
        "CFN-03",
        "the load balancer that carries the group is the environment's own, which is ending",
        &["EB-06"],
        |broken| {
            let own = "ELB app/awseb-AWSEB-1LB/0123456789abcdef";
            let description = if broken { "ELB app/by-hand/99" } else { own };
            with_interface(
                description,
                "load_balancer",
                BALANCER_GROUP,
                "AWSEBLoadBalancerSecurityGroup",
            )
        },
    ),
    other("CFN-04", "the function's interface carries another group", &["CFN-02"], |broken| {
        let kind = "AWS Lambda VPC ENI-reports";
        let mut world = with_interface(kind, "lambda", INSTANCE_GROUP, "AWSEBSecurityGroup");
        if !broken {
            let interfaces = world.network.interfaces.value_mut().unwrap();
            interfaces.last_mut().unwrap().groups = vec!["sg-0def".into()];
        }
        world
    }),
    other("CFN-05", "the protected database is another one", &["EB-06"], |broken| {
        let reason = "Instance awseb-db is currently in an incompatible state";
        let kind = "AWS::RDS::DBInstance";
        let mut world = blocked("AWSEBRDSDatabase", kind, "awseb-db", reason);
        protected_database(&mut world, if broken { "awseb-db" } else { "crm-db" });
        world
    }),
    near("CFN-06", "the snapshot cannot be made for another reason", |broken| {
        failing(
            broken,
            "DBSnapshotAlreadyExists: Cannot create the snapshot because a snapshot with the identifier shop-final already exists.",
            "InvalidDBInstanceState: Cannot create a snapshot because the database instance awseb-db is not currently in the available state.",
        )
    }),
    near("CFN-07", "nobody deletes anything: protection alone is no fault", |broken| {
        let kind = "AWS::ElasticLoadBalancingV2::LoadBalancer";
        let reason = "Deletion is refused";
        let mut world =
            if broken { blocked("AWSEBV2LoadBalancer", kind, BALANCER, reason) } else { healthy() };
        world.balancing.load_balancers = healthy().balancing.load_balancers;
        world.balancing.load_balancers.value_mut().unwrap()[0].protected = Some(true);
        world
    }),
    near("CFN-08", "the bucket may be full as long as nobody deletes it", |broken| {
        let (logical, kind, name) = ("Uploads", "AWS::S3::Bucket", "shop-uploads");
        let mut world =
            if broken { blocked(logical, kind, name, "Deletion is refused") } else { healthy() };
        if !broken {
            let resources = stack(&mut world).resources.value_mut().unwrap();
            let mut bucket = resources[0].clone();
            (bucket.logical, bucket.kind) = (logical.into(), kind.into());
            bucket.physical = Some(name.into());
            resources.push(bucket);
        }
        world.surroundings.buckets = known("s3:ListObjectVersions", vec![(name.into(), true)]);
        world
    }),
    near("CFN-09", "the export is imported, and nobody changes or deletes it", |broken| {
        let mut world = healthy();
        if broken {
            termination_failed_events(&mut world);
        }
        stack_itself(&mut world).exports = vec![("shop-group".into(), "sg-05e1".into())];
        let importers = vec![("shop-group".to_owned(), vec!["reporting".into()])];
        stack(&mut world).importers = known("cloudformation:ListImports", importers);
        world
    }),
    near("CFN-10", "the stack is protected, and nobody deletes it", |broken| {
        let mut world = healthy();
        if broken {
            termination_failed_events(&mut world);
        }
        stack_itself(&mut world).protected = Some(true);
        world
    }),
    near("CFN-10", "it was another stack whose deletion was refused", |broken| {
        let mut world = healthy();
        stack_itself(&mut world).protected = Some(true);
        let name = if broken { STACK } else { "reporting" };
        let request = serde_json::json!({"stackName": name});
        trail(&mut world, 9, "DeleteStack", request, serde_json::json!(null));
        world.trail.value_mut().unwrap()[0].error = Some("ValidationError".into());
        world
    }),
    near("CFN-11", "the nested stack that is stuck is another team's", |broken| {
        let mut world = with_nested("UPDATE_ROLLBACK_FAILED");
        if !broken {
            nested_of_another(&mut world);
        }
        world
    }),
    near("CFN-12", "the rollback was continued and came through", |broken| {
        let mut world = rollback_failed("AutoScalingGroup name not found - x not found");
        if !broken {
            stack_event(&mut world, 40, STACK, "UPDATE_ROLLBACK_IN_PROGRESS", None);
            stack_event(&mut world, 38, STACK, "UPDATE_ROLLBACK_COMPLETE", None);
            stack_itself(&mut world).status = "UPDATE_ROLLBACK_COMPLETE".into();
            event(&mut world, 37, "INFO", "Environment update completed successfully.");
            health(&mut world, "Green", "Ok", &[]);
        }
        world
    }),
    other(
        "CFN-13",
        "the permission was missing for the update, and going back needed none",
        &["PERM-04"],
        |broken| {
            let mut world = rollback_failed(
                "User: arn:aws:sts::1:assumed-role/aws-elasticbeanstalk-service-role/x is not authorized to perform: rds:ModifyDBInstance on resource: y (Service: Rds, Status Code: 403)",
            );
            if !broken {
                stack_event(&mut world, 40, STACK, "UPDATE_ROLLBACK_COMPLETE", None);
                stack_itself(&mut world).status = "UPDATE_ROLLBACK_COMPLETE".into();
            }
            world
        },
    ),
    near("CFN-14", "rollback is switched off, and the update went well", |broken| {
        let mut world = healthy();
        stack_itself(&mut world).rollback_disabled = Some(true);
        stack_event(&mut world, 60, STACK, "UPDATE_IN_PROGRESS", None);
        let status = if broken { "UPDATE_FAILED" } else { "UPDATE_COMPLETE" };
        stack_event(&mut world, 54, STACK, status, None);
        stack_itself(&mut world).status = status.into();
        world
    }),
    near(
        "CFN-15",
        "one signal of a batch was missing, and the update went on and ended well",
        |broken| {
            mended(
                broken,
                "Auto Scaling group update progress: Failed to receive 1 resource signal(s) for the current batch. Each resource signal timeout is counted as a FAILURE.",
            )
        },
    ),
    near("CFN-16", "the environment is being created and its stack is not there yet", |broken| {
        let mut world = healthy();
        *stack(&mut world) =
            StackFacts { stack: absent("cloudformation:DescribeStacks"), ..StackFacts::default() };
        let none = crate::world::EnvironmentResources::default();
        world.resources = known("elasticbeanstalk:DescribeEnvironmentResources", none);
        world.scaling.groups = known("autoscaling:DescribeAutoScalingGroups", Vec::new());
        health(&mut world, "Grey", "Pending", &[]);
        if !broken {
            environment(&mut world).status = crate::world::EnvironmentStatus::Launching;
            event(&mut world, 1, "INFO", "createEnvironment is starting.");
        }
        world
    }),
    near("CFN-17", "the next update of the stack went well", |broken| {
        let mut world = healthy();
        stack_event(&mut world, 30, STACK, "UPDATE_IN_PROGRESS", None);
        stack_event(&mut world, 25, "Cache", "CREATE_FAILED", Some("Something unheard of"));
        stack_event(&mut world, 24, "Queue", "CREATE_FAILED", Some("Resource creation cancelled"));
        stack_event(&mut world, 20, STACK, "UPDATE_ROLLBACK_COMPLETE", None);
        if !broken {
            stack_event(&mut world, 12, STACK, "UPDATE_IN_PROGRESS", None);
            stack_event(&mut world, 9, STACK, "UPDATE_COMPLETE", None);
        }
        world
    }),
    near("CFN-23", "a rolled back update leaves a stack that takes the next one", |broken| {
        let mut world = healthy();
        let status = if broken { "ROLLBACK_COMPLETE" } else { "UPDATE_ROLLBACK_COMPLETE" };
        stack_itself(&mut world).status = status.into();
        if broken {
            let text = format!(
                "Service:AmazonCloudFormation, Message:Stack:{STACK} is in {status} state and can not be updated."
            );
            event(&mut world, 10, "ERROR", &text);
        }
        world
    }),
    near("CFN-28", "the third try deleted it", |broken| {
        let mut world = healthy();
        let logical = "AWSEBSecurityGroup";
        stack_event(&mut world, 30, STACK, "UPDATE_IN_PROGRESS", None);
        stack_event(&mut world, 25, logical, "DELETE_FAILED", Some("it has a dependent object"));
        if !broken {
            stack_event(&mut world, 22, logical, "DELETE_COMPLETE", None);
        }
        stack_event(&mut world, 20, STACK, "UPDATE_COMPLETE", None);
        world
    }),
];
