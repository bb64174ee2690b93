//! AWS's own managed policies, as far as Beanstalk's accounts have to do with them.
//!
//! The documents are those of <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/>,
//! shortened where statements have conditions that nothing here can fulfil.

use serde_json::{Value, json};

/// The policies by the end of their ARN.
const NAMES: [&str; 13] = [
    "AdministratorAccess",
    "AdministratorAccess-AWSElasticBeanstalk",
    "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess",
    "AmazonSSMManagedInstanceCore",
    "AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy",
    "AWSElasticBeanstalkMulticontainerDocker",
    "AWSElasticBeanstalkReadOnly",
    "AWSElasticBeanstalkWebTier",
    "AWSElasticBeanstalkWorkerTier",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "service-role/AWSElasticBeanstalkEnhancedHealth",
];

/// The ARNs of all of them, and of the older service policy.
pub(super) fn arns() -> Vec<String> {
    let names = NAMES.iter().copied().chain(["service-role/AWSElasticBeanstalkService"]);
    names.map(|name| format!("arn:aws:iam::aws:policy/{name}")).collect()
}

/// The document of one of AWS's policies.
pub(super) fn document(arn: &str) -> Option<String> {
    let name = arn.strip_prefix("arn:aws:iam::aws:policy/")?;
    let statements = statements(name)?;
    let document = Document { version: "2012-10-17", statement: statements };
    serde_json::to_string_pretty(&document).ok()
}

/// A policy with its members in the order that AWS writes them: simulations tell lines of it.
#[derive(serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    version: &'static str,
    statement: Vec<Value>,
}

fn allow(actions: &[&str], resources: &[&str]) -> Value {
    json!({"Effect": "Allow", "Action": actions, "Resource": resources})
}

const BUCKETS: [&str; 2] = ["arn:aws:s3:::elasticbeanstalk-*", "arn:aws:s3:::elasticbeanstalk-*/*"];
const ENVIRONMENTS: [&str; 2] =
    ["arn:aws:elasticbeanstalk:*:*:application/*", "arn:aws:elasticbeanstalk:*:*:environment/*"];
const LOGS: [&str; 1] = ["arn:aws:logs:*:*:log-group:/aws/elasticbeanstalk*"];

fn statements(name: &str) -> Option<Vec<Value>> {
    Some(match name {
        "AdministratorAccess" => vec![json!({"Effect": "Allow", "Action": "*", "Resource": "*"})],
        "PowerUserAccess" => vec![json!({
            "Effect": "Allow",
            "NotAction": ["iam:*", "organizations:*", "account:*"],
            "Resource": "*",
        })],
        "ReadOnlyAccess" => vec![read_only()],
        "AmazonS3FullAccess" => vec![allow(&["s3:*", "s3-object-lambda:*"], &["*"])],
        "AmazonS3ReadOnlyAccess" => {
            vec![allow(&["s3:Get*", "s3:List*", "s3:Describe*"], &["*"])]
        }
        "AmazonSSMManagedInstanceCore" => vec![allow(
            &[
                "ssm:DescribeAssociation",
                "ssm:UpdateInstanceInformation",
                "ssmmessages:*",
                "ec2messages:*",
            ],
            &["*"],
        )],
        "AdministratorAccess-AWSElasticBeanstalk" => vec![beanstalk_administrator()],
        "AWSElasticBeanstalkReadOnly" => vec![beanstalk_reader()],
        "AWSElasticBeanstalkWebTier" => instance_basics(),
        "AWSElasticBeanstalkWorkerTier" => worker_tier(),
        "AWSElasticBeanstalkMulticontainerDocker" => vec![allow(
            &[
                "ecs:Poll",
                "ecs:StartTask",
                "ecs:StopTask",
                "ecs:DiscoverPollEndpoint",
                "ecs:StartTelemetrySession",
                "ecs:RegisterContainerInstance",
                "ecs:DeregisterContainerInstance",
                "ecs:DescribeContainerInstances",
                "ecs:Submit*",
            ],
            &["*"],
        )],
        "service-role/AWSElasticBeanstalkEnhancedHealth" => vec![enhanced_health()],
        "service-role/AWSElasticBeanstalkService"
        | "AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy" => vec![managed_updates()],
        _ => return None,
    })
}

fn read_only() -> Value {
    allow(
        &[
            "autoscaling:Describe*",
            "cloudformation:Describe*",
            "cloudformation:Detect*",
            "cloudformation:Estimate*",
            "cloudformation:Get*",
            "cloudformation:List*",
            "cloudformation:Validate*",
            "cloudtrail:Describe*",
            "cloudtrail:Get*",
            "cloudtrail:List*",
            "cloudtrail:LookupEvents",
            "cloudwatch:Describe*",
            "cloudwatch:Get*",
            "cloudwatch:List*",
            "ec2:Describe*",
            "ec2:Get*",
            "ec2:List*",
            "ec2:Search*",
            "elasticbeanstalk:Check*",
            "elasticbeanstalk:Describe*",
            "elasticbeanstalk:List*",
            "elasticbeanstalk:Request*",
            "elasticbeanstalk:Retrieve*",
            "elasticbeanstalk:Validate*",
            "elasticloadbalancing:Describe*",
            "iam:Generate*",
            "iam:Get*",
            "iam:List*",
            "iam:Simulate*",
            "rds:Describe*",
            "rds:Download*",
            "rds:List*",
            "s3:Get*",
            "s3:List*",
            "servicequotas:Get*",
            "servicequotas:List*",
            "ses:Describe*",
            "ses:Get*",
            "ses:List*",
            "sns:Get*",
            "sns:List*",
            "sqs:Get*",
            "sqs:List*",
            "sts:GetCallerIdentity",
        ],
        &["*"],
    )
}

