//! AWS's exact texts, as the pages quote them, are recognised as the code of their page.

use super::*;

/// The texts that a page quotes as AWS's own: code in a list item, with where it was seen.
fn quoted(docs: &str) -> impl Iterator<Item = (&str, &str)> {
    docs.lines().filter_map(|line| {
        let rest = line.strip_prefix("- `")?;
        let (text, place) = rest.rsplit_once("` (")?;
        Some((text, place.trim_end_matches(')')))
    })
}

#[test]
fn each_quoted_text_is_recognised_as_a_code_that_shares_it() {
    let mut missed = Vec::new();
    for check in all() {
        for (text, place) in quoted(check.docs) {
            let statement =
                ["documentation", "said by users", "docs-"].iter().any(|one| place.contains(one));
            let by_pattern =
                messages::recognise(text).is_some_and(|row| row.codes.contains(&check.code.0));
            let known = by_pattern || statement && messages::codes_for(text).contains(&check.code);
            if !known {
                let as_what = messages::recognise(text).map(|row| row.codes);
                missed.push(format!("{}: {text} ({place}) -> {as_what:?}", check.code));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn both_grammars_of_a_reason_mean_the_same() {
    let old = "The maximum number of addresses has been reached. (Service: AmazonEC2; Status Code: 400; Error Code: AddressLimitExceeded; Request ID: 1; Proxy: null)";
    let new = "Resource handler returned message: \"The maximum number of addresses has been reached. (Service: Ec2, Status Code: 400, Request ID: 1)\" (RequestToken: 2, HandlerErrorCode: ServiceLimitExceeded)";
    assert_eq!(messages::codes_for(old), [Code("CAP-03")]);
    assert_eq!(messages::codes_for(new), [Code("CAP-03")]);
}

#[test]
fn every_code_has_one_check_with_a_page() {
    let of_kinds: Vec<Code> = FindingKind::codes().collect();
    let of_checks: Vec<Code> = all().iter().map(|check| check.code).collect();
    assert_eq!(of_kinds.len(), 152);
    for code in &of_kinds {
        assert_eq!(of_checks.iter().filter(|own| *own == code).count(), 1, "{code}");
    }
    let mut names: Vec<&str> = all().iter().map(|check| check.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 152);
    for check in all() {
        assert!(check.docs.starts_with(&format!("# {} · ", check.code)), "{}", check.code);
        assert!(check.docs.contains("## How it is repaired"), "{}", check.code);
    }
}

#[test]
fn a_check_is_found_by_code_and_by_name() {
    assert_eq!(by_code("net-03").map(|check| check.name), Some("route-blackhole"));
    assert_eq!(by_code("route-blackhole").map(|check| check.code), Some(Code("NET-03")));
    assert!(by_code("NET-99").is_none());
}

/// A world in which an operation failed just now with this event.
pub(super) fn failed_with(text: &str) -> Snapshot {
    let mut world = healthy();
    event(&mut world, 12, "INFO", "Environment update is starting.");
    event(&mut world, 10, "ERROR", text);
    world
}

/// Texts that prove their code by themselves, even if the environment still serves.
const PROVING: &[(&str, &str)] = &[
    (
        "NET-17",
        "Creating load balancer failed Reason: Resource handler returned message: \"At least two subnets in two different Availability Zones must be specified (Service: ElasticLoadBalancingV2, Status Code: 400, Request ID: 48ab27e4)\" (RequestToken: d1257c30, HandlerErrorCode: InvalidRequest)",
    ),
    (
        "NET-18",
        "Creating load balancer failed Reason: Resource handler returned message: \"A load balancer cannot be attached to multiple subnets in the same Availability Zone (Service: ElasticLoadBalancingV2, Status Code: 400, Request ID: 1)\" (RequestToken: 2, HandlerErrorCode: InvalidRequest)",
    ),
    ("NET-19", "Creating load balancer failed Reason: Default VPC not found"),
    ("NET-20", "Creating load balancer failed Reason: Default subnet in us-east-1f not found"),
    (
        "NET-21",
        "Configuration validation exception: Invalid option value: 'null' (Namespace: 'aws:ec2:vpc', OptionName: 'Subnets'): Specify the subnets for the VPC for load balancer type application.",
    ),
    (
        "NET-22",
        "Creating load balancer failed Reason: Not enough IP space available in subnet-0a01. ELB requires at least 8 free IP addresses in each subnet.",
    ),
    (
        "CFN-06",
        "DBSnapshotAlreadyExists: Cannot create the snapshot because a snapshot with the identifier shop-final already exists.",
    ),
    (
        "CFN-18",
        "Creating security group named: awseb-x failed Reason: The security group 'awseb-x' does not exist in default VPC 'vpc-c41d30a2'",
    ),
    (
        "CFN-19",
        "Service:AmazonCloudFormation, Message:Template format error: Parameter 'EnvironmentVariables' default value '[****]' length is greater than 4096.",
    ),
    (
        "CFN-20",
        "Service:AmazonCloudFormation, Message:Template error: instance of Fn::GetAtt references undefined resource AWSEBSecurityGroup.",
    ),
    (
        "CFN-21",
        "Creating security group named: sg-0fee failed Reason: Invalid id: \"awseb-e-x-stack-AWSEBSecurityGroup-G\" (expecting \"sg-...\") (Service: AmazonEC2; Status Code: 400; Error Code: InvalidGroupId.Malformed; Request ID: 1)",
    ),
    (
        "CFN-24",
        "Updating Auto Scaling group named: awseb-e-mw4kzq2ptx-stack-AWSEBAutoScalingGroup-1QX failed Reason: Autoscaling rolling updates cannot be performed because scheduled action(s) [IS-a-Start,IS-a-Stop] are currently associated with this autoscaling group; either delete these actions or suspend the ScheduledActions process and then retry the update.",
    ),
    (
        "CFN-25",
        "Creating load balancer named: arn:aws:elasticloadbalancing failed Reason: The value of 'access_logs.s3.prefix' cannot start or end with '/'",
    ),
    (
        "CFN-26",
        "Creating RDS database security group named: x failed Reason: Either the resource does not exist, or you do not have the required permissions.",
    ),
    ("CFN-27", "Environment Elastic Beanstalk environment tags cannot be updated."),
    (
        "EB-11",
        "Environment health has transitioned from Pending to Warning. There are no instances. Unable to assume role \"arn:aws:iam::277386209534:role/aws-elasticbeanstalk-service-role\"",
    ),
    ("EB-12", "Environment must have instance profile associated with it."),
    (
        "EB-26",
        "Updating RDS database named: awseb-e-x failed Reason: Resource handler returned message: \"DBInstance awseb-e-x not found. (Service: Rds, Status Code: 404, Request ID: 1)\" (RequestToken: 2, HandlerErrorCode: NotFound",
    ),
    ("EB-32", "DNS name (shop.us-west-2) is not available."),
    (
        "EB-33",
        "Unable to perform the specified operation because another operation that effects an element in this activity is already in progress.",
    ),
    ("PL-01", "No Solution Stack named '64bit Amazon Linux 2 v5.8.4 running Node.js 18' found."),
    (
        "PL-02",
        "Solution Stack '64bit Amazon Linux 2016.03 v2.2.0 running Tomcat 8 Java 8': NOT FOUND",
    ),
    (
        "PL-05",
        "Creating Auto Scaling launch configuration failed Reason: Resource handler returned message: \"The Launch Configuration creation operation is not available in your account. Use launch templates to create configuration templates for your Auto Scaling groups. (Service: AutoScaling, Status Code: 400, Request ID: 1)\" (RequestToken: 2, HandlerErrorCode: GeneralServiceException)",
    ),
    ("PL-06", "The specified instance type m7a.medium is not valid"),
    (
        "PL-07",
        "Invalid option value: 'r5a.xlarge' (Namespace: 'aws:autoscaling:launchconfiguration', OptionName: 'InstanceType'): Value is not one of the allowed values: [c1.medium]",
    ),
    (
        "PL-08",
        "Invalid option specification (Namespace: 'aws:elasticbeanstalk:container:python', OptionName: 'StaticFiles'): Unknown configuration setting.",
    ),
    (
        "PL-09",
        "Configuration validation exception: Unknown or duplicate parameter: ECSTaskDefinitionName",
    ),
    (
        "PL-12",
        "You are not authorized to perform this operation. User: arn:aws:sts::1:assumed-role/r/elasticbeanstalk is not authorized to perform: ec2:CreateTags on resource: arn:aws:ec2:us-west-2:1:launch-template/*",
    ),
    (
        "PL-13",
        "Managed platform updates require enhanced health reporting (option SystemType in namespace aws:elasticbeanstalk:healthreporting:system).",
    ),
    (
        "PL-16",
        "Elastic Beanstalk can't find a platform version that matches \"PHP 7.4 running on 64bit Amazon Linux 2\".",
    ),
    ("CAP-03", "Creating EIP failed Reason: The maximum number of addresses has been reached."),
    ("CAP-07", "The specified account has reached its limit of application versions."),
    (
        "PERM-01",
        "Creating load balancer failed Reason: API: elasticloadbalancingv2:CreateLoadBalancer User: arn:aws:iam::1:user/EB is not authorized to perform: iam:CreateServiceLinkedRole on resource: arn:aws:iam::1:role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing",
    ),
    (
        "PERM-02",
        "Access Denied: S3Bucket=elasticbeanstalk-platform-assets-ap-northeast-1, S3Key=stalks/x",
    ),
    ("PERM-03", "Service:AmazonCloudFormation, Message:S3 error: Access Denied"),
    (
        "PERM-04",
        "Service:AmazonElasticLoadBalancing, Message:User: x is not authorized to perform: elasticloadbalancing:RegisterInstancesWithLoadBalancer on resource: y",
    ),
    (
        "PERM-05",
        "User: x is not authorized to perform: ec2:RunInstances on resource: y with an explicit deny in a service control policy: arn:aws:organizations::052343574110:policy/o-y3/service_control_policy/p-kf",
    ),
    ("PERM-07", "User is not authorized to perform: autoscaling:DescribeAutoScalingGroups"),
    (
        "APP-04",
        "Unable to download from S3 location (Bucket: mybuilds  Key: myapp.war). Reason: Not Found",
    ),
    (
        "APP-05",
        "[Instance: i-0a2b] Command failed on instance. Return code: 1 Output: Engine execution has encountered an error..",
    ),
    (
        "APP-06",
        "The configuration file __MACOSX/.ebextensions/._node.config in application version v1 contains invalid YAML or JSON. YAML exception: Invalid Yaml.",
    ),
    (
        "APP-07",
        "Instance deployment: Both 'Dockerfile' and 'Dockerrun.aws.json' are missing in your source bundle. Include at least one of them in your source bundle. The deployment failed.",
    ),
    (
        "APP-09",
        "You cannot configure an Elastic Beanstalk environment with values for both the Elastic Load Balancing Target option and Application Healthcheck URL option",
    ),
];

#[test]
fn a_failure_whose_text_proves_it_is_the_cause() {
    for (code, text) in PROVING {
        let mut world = failed_with(text);
        if ["EB-11", "EB-12"].contains(code) {
            health(&mut world, "Yellow", "Warning", &[]);
        }
        assert_eq!(causes(&world).first(), Some(code), "{text}");
        let finding = diagnose(&world).findings.remove(0);
        assert!(finding.evidence.iter().any(|one| one.statement == *text), "{code}");
        assert!(!finding.title.is_empty() && !finding.evidence.is_empty());
    }
}

#[test]
fn a_failure_that_a_later_success_has_healed_says_nothing() {
    for (code, text) in PROVING {
        let mut world = failed_with(text);
        event(&mut world, 5, "INFO", "Environment update completed successfully.");
        assert_eq!(causes(&world), [""; 0], "{code}");
        assert_eq!(diagnose(&world).verdict, Verdict::Healthy, "{code}");
    }
}

/// What Auto Scaling's failed launches prove.
const LAUNCHES: &[(&str, &str)] = &[
    (
        "CAP-01",
        "You have requested more vCPU capacity than your current vCPU limit of 32 allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit. Launching EC2 instance failed.",
    ),
    (
        "CAP-02",
        "We currently do not have sufficient t3.small capacity in the Availability Zone you requested (us-west-2a). Launching EC2 instance failed.",
    ),
    (
        "CAP-04",
        "Your requested instance type (t3.small) is not supported in your requested Availability Zone (us-west-2a). Please retry your request by not specifying an Availability Zone or choosing us-west-2b. Launching EC2 instance failed.",
    ),
    (
        "CAP-05",
        "There is no Spot capacity available that matches your request. Launching EC2 instance failed.",
    ),
    ("PL-10", "AMI ami-0bad is pending, and cannot be run. Launching EC2 instance failed."),
    (
        "PL-17",
        "The requested instance type's architecture (i386) does not match the architecture in the manifest for ami-6622f00f (x86_64). Launching EC2 instance failed.",
    ),
    ("PERM-06", "Client.InternalError: Client error on launch."),
    ("APP-08", "The key pair shop does not exist. Launching EC2 instance failed."),
    (
        "NET-23",
        "There are not enough free addresses in subnet 'subnet-0a11' to satisfy the requested number of instances. Launching EC2 instance failed.",
    ),
    (
        "EB-21",
        "One or more target groups not found. Validating load balancer configuration failed.",
    ),
];

pub(super) fn launch_failed(text: &str) -> Snapshot {
    let mut world = healthy();
    let activity = crate::world::Activity {
        id: "1".into(),
        group: SCALING_GROUP.into(),
        status: "Failed".into(),
        message: Some(text.to_owned()),
        description: None,
        cause: None,
        details: None,
        at: ago(9),
    };
    world.scaling.activities = known("autoscaling:DescribeScalingActivities", vec![activity]);
    let group = &mut world.scaling.groups.value_mut().unwrap()[0];
    group.instances.truncate(1);
    health(
        &mut world,
        "Red",
        "Degraded",
        &["1 active instances is below Auto Scaling group minimum size 2."],
    );
    world
}

#[test]
fn a_failed_launch_whose_text_proves_it_is_the_cause() {
    for (code, text) in LAUNCHES {
        let world = launch_failed(text);
        assert_eq!(causes(&world).first(), Some(code), "{text}: {:?}", causes(&world));
        assert!(of_role(&world, Role::Symptom).contains(&"EB-24"), "{code}");
    }
}
