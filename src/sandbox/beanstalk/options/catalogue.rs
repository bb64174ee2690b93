//! Every option the sandbox knows, with its default.
//!
//! From the developer guide's "General options for all environments" and "Platform specific
//! options"; the list of instance types is a selection.
//!
//! <https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/command-options-general.html>
//! <https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/command-options-specific.html>

#![expect(clippy::unreadable_literal, reason = "plainer as it is written")]

use crate::sandbox::beanstalk::platform::Traits;

/// One option.
#[derive(Clone, Copy, Debug)]
pub(in crate::sandbox::beanstalk) struct Definition {
    /// Its namespace.
    pub(in crate::sandbox::beanstalk) namespace: &'static str,
    /// Its name.
    pub(in crate::sandbox::beanstalk) name: &'static str,
    /// Its value if it is not set; empty for none.
    pub(in crate::sandbox::beanstalk) default: &'static str,
    /// The values it takes; none means any.
    pub(in crate::sandbox::beanstalk) choices: &'static [&'static str],
    /// The numbers it takes.
    pub(in crate::sandbox::beanstalk) range: Option<(i64, i64)>,
    /// Whether it is a list, separated by commas.
    pub(in crate::sandbox::beanstalk) list: bool,
    /// The resource it belongs to.
    pub(in crate::sandbox::beanstalk) resource: Resource,
    /// Where there is such an option.
    pub(in crate::sandbox::beanstalk) on: On,
}

/// The resource that an option is told with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sandbox::beanstalk) enum Resource {
    /// None.
    None,
    /// The Auto Scaling group.
    Group,
    /// The launch template.
    Launch,
    /// The load balancer.
    Balancer,
    /// The alarms.
    Alarm,
}

impl Resource {
    /// Its logical id. Only those of groups, templates and alarms were seen in answers.
    pub(in crate::sandbox::beanstalk) fn name(self) -> Option<&'static str> {
        match self {
            Self::None | Self::Balancer => None,
            Self::Group => Some("AWSEBAutoScalingGroup"),
            Self::Launch => Some("AWSEBAutoScalingLaunchConfiguration"),
            Self::Alarm => Some("AWSEBCloudwatchAlarmLow"),
        }
    }
}

/// The platforms and tiers that know an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sandbox::beanstalk) enum On {
    /// All.
    Everywhere,
    /// All but Windows.
    Linux,
    /// Python alone.
    Python,
    /// PHP alone.
    Php,
    /// .NET on Windows alone.
    Iis,
    /// Workers of all platforms.
    Workers,
}

const PLAIN: Definition = Definition {
    namespace: "",
    name: "",
    default: "",
    choices: &[],
    range: None,
    list: false,
    resource: Resource::None,
    on: On::Everywhere,
};

/// Namespaces in which any name is an option, or which are named by their owner.
pub(super) fn free(namespace: &str) -> bool {
    const FREE: [&str; 3] = [
        "aws:elasticbeanstalk:application:environment",
        "aws:elasticbeanstalk:customoption",
        "aws:cloudformation:template:parameter",
    ];
    // Processes, listeners and rules that the environment's owner names: `aws:elbv2:listener:443`.
    const OPEN: [&str; 6] = [
        "aws:elasticbeanstalk:environment:process:",
        "aws:elb:listener:",
        "aws:elb:policies:",
        "aws:elbv2:listener:",
        "aws:elbv2:listenerrule:",
        "aws:autoscaling:scheduledaction",
    ];
    const CLOSED: [&str; 2] =
        ["aws:elasticbeanstalk:environment:process:default", "aws:elbv2:listener:default"];
    FREE.contains(&namespace)
        || namespace.starts_with("aws:elasticbeanstalk:environment:proxy:staticfiles")
        || OPEN.iter().any(|open| namespace.starts_with(open)) && !CLOSED.contains(&namespace)
}

/// Whether a platform and tier know an option.
pub(in crate::sandbox::beanstalk) fn known(
    definition: &Definition,
    traits: Traits,
    worker: bool,
) -> bool {
    match definition.on {
        On::Everywhere => true,
        On::Linux => !traits.windows,
        On::Python => traits.language == "Python",
        On::Php => traits.language == "PHP",
        On::Iis => traits.windows,
        On::Workers => worker,
    }
}