/// What every instance of an environment needs: its bucket, its logs, telling its health.
fn instance_basics() -> Vec<Value> {
    vec![
        allow(&["s3:Get*", "s3:List*", "s3:PutObject"], &BUCKETS),
        allow(
            &[
                "xray:PutTraceSegments",
                "xray:PutTelemetryRecords",
                "xray:GetSamplingRules",
                "xray:GetSamplingTargets",
                "xray:GetSamplingStatisticSummaries",
            ],
            &["*"],
        ),
        allow(
            &[
                "logs:PutLogEvents",
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:DescribeLogGroups",
            ],
            &LOGS,
        ),
        allow(&["elasticbeanstalk:PutInstanceStatistics"], &ENVIRONMENTS),
    ]
}

fn worker_tier() -> Vec<Value> {
    let mut statements = instance_basics();
    statements.push(allow(&["cloudwatch:PutMetricData"], &["*"]));
    statements.push(allow(
        &[
            "sqs:ChangeMessageVisibility",
            "sqs:DeleteMessage",
            "sqs:ReceiveMessage",
            "sqs:SendMessage",
        ],
        &["*"],
    ));
    statements.push(allow(
        &[
            "dynamodb:BatchGetItem",
            "dynamodb:BatchWriteItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:Scan",
            "dynamodb:UpdateItem",
        ],
        &["arn:aws:dynamodb:*:*:table/*-stack-AWSEBWorkerCronLeaderRegistry*"],
    ));
    statements
}

fn enhanced_health() -> Value {
    allow(
        &[
            "elasticloadbalancing:DescribeInstanceHealth",
            "elasticloadbalancing:DescribeLoadBalancers",
            "elasticloadbalancing:DescribeTargetHealth",
            "ec2:DescribeInstances",
            "ec2:DescribeInstanceStatus",
            "ec2:GetConsoleOutput",
            "ec2:AssociateAddress",
            "ec2:DescribeAddresses",
            "ec2:DescribeSecurityGroups",
            "sqs:GetQueueAttributes",
            "sqs:GetQueueUrl",
            "autoscaling:DescribeAutoScalingGroups",
            "autoscaling:DescribeAutoScalingInstances",
            "autoscaling:DescribeScalingActivities",
            "autoscaling:DescribeNotificationConfigurations",
            "sns:Publish",
        ],
        &["*"],
    )
}

fn managed_updates() -> Value {
    allow(
        &[
            "autoscaling:*",
            "cloudformation:*",
            "cloudwatch:DeleteAlarms",
            "cloudwatch:PutMetricAlarm",
            "codebuild:*",
            "ec2:AssociateAddress",
            "ec2:AllocateAddress",
            "ec2:AuthorizeSecurityGroup*",
            "ec2:CreateLaunchTemplate*",
            "ec2:CreateSecurityGroup",
            "ec2:CreateTags",
            "ec2:DeleteLaunchTemplate*",
            "ec2:DeleteSecurityGroup",
            "ec2:Describe*",
            "ec2:DisassociateAddress",
            "ec2:ReleaseAddress",
            "ec2:RevokeSecurityGroup*",
            "ec2:RunInstances",
            "ec2:TerminateInstances",
            "elasticbeanstalk:*",
            "elasticloadbalancing:*",
            "iam:ListRoles",
            "iam:PassRole",
            "logs:*",
            "rds:DescribeDBInstances",
            "rds:DescribeOrderableDBInstanceOptions",
            "s3:*",
            "sns:CreateTopic",
            "sns:GetTopicAttributes",
            "sns:ListSubscriptionsByTopic",
            "sns:Subscribe",
            "sqs:GetQueueAttributes",
            "sqs:GetQueueUrl",
        ],
        &["*"],
    )
}

fn beanstalk_administrator() -> Value {
    allow(
        &[
            "acm:Describe*",
            "acm:List*",
            "autoscaling:*",
            "cloudformation:*",
            "cloudtrail:LookupEvents",
            "cloudwatch:*",
            "ec2:*",
            "elasticbeanstalk:*",
            "elasticloadbalancing:*",
            "iam:Get*",
            "iam:List*",
            "iam:PassRole",
            "logs:*",
            "rds:*",
            "s3:*",
            "sns:*",
            "sqs:*",
        ],
        &["*"],
    )
}

fn beanstalk_reader() -> Value {
    allow(
        &[
            "autoscaling:Describe*",
            "cloudformation:Describe*",
            "cloudformation:Get*",
            "cloudformation:List*",
            "cloudformation:Validate*",
            "cloudtrail:LookupEvents",
            "cloudwatch:Describe*",
            "cloudwatch:GetMetricStatistics",
            "cloudwatch:ListMetrics",
            "ec2:Describe*",
            "elasticbeanstalk:Check*",
            "elasticbeanstalk:Describe*",
            "elasticbeanstalk:List*",
            "elasticbeanstalk:RequestEnvironmentInfo",
            "elasticbeanstalk:RetrieveEnvironmentInfo",
            "elasticloadbalancing:Describe*",
            "iam:GetRole",
            "iam:List*",
            "logs:Describe*",
            "rds:Describe*",
            "s3:ListAllMyBuckets",
            "sns:ListSubscriptionsByTopic",
            "sns:ListTopics",
            "sqs:ListQueues",
        ],
        &["*"],
    )
}
