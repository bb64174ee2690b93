//! Permissions.

use super::*;

/// The policy of a bucket that takes no requests without TLS.
const TLS_ONLY: &str = r#"{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}"#;

pub(super) const NEAR: &[Near] = &[
    near("PERM-01", "the role is missing, and the load balancer stands without it", |broken| {
        let mut world = healthy();
        world.identity.balancing_role = absent("iam:GetRole");
        if broken {
            let text = "Creating load balancer failed Reason: API: elasticloadbalancingv2:CreateLoadBalancer User: arn:aws:iam::1:user/EB is not authorized to perform: iam:CreateServiceLinkedRole on resource: arn:aws:iam::1:role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing";
            event(&mut world, 10, "ERROR", text);
        }
        world
    }),
    near("PERM-02", "the bucket that may not be read is the application's own", |broken| {
        failing(
            broken,
            "Access Denied: S3Bucket=elasticbeanstalk-platform-assets-ap-northeast-1, S3Key=stalks/x",
            "Access Denied: S3Bucket=shop-builds, S3Key=v43.zip",
        )
    }),
    other(
        "PERM-03",
        "the policy denies what comes without TLS, and nobody was refused",
        &["APP-05"],
        |broken| {
            let mut world = failing(
                broken,
                "Service:AmazonCloudFormation, Message:S3 error: Access Denied",
                "[Instance: i-0a2b] Command failed on instance. Return code: 1 Output: Engine execution has encountered an error..",
            );
            world.surroundings.bundle.value_mut().unwrap().policy = Some(TLS_ONLY.into());
            world
        },
    ),
    near("PERM-04", "a person was refused a look, and no operation was", |broken| {
        let mut world = healthy();
        let refused = "User: arn:aws:iam::210987654321:user/p.novak is not authorized to perform: elasticloadbalancing:DescribeTags";
        if broken {
            event(&mut world, 10, "ERROR", refused);
        } else {
            let request = serde_json::json!({"resourceArns": [BALANCER]});
            trail(&mut world, 10, "DescribeTags", request, serde_json::json!(null));
            world.trail.value_mut().unwrap()[0].error = Some(refused.into());
        }
        world
    }),
    other(
        "PERM-05",
        "a policy of the account denies it, and none of the organization",
        &["PERM-04"],
        |broken| {
            failing(
                broken,
                "User: x is not authorized to perform: ec2:RunInstances on resource: y with an explicit deny in a service control policy: arn:aws:organizations::052343574110:policy/o-y3/service_control_policy/p-kf",
                "User: x is not authorized to perform: ec2:RunInstances on resource: y with an explicit deny in an identity-based policy",
            )
        },
    ),
    near("PERM-06", "somebody ended the instance", |broken| {
        sick(|world| {
            let ended = instance(world, INSTANCES[0]);
            ended.state = "terminated".into();
            let reason = if broken {
                ("Client.InternalError", "Client.InternalError: Client error on launch")
            } else {
                (
                    "Client.UserInitiatedShutdown",
                    "Client.UserInitiatedShutdown: User initiated shutdown",
                )
            };
            ended.state_reason = Some((reason.0.into(), reason.1.into()));
        })
    }),
    other(
        "PERM-07",
        "it is another service that scales things by itself",
        &["PERM-04"],
        |broken| {
            failing(
                broken,
                "User: x is not authorized to perform: autoscaling:DescribeAutoScalingGroups",
                "User: x is not authorized to perform: application-autoscaling:RegisterScalableTarget",
            )
        },
    ),
];