/// The option of a name.
pub(super) fn find(namespace: &str, name: &str) -> Option<&'static Definition> {
    ALL.iter().find(|definition| definition.namespace == namespace && definition.name == name)
}

/// The default of an option; empty for none and for what is unknown.
pub(super) fn default(namespace: &str, name: &str) -> &'static str {
    find(namespace, name).map_or("", |definition| definition.default)
}

/// Instance types that `InstanceType` takes. AWS's list is some hundreds long and lags behind EC2's
/// (`PL-07`).
const TYPES: &[&str] = &[
    "t2.micro",
    "t2.small",
    "t2.medium",
    "t3.nano",
    "t3.micro",
    "t3.small",
    "t3.medium",
    "t3.large",
    "t3.xlarge",
    "t3.2xlarge",
    "t3a.micro",
    "t3a.small",
    "t3a.medium",
    "t4g.micro",
    "t4g.small",
    "t4g.medium",
    "m5.large",
    "m5.xlarge",
    "m6i.large",
    "m6g.large",
    "m7i.large",
    "c5.large",
    "c6i.large",
    "r5.large",
];

/// Every option.
#[rustfmt::skip]
pub(super) const ALL: &[Definition] = &[
    Definition { namespace: "aws:autoscaling:asg", name: "Availability Zones", default: "Any", choices: &["Any", "Any 1", "Any 2", "Any 3"], resource: Resource::Group, ..PLAIN },
    Definition { namespace: "aws:autoscaling:asg", name: "Cooldown", default: "360", range: Some((0, 10000)), resource: Resource::Group, ..PLAIN },
    Definition { namespace: "aws:autoscaling:asg", name: "Custom Availability Zones", default: "", list: true, resource: Resource::Group, ..PLAIN },
    Definition { namespace: "aws:autoscaling:asg", name: "EnableCapacityRebalancing", default: "false", choices: &["true", "false"], resource: Resource::Group, ..PLAIN },
    Definition { namespace: "aws:autoscaling:asg", name: "MinSize", default: "1", range: Some((0, 10000)), resource: Resource::Group, ..PLAIN },
    Definition { namespace: "aws:autoscaling:asg", name: "MaxSize", default: "4", range: Some((0, 10000)), resource: Resource::Group, ..PLAIN },
    Definition { namespace: "aws:autoscaling:launchconfiguration", name: "BlockDeviceMappings", default: "", resource: Resource::Launch, ..PLAIN },
    Definition { namespace: "aws:autoscaling:launchconfiguration", name: "DisableIMDSv1", default: "false", choices: &["true", "false"], resource: Resource::Launch, ..PLAIN },
    Definition { namespace: "aws:autoscaling:launchconfiguration", name: "EC2KeyName", default: "", resource: Resource::Launch, ..PLAIN },
    Definition { namespace: "aws:autoscaling:launchconfiguration", name: "IamInstanceProfile", default: "", resource: Resource::Launch, ..PLAIN },
    Definition { namespace: "aws:autoscaling:launchconfiguration", name: "ImageId", default: "", resource: Resource::Launch, ..PLAIN },
    Definition { namespace: "aws:autoscaling:launchconfiguration", name: "InstanceType", default: "t3.micro", choices: TYPES, resource: Resource::Launch, ..PLAIN },
    Definition { namespace: "aws:autoscaling:launchconfiguration", name: "LaunchTemplateTagPropagationEnabled", default: "false", choices: &["true", "false"], resource: Resource::Launch, ..PLAIN },
    Definition { namespace: "aws:autoscaling:launchconfiguration", name: "MonitoringInterval", default: "5 minute", choices: &["1 minute", "5 minute"], resource: Resource::Launch, ..PLAIN },
    Definition { namespace: "aws:autoscaling:launchconfiguration", name: "RootVolumeIOPS", default: "", resource: Resource::Launch, ..PLAIN },
    Definition { namespace: "aws:autoscaling:launchconfiguration", name: "RootVolumeSize", default: "", resource: Resource::Launch, ..PLAIN },
    Definition { namespace: "aws:autoscaling:launchconfiguration", name: "RootVolumeThroughput", default: "", resource: Resource::Launch, ..PLAIN },
    Definition { namespace: "aws:autoscaling:launchconfiguration", name: "RootVolumeType", default: "", choices: &["standard", "gp2", "gp3", "io1"], resource: Resource::Launch, ..PLAIN },
    Definition { namespace: "aws:autoscaling:launchconfiguration", name: "SSHSourceRestriction", default: "", resource: Resource::Launch, ..PLAIN },
    Definition { namespace: "aws:autoscaling:launchconfiguration", name: "SecurityGroups", default: "", list: true, resource: Resource::Launch, ..PLAIN },
    Definition { namespace: "aws:autoscaling:trigger", name: "BreachDuration", default: "5", range: Some((1, 600)), resource: Resource::Alarm, ..PLAIN },
    Definition { namespace: "aws:autoscaling:trigger", name: "EvaluationPeriods", default: "1", range: Some((1, 600)), resource: Resource::Alarm, ..PLAIN },
    Definition { namespace: "aws:autoscaling:trigger", name: "LowerBreachScaleIncrement", default: "-1", resource: Resource::Alarm, ..PLAIN },
    Definition { namespace: "aws:autoscaling:trigger", name: "LowerThreshold", default: "2000000", range: Some((0, 20000000)), resource: Resource::Alarm, ..PLAIN },
    Definition { namespace: "aws:autoscaling:trigger", name: "MeasureName", default: "NetworkOut", choices: &["CPUUtilization", "NetworkIn", "NetworkOut", "DiskWriteOps", "DiskReadBytes", "DiskReadOps", "DiskWriteBytes", "Latency", "RequestCount", "HealthyHostCount", "UnHealthyHostCount", "TargetResponseTime"], resource: Resource::Alarm, ..PLAIN },
    Definition { namespace: "aws:autoscaling:trigger", name: "Period", default: "5", resource: Resource::Alarm, ..PLAIN },
    Definition { namespace: "aws:autoscaling:trigger", name: "Statistic", default: "Average", choices: &["Minimum", "Maximum", "Sum", "Average"], resource: Resource::Alarm, ..PLAIN },
    Definition { namespace: "aws:autoscaling:trigger", name: "Unit", default: "Bytes", choices: &["Seconds", "Percent", "Bytes", "Bits", "Count", "Bytes/Second", "Bits/Second", "Count/Second", "None"], resource: Resource::Alarm, ..PLAIN },
    Definition { namespace: "aws:autoscaling:trigger", name: "UpperBreachScaleIncrement", default: "1", resource: Resource::Alarm, ..PLAIN },
    Definition { namespace: "aws:autoscaling:trigger", name: "UpperThreshold", default: "6000000", range: Some((0, 20000000)), resource: Resource::Alarm, ..PLAIN },
    Definition { namespace: "aws:autoscaling:updatepolicy:rollingupdate", name: "MaxBatchSize", default: "", range: Some((1, 10000)), resource: Resource::Group, ..PLAIN },
    Definition { namespace: "aws:autoscaling:updatepolicy:rollingupdate", name: "MinInstancesInService", default: "", range: Some((0, 9999)), resource: Resource::Group, ..PLAIN },
    Definition { namespace: "aws:autoscaling:updatepolicy:rollingupdate", name: "PauseTime", default: "", resource: Resource::Group, ..PLAIN },
    Definition { namespace: "aws:autoscaling:updatepolicy:rollingupdate", name: "RollingUpdateEnabled", default: "false", choices: &["true", "false"], resource: Resource::Group, ..PLAIN },
    Definition { namespace: "aws:autoscaling:updatepolicy:rollingupdate", name: "RollingUpdateType", default: "Time", choices: &["Time", "Health", "Immutable"], resource: Resource::Group, ..PLAIN },
    Definition { namespace: "aws:autoscaling:updatepolicy:rollingupdate", name: "Timeout", default: "PT30M", resource: Resource::Group, ..PLAIN },
    Definition { namespace: "aws:ec2:instances", name: "EnableSpot", default: "false", choices: &["true", "false"], resource: Resource::Launch, ..PLAIN },
    Definition { namespace: "aws:ec2:instances", name: "InstanceTypes", default: "t3.micro, t3.small", list: true, resource: Resource::Launch, ..PLAIN },
    Definition { namespace: "aws:ec2:instances", name: "SpotAllocationStrategy", default: "capacity-optimized", choices: &["capacity-optimized", "lowest-price", "capacity-optimized-prioritized", "price-capacity-optimized"], resource: Resource::Launch, ..PLAIN },
    Definition { namespace: "aws:ec2:instances", name: "SpotFleetOnDemandAboveBasePercentage", default: "70", range: Some((0, 100)), resource: Resource::Launch, ..PLAIN },
    Definition { namespace: "aws:ec2:instances", name: "SpotFleetOnDemandBase", default: "0", resource: Resource::Launch, ..PLAIN },
    Definition { namespace: "aws:ec2:instances", name: "SpotMaxPrice", default: "", resource: Resource::Launch, ..PLAIN },
    Definition { namespace: "aws:ec2:instances", name: "SupportedArchitectures", default: "x86_64", list: true, resource: Resource::Launch, ..PLAIN },
    Definition { namespace: "aws:ec2:vpc", name: "AssociatePublicIpAddress", default: "", choices: &["true", "false"], resource: Resource::Launch, ..PLAIN },
    Definition { namespace: "aws:ec2:vpc", name: "DBSubnets", default: "", list: true, ..PLAIN },
    Definition { namespace: "aws:ec2:vpc", name: "ELBScheme", default: "public", choices: &["public", "internal", "external"], resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:ec2:vpc", name: "ELBSubnets", default: "", list: true, resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:ec2:vpc", name: "Subnets", default: "", list: true, resource: Resource::Group, ..PLAIN },
    Definition { namespace: "aws:ec2:vpc", name: "VPCId", default: "", ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:application", name: "Application Healthcheck URL", default: "", ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:cloudwatch:logs", name: "DeleteOnTerminate", default: "false", choices: &["true", "false"], ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:cloudwatch:logs", name: "RetentionInDays", default: "7", ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:cloudwatch:logs", name: "StreamLogs", default: "false", choices: &["true", "false"], ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:cloudwatch:logs:health", name: "DeleteOnTerminate", default: "false", choices: &["true", "false"], ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:cloudwatch:logs:health", name: "HealthStreamingEnabled", default: "false", choices: &["true", "false"], ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:cloudwatch:logs:health", name: "RetentionInDays", default: "7", ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:command", name: "BatchSize", default: "100", range: Some((1, 10000)), ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:command", name: "BatchSizeType", default: "Percentage", choices: &["Fixed", "Percentage"], ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:command", name: "DeploymentPolicy", default: "AllAtOnce", choices: &["AllAtOnce", "Rolling", "RollingWithAdditionalBatch", "Immutable", "TrafficSplitting"], ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:command", name: "IgnoreHealthCheck", default: "false", choices: &["true", "false"], ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:command", name: "Timeout", default: "600", range: Some((1, 3600)), ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:control", name: "DefaultSSHPort", default: "22", ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:control", name: "LaunchTimeout", default: "0", ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:control", name: "LaunchType", default: "Migration", ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:control", name: "RollbackLaunchOnFailure", default: "false", choices: &["true", "false"], ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:environment", name: "EnvironmentType", default: "LoadBalanced", choices: &["LoadBalanced", "SingleInstance"], ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:environment", name: "ExternalExtensionsS3Bucket", default: "", ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:environment", name: "ExternalExtensionsS3Key", default: "", ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:environment", name: "LoadBalancerIsShared", default: "false", choices: &["true", "false"], ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:environment", name: "LoadBalancerType", default: "application", choices: &["classic", "application", "network"], ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:environment", name: "ServiceRole", default: "", ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:environment:process:default", name: "DeregistrationDelay", default: "20", range: Some((0, 3600)), resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:environment:process:default", name: "HealthCheckInterval", default: "15", range: Some((5, 300)), resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:environment:process:default", name: "HealthCheckPath", default: "/", resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:environment:process:default", name: "HealthCheckTimeout", default: "5", range: Some((2, 60)), resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:environment:process:default", name: "HealthyThresholdCount", default: "3", range: Some((2, 10)), resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:environment:process:default", name: "MatcherHTTPCode", default: "200", resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:environment:process:default", name: "Port", default: "80", range: Some((1, 65535)), resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:environment:process:default", name: "Protocol", default: "HTTP", choices: &["TCP", "HTTP", "HTTPS"], resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:environment:process:default", name: "StickinessEnabled", default: "false", choices: &["true", "false"], resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:environment:process:default", name: "StickinessLBCookieDuration", default: "86400", range: Some((1, 604800)), resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:environment:process:default", name: "StickinessType", default: "lb_cookie", choices: &["lb_cookie"], resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:environment:process:default", name: "UnhealthyThresholdCount", default: "5", range: Some((2, 10)), resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:environment:proxy", name: "ProxyServer", default: "nginx", choices: &["nginx", "apache", "none"], on: On::Linux, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:healthreporting:system", name: "ConfigDocument", default: "", ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:healthreporting:system", name: "EnhancedHealthAuthEnabled", default: "true", choices: &["true", "false"], ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:healthreporting:system", name: "HealthCheckSuccessThreshold", default: "Ok", choices: &["Ok", "Warning", "Degraded", "Severe"], ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:healthreporting:system", name: "SystemType", default: "enhanced", choices: &["basic", "enhanced"], ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:hostmanager", name: "LogPublicationControl", default: "false", choices: &["true", "false"], ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:managedactions", name: "ManagedActionsEnabled", default: "false", choices: &["true", "false"], ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:managedactions", name: "PreferredStartTime", default: "", ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:managedactions", name: "ServiceRoleForManagedUpdates", default: "", ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:managedactions:platformupdate", name: "InstanceRefreshEnabled", default: "false", choices: &["true", "false"], ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:managedactions:platformupdate", name: "UpdateLevel", default: "", choices: &["patch", "minor"], ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:monitoring", name: "Automatically Terminate Unhealthy Instances", default: "true", choices: &["true", "false"], ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:sns:topics", name: "Notification Endpoint", default: "", ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:sns:topics", name: "Notification Protocol", default: "email", ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:sns:topics", name: "Notification Topic ARN", default: "", ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:sns:topics", name: "Notification Topic Name", default: "", ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:sqsd", name: "ConnectTimeout", default: "5", range: Some((1, 60)), on: On::Workers, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:sqsd", name: "ErrorVisibilityTimeout", default: "2", range: Some((0, 43200)), on: On::Workers, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:sqsd", name: "HttpConnections", default: "50", range: Some((1, 100)), on: On::Workers, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:sqsd", name: "HttpPath", default: "/", on: On::Workers, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:sqsd", name: "InactivityTimeout", default: "299", range: Some((1, 36000)), on: On::Workers, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:sqsd", name: "MaxRetries", default: "10", range: Some((1, 100)), on: On::Workers, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:sqsd", name: "MimeType", default: "application/json", on: On::Workers, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:sqsd", name: "RetentionPeriod", default: "345600", range: Some((60, 1209600)), on: On::Workers, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:sqsd", name: "VisibilityTimeout", default: "300", range: Some((0, 43200)), on: On::Workers, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:sqsd", name: "WorkerQueueURL", default: "", on: On::Workers, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:trafficsplitting", name: "EvaluationTime", default: "5", range: Some((3, 600)), ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:trafficsplitting", name: "NewVersionPercent", default: "10", range: Some((1, 100)), ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:xray", name: "XRayEnabled", default: "false", choices: &["true", "false"], ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:container:python", name: "NumProcesses", default: "1", on: On::Python, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:container:python", name: "NumThreads", default: "15", on: On::Python, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:container:python", name: "WSGIPath", default: "application", on: On::Python, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:container:php:phpini", name: "allow_url_fopen", default: "On", choices: &["On", "Off"], on: On::Php, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:container:php:phpini", name: "composer_options", default: "", on: On::Php, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:container:php:phpini", name: "display_errors", default: "Off", choices: &["On", "Off"], on: On::Php, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:container:php:phpini", name: "document_root", default: "/", on: On::Php, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:container:php:phpini", name: "max_execution_time", default: "60", on: On::Php, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:container:php:phpini", name: "memory_limit", default: "256M", on: On::Php, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:container:php:phpini", name: "zlib.output_compression", default: "Off", choices: &["On", "Off"], on: On::Php, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:container:dotnet:apppool", name: "Enable 32-bit Applications", default: "False", choices: &["True", "False"], on: On::Iis, ..PLAIN },
    Definition { namespace: "aws:elasticbeanstalk:container:dotnet:apppool", name: "Target Runtime", default: "4.0", choices: &["2.0", "4.0"], on: On::Iis, ..PLAIN },
    Definition { namespace: "aws:elb:healthcheck", name: "HealthyThreshold", default: "3", range: Some((2, 10)), resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elb:healthcheck", name: "Interval", default: "10", range: Some((5, 300)), resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elb:healthcheck", name: "Target", default: "", resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elb:healthcheck", name: "Timeout", default: "5", range: Some((2, 60)), resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elb:healthcheck", name: "UnhealthyThreshold", default: "5", range: Some((2, 10)), resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elb:listener", name: "InstancePort", default: "80", range: Some((1, 65535)), resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elb:listener", name: "InstanceProtocol", default: "", resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elb:listener", name: "ListenerEnabled", default: "true", choices: &["true", "false"], resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elb:listener", name: "ListenerProtocol", default: "HTTP", choices: &["HTTP", "TCP"], resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elb:listener", name: "SSLCertificateId", default: "", resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elb:loadbalancer", name: "CrossZone", default: "true", choices: &["true", "false"], resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elb:loadbalancer", name: "SecurityGroups", default: "", list: true, resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elb:policies", name: "ConnectionDrainingEnabled", default: "false", choices: &["true", "false"], resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elb:policies", name: "ConnectionDrainingTimeout", default: "20", range: Some((1, 3600)), resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elb:policies", name: "ConnectionSettingIdleTimeout", default: "60", range: Some((1, 3600)), resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elbv2:listener:default", name: "DefaultProcess", default: "default", resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elbv2:listener:default", name: "ListenerEnabled", default: "true", choices: &["true", "false"], resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elbv2:listener:default", name: "Protocol", default: "HTTP", choices: &["HTTP", "HTTPS", "TCP"], resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elbv2:listener:default", name: "Rules", default: "", list: true, resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elbv2:listener:default", name: "SSLCertificateArns", default: "", list: true, resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elbv2:listener:default", name: "SSLPolicy", default: "", resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elbv2:loadbalancer", name: "AccessLogsS3Bucket", default: "", resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elbv2:loadbalancer", name: "AccessLogsS3Enabled", default: "false", choices: &["true", "false"], resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elbv2:loadbalancer", name: "AccessLogsS3Prefix", default: "", resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elbv2:loadbalancer", name: "IdleTimeout", default: "", resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elbv2:loadbalancer", name: "ManagedSecurityGroup", default: "", resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elbv2:loadbalancer", name: "SecurityGroups", default: "", list: true, resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:elbv2:loadbalancer", name: "SharedLoadBalancer", default: "", resource: Resource::Balancer, ..PLAIN },
    Definition { namespace: "aws:rds:dbinstance", name: "DBAllocatedStorage", default: "5", ..PLAIN },
    Definition { namespace: "aws:rds:dbinstance", name: "DBDeletionPolicy", default: "Delete", choices: &["Delete", "Retain", "Snapshot"], ..PLAIN },
    Definition { namespace: "aws:rds:dbinstance", name: "DBEngine", default: "mysql", choices: &["mysql", "oracle-se1", "oracle-se2", "sqlserver-ex", "sqlserver-web", "sqlserver-se", "postgres"], ..PLAIN },
    Definition { namespace: "aws:rds:dbinstance", name: "DBEngineVersion", default: "", ..PLAIN },
    Definition { namespace: "aws:rds:dbinstance", name: "DBInstanceClass", default: "db.t3.micro", ..PLAIN },
    Definition { namespace: "aws:rds:dbinstance", name: "DBPassword", default: "", ..PLAIN },
    Definition { namespace: "aws:rds:dbinstance", name: "DBSnapshotIdentifier", default: "", ..PLAIN },
    Definition { namespace: "aws:rds:dbinstance", name: "DBUser", default: "ebroot", ..PLAIN },
    Definition { namespace: "aws:rds:dbinstance", name: "HasCoupledDatabase", default: "false", choices: &["true", "false"], ..PLAIN },
    Definition { namespace: "aws:rds:dbinstance", name: "MultiAZDatabase", default: "false", choices: &["true", "false"], ..PLAIN },
];
