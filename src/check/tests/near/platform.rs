//! Platforms, images, and managed updates.

use super::*;
use crate::world::{Image, InstanceType, ManagedAction, PlatformBranch};

const LAUNCH: &str = "aws:autoscaling:launchconfiguration";

/// An image of one's own that the launch template names.
fn with_own_image(state: Option<&str>) -> Snapshot {
    let mut world = healthy();
    option(&mut world, LAUNCH, "ImageId", Some("ami-0c0ffee"));
    world.compute.launch_templates.value_mut().unwrap()[0].image = Some("ami-0c0ffee".into());
    if let Some(state) = state {
        world.compute.images.value_mut().unwrap().push(Image {
            id: "ami-0c0ffee".into(),
            architecture: Some("x86_64".into()),
            state: Some(state.into()),
            name: None,
            owner: Some("999988887777".into()),
            created: None,
        });
    }
    world
}

/// A managed update so many minutes ago.
fn action(minutes: i64, status: &str) -> ManagedAction {
    let denied = status == "Failed";
    ManagedAction {
        id: minutes.to_string(),
        kind: Some("PlatformUpdate".into()),
        status: Some(status.into()),
        description: None,
        failure_type: denied.then(|| "PermissionsError".into()),
        failure: denied
            .then(|| "is not authorized to perform: ec2:CreateLaunchTemplate".to_owned()),
        at: Some(ago(minutes + 5)),
        finished: Some(ago(minutes)),
    }
}

/// The environment was moved from this platform ten hours ago, and is ill by now.
fn moved_from(before: &str) -> Snapshot {
    let mut world = healthy();
    environment(&mut world).platform_arn = Some(NEWER_PLATFORM.into());
    for event in world.events.value_mut().unwrap() {
        event.platform_arn = Some(before.into());
    }
    let on_newer = [
        (600, "INFO", "Environment update is starting."),
        (590, "INFO", "Environment health has transitioned from Info to Ok."),
    ];
    for (minutes, severity, text) in on_newer {
        event(&mut world, minutes, severity, text);
    }
    world
}

/// Health went bad so many minutes ago.
fn went_bad(world: &mut Snapshot, minutes: i64) {
    let text = "Environment health has transitioned from Ok to Severe. 100.0 % of the requests are erroring with HTTP 5xx.";
    event(world, minutes, "WARN", text);
    for event in world.events.value_mut().unwrap() {
        if event.at >= ago(600) {
            event.platform_arn = Some(NEWER_PLATFORM.into());
        }
    }
    health(world, "Red", "Severe", &[]);
    for one in world.instances_health.value_mut().unwrap() {
        one.status = Some("Severe".into());
    }
}

/// An ill environment without version 1 of the metadata service, and a call that set the option.
fn metadata_switched(minutes: i64, id: &str) -> Snapshot {
    let mut world = healthy();
    option(&mut world, LAUNCH, "DisableIMDSv1", Some("true"));
    let request = serde_json::json!({"environmentId": id, "optionSettings":
        [{"optionName": "DisableIMDSv1", "namespace": LAUNCH}]});
    trail(&mut world, minutes, "UpdateEnvironment", request, serde_json::json!(null));
    health(&mut world, "Red", "Severe", &[]);
    world
}

pub(super) const NEAR: &[Near] = &[
    near("PL-01", "an environment that runs on a version off the list may stay there", |broken| {
        let mut world = healthy();
        let stacks = world.platforms.solution_stacks.value_mut().unwrap();
        stacks.retain(|name| !name.contains("v6.4.3"));
        if broken {
            let text = "No Solution Stack named '64bit Amazon Linux 2023 v6.4.3 running Node.js 20' found.";
            event(&mut world, 10, "ERROR", text);
        }
        world
    }),
    other("PL-02", "the name is off every account's list", &["PL-01"], |broken| {
        failing(
            broken,
            "Solution Stack '64bit Amazon Linux 2016.03 v2.2.0 running Tomcat 8 Java 8': NOT FOUND",
            "No Solution Stack named '64bit Amazon Linux 2016.03 v2.2.0 running Tomcat 8 Java 8' found.",
        )
    }),
    near("PL-03", "the branch that retired is another one of the language", |broken| {
        let mut world = healthy();
        if broken {
            world.platforms.current.value_mut().unwrap().branch_state = Some("retired".into());
        }
        let retired = PlatformBranch {
            name: "Node.js 18 running on 64bit Amazon Linux 2023".into(),
            state: Some("retired".into()),
            order: Some(2),
        };
        world.platforms.branches.value_mut().unwrap().push(retired);
        world
    }),
    near("PL-04", "the branch is retired, and its image is still to be had", |broken| {
        sick(|world| {
            world.platforms.current.value_mut().unwrap().branch_state = Some("retired".into());
            if broken {
                world.compute.images.value_mut().unwrap()[0].id = "ami-0ther".into();
            }
        })
    }),
    near("PL-05", "an older account goes on with the launch configuration it has", |broken| {
        let mut world = healthy();
        let group = &mut world.scaling.groups.value_mut().unwrap()[0];
        group.launch_template = None;
        group.launch_configuration = Some("awseb-AWSEBAutoScalingLaunchConfiguration-1".into());
        if broken {
            let text = "Creating Auto Scaling launch configuration failed Reason: The Launch Configuration creation operation is not available in your account.";
            event(&mut world, 10, "ERROR", text);
        }
        world
    }),
    other("PL-06", "Elastic Beanstalk's own list refuses the type", &["PL-07"], |broken| {
        failing(
            broken,
            "The specified instance type m7a.medium is not valid",
            "Invalid option value: 'm7a.medium' (Namespace: 'aws:autoscaling:launchconfiguration', OptionName: 'InstanceType'): Value is not one of the allowed values: [c1.medium]",
        )
    }),
    near("PL-07", "the value of another option is refused", |broken| {
        failing(
            broken,
            "Invalid option value: 'r5a.xlarge' (Namespace: 'aws:autoscaling:launchconfiguration', OptionName: 'InstanceType'): Value is not one of the allowed values: [c1.medium]",
            "Invalid option value: 'gp5' (Namespace: 'aws:autoscaling:launchconfiguration', OptionName: 'RootVolumeType'): Value is not one of the allowed values: [gp2, gp3]",
        )
    }),
    near("PL-08", "an option nobody knows is no fault while nothing fails", |broken| {
        let mut world = healthy();
        let namespace = "aws:elasticbeanstalk:container:python";
        let row = ("error", "Unknown configuration setting.", namespace, "StaticFiles");
        let row = (row.0.into(), row.1.into(), row.2.into(), row.3.into());
        world.validation = known("elasticbeanstalk:ValidateConfigurationSettings", vec![row]);
        if broken {
            health(&mut world, "Red", "Severe", &[]);
        }
        world
    }),
    near("PL-09", "the parameter is known and has no value", |broken| {
        failing(
            broken,
            "Configuration validation exception: Unknown or duplicate parameter: ECSTaskDefinitionName",
            "Configuration validation exception: Parameters: [ECSTaskDefinitionName] must have values",
        )
    }),
    near("PL-10", "the image is another account's and shared", |broken| {
        let mut world = with_own_image(Some("available").filter(|_| !broken));
        health(&mut world, "Red", "Severe", &[]);
        world
    }),
    near("PL-11", "the image that is set is one of the platform version's", |broken| {
        let mut world = with_own_image(Some("available"));
        if !broken {
            let images = &mut world.platforms.current.value_mut().unwrap().images;
            images.push("ami-0c0ffee".into());
        }
        world
    }),
    near(
        "PL-12",
        "the permission was given, and the next window's update went through",
        |broken| {
            let mut world = healthy();
            let mut actions = vec![action(20_000, "Failed")];
            if !broken {
                actions.push(action(9_900, "Completed"));
            }
            world.managed.history =
                known("elasticbeanstalk:DescribeEnvironmentManagedActionHistory", actions);
            world
        },
    ),
    near("PL-13", "nobody asked for managed updates", |broken| {
        let mut world = healthy();
        let namespace = "aws:elasticbeanstalk:managedactions";
        option(&mut world, namespace, "ManagedActionsEnabled", Some("false"));
        let namespace = "aws:elasticbeanstalk:healthreporting:system";
        option(&mut world, namespace, "SystemType", Some("basic"));
        if broken {
            let text = "Managed platform updates require enhanced health reporting (option SystemType in namespace aws:elasticbeanstalk:healthreporting:system).";
            event(&mut world, 10, "ERROR", text);
        }
        world
    }),
    near("PL-14", "it ran well on the new version for hours", |broken| {
        let mut world = moved_from(PLATFORM);
        went_bad(&mut world, if broken { 585 } else { 30 });
        world
    }),
    other("PL-15", "the version moved, and the runtime is the same", &["PL-14"], |broken| {
        let older = PLATFORM.replace("Node.js 20", "Node.js 18");
        let mut world = moved_from(if broken { &older } else { PLATFORM });
        went_bad(&mut world, 585);
        world
    }),
    near("PL-16", "the name of the platform is wrong in the call itself", |broken| {
        failing(
            broken,
            "Elastic Beanstalk can't find a platform version that matches \"PHP 7.4 running on 64bit Amazon Linux 2\".",
            "No Platform named 'arn:aws:elasticbeanstalk:us-west-2::platform/PHP 7.4 running on 64bit Amazon Linux 2/3.1.0' found.",
        )
    }),
    near("PL-17", "the type is of the image's other architecture too", |broken| {
        let mut world = healthy();
        health(&mut world, "Red", "Severe", &[]);
        world.compute.images.value_mut().unwrap()[0].architecture = Some("arm64".into());
        world.compute.launch_templates.value_mut().unwrap()[0].instance_type =
            Some(if broken { "t3.small" } else { "t4g.small" }.into());
        world.compute.types.value_mut().unwrap().push(InstanceType {
            name: "t4g.small".into(),
            architectures: vec!["arm64".into()],
            vcpus: 2,
        });
        world
    }),
    near("PL-18", "the switch was thrown before things were last well", |broken| {
        metadata_switched(if broken { 2_000 } else { 3_100 }, ID)
    }),
    near("PL-18", "the switch was thrown on another environment", |broken| {
        metadata_switched(90, if broken { ID } else { "e-other" })
    }),
];
