//! The load balancer of an environment: of which kind, and what its stack makes for it.

use serde_json::{Value, json};

use super::{PROCESS, Resources, VPC, given, resource, without_nulls};
use crate::sandbox::Account;
use crate::sandbox::beanstalk::environment::Environment;
use crate::sandbox::beanstalk::neighbour;

/// The listener of a classic load balancer on port 80; others have their port behind it.
const CLASSIC_LISTENER: &str = "aws:elb:listener";
const CLASSIC_CHECK: &str = "aws:elb:healthcheck";
const CLASSIC_POLICIES: &str = "aws:elb:policies";

/// The kinds of load balancers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sandbox::beanstalk) enum Kind {
    /// Of the older generation.
    Classic,
    /// For HTTP.
    Application,
    /// For TCP.
    Network,
}

impl Kind {
    /// The kind that an environment has: none for workers and single instances.
    pub(in crate::sandbox::beanstalk) fn of(found: &Environment) -> Option<Self> {
        if found.worker || found.single() {
            return None;
        }
        let kind = found.option("aws:elasticbeanstalk:environment", "LoadBalancerType");
        Some(match kind.as_str() {
            "classic" => Self::Classic,
            "network" => Self::Network,
            _ => Self::Application,
        })
    }

    /// The logical id of the load balancer.
    pub(super) fn logical(self) -> &'static str {
        match self {
            Self::Classic => "AWSEBLoadBalancer",
            Self::Application | Self::Network => "AWSEBV2LoadBalancer",
        }
    }
}

/// The group of the load balancer.
pub(super) fn group() -> Value {
    json!({ "Fn::GetAtt": ["AWSEBLoadBalancerSecurityGroup", "GroupId"] })
}

/// Who may open connections to the instances, as a member of a rule: the load balancer's group,
/// or, behind one that has none and keeps the visitors' addresses, everybody.
pub(super) fn visitors(kind: Option<Kind>) -> (&'static str, Value) {
    match kind {
        Some(Kind::Application | Kind::Classic) => ("SourceSecurityGroupId", group()),
        Some(Kind::Network) | None => ("CidrIp", json!("0.0.0.0/0")),
    }
}

/// The port that instances listen on.
pub(super) fn instance_port(kind: Option<Kind>, found: &Environment) -> i64 {
    match kind {
        Some(Kind::Classic) => found.number(CLASSIC_LISTENER, "InstancePort"),
        Some(Kind::Application | Kind::Network) | None => found.number(PROCESS, "Port"),
    }
}

/// The load balancer with what belongs to it, and its group.
pub(super) fn make(resources: &mut Resources, account: &Account, found: &Environment, kind: Kind) {
    match kind {
        Kind::Classic => {
            security_group(resources, found, classic_listeners(found).iter().map(|it| it.0));
            classic(resources, found);
        }
        Kind::Application => {
            security_group(resources, found, listeners(found, kind).iter().map(|it| it.0));
            younger(resources, account, found, kind);
        }
        // Elastic Beanstalk gives it no group.
        Kind::Network => younger(resources, account, found, kind),
    }
}

/// Registers the instances of a group with the load balancer.
pub(super) fn serve(properties: &mut Value, kind: Option<Kind>) {
    match kind {
        Some(Kind::Classic) => {
            properties["LoadBalancerNames"] = json!([{ "Ref": "AWSEBLoadBalancer" }]);
        }
        Some(Kind::Application | Kind::Network) => {
            properties["TargetGroupARNs"] = json!([{ "Ref": "AWSEBV2LoadBalancerTargetGroup" }]);
        }
        None => {}
    }
}

fn security_group(
    resources: &mut Resources,
    found: &Environment,
    ports: impl Iterator<Item = i64>,
) {
    let open: Vec<Value> = ports
        .map(|port| {
            json!({ "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": "0.0.0.0/0" })
        })
        .collect();
    let group = json!({
        "GroupDescription": "Elastic Beanstalk created security group used when no ELB security \
                             groups are specified during ELB creation",
        "VpcId": given(&found.option(VPC, "VPCId")),
        "SecurityGroupIngress": open,
    });
    let group = resource("SecurityGroup", without_nulls(group));
    resources.insert("AWSEBLoadBalancerSecurityGroup".to_owned(), group);
}

/// Subnets and scheme, which all kinds have.
fn place(found: &Environment) -> (Vec<String>, &'static str) {
    let subnets = found.list(VPC, "ELBSubnets");
    let subnets = if subnets.is_empty() { found.list(VPC, "Subnets") } else { subnets };
    let internal = found.option(VPC, "ELBScheme") == "internal";
    (subnets, if internal { "internal" } else { "internet-facing" })
}

/// The ports that a younger load balancer listens on, with protocol.
fn listeners(found: &Environment, kind: Kind) -> Vec<(i64, String)> {
    let usual = if kind == Kind::Network { "TCP" } else { "HTTP" };
    let mut all = Vec::new();
    if found.flag("aws:elbv2:listener:default", "ListenerEnabled") {
        all.push((80, usual.to_owned()));
    }
    for (port, options) in numbered(found, "aws:elbv2:listener:") {
        let protocol = options.get("Protocol").cloned().unwrap_or_else(|| usual.to_owned());
        all.push((port, protocol));
    }
    all
}

/// Namespaces that end in a port, and are not switched off.
fn numbered<'a>(
    found: &'a Environment,
    prefix: &'a str,
) -> impl Iterator<Item = (i64, &'a std::collections::BTreeMap<String, String>)> {
    found.settings.iter().filter_map(move |(namespace, options)| {
        let port = namespace.strip_prefix(prefix)?.parse().ok()?;
        let enabled = options.get("ListenerEnabled").is_none_or(|enabled| enabled == "true");
        enabled.then_some((port, options))
    })
}

/// An application or network load balancer with target group and listeners.
fn younger(resources: &mut Resources, account: &Account, found: &Environment, kind: Kind) {
    let (mut subnets, scheme) = place(found);
    if subnets.is_empty() {
        // Where nothing is set, the default network's subnets.
        subnets = neighbour::default_subnets(account);
    }
    let network = kind == Kind::Network;
    let load_balancer = json!({
        "Type": if network { "network" } else { "application" },
        "Scheme": scheme,
        "Subnets": (!subnets.is_empty()).then_some(subnets),
        "SecurityGroups": (!network).then(|| json!([group()])),
    });
    let family = "ElasticLoadBalancingV2";
    resources.insert(
        kind.logical().to_owned(),
        resource(&format!("{family}::LoadBalancer"), without_nulls(load_balancer)),
    );
    resources.insert(
        "AWSEBV2LoadBalancerTargetGroup".to_owned(),
        resource(&format!("{family}::TargetGroup"), target_group(found, network)),
    );
    for (port, protocol) in listeners(found, kind) {
        let suffix = if port == 80 { String::new() } else { port.to_string() };
        let certificates = found.list(&format!("aws:elbv2:listener:{port}"), "SSLCertificateArns");
        let certificates: Vec<Value> =
            certificates.iter().map(|arn| json!({ "CertificateArn": arn })).collect();
        let listener = json!({
            "LoadBalancerArn": { "Ref": kind.logical() },
            "Port": port,
            "Protocol": protocol,
            "Certificates": (!certificates.is_empty()).then_some(certificates),
            "DefaultActions": [{
                "Type": "forward",
                "TargetGroupArn": { "Ref": "AWSEBV2LoadBalancerTargetGroup" },
            }],
        });
        resources.insert(
            format!("AWSEBV2LoadBalancerListener{suffix}"),
            resource(&format!("{family}::Listener"), without_nulls(listener)),
        );
    }
}

/// The target group of the default process.
fn target_group(found: &Environment, network: bool) -> Value {
    let set = |name: &str| found.settings.get(PROCESS).and_then(|it| it.get(name)).cloned();
    // "With a network load balancer: 30", and 5 and 5, and TCP, where nothing is set.
    //
    // <https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/command-options-general.html>
    let text = |name: &str, of_network: &str| {
        if network {
            set(name).unwrap_or_else(|| of_network.to_owned())
        } else {
            found.option(PROCESS, name)
        }
    };
    let number = |name: &str, of_network: &str| text(name, of_network).parse().unwrap_or(0_i64);
    let path = set("HealthCheckPath");
    let (protocol, asked) = match (network, path) {
        (true, None) => (Some("TCP"), None),
        (true, Some(path)) => (Some("HTTP"), Some(path)),
        (false, _) => (None, Some(found.option(PROCESS, "HealthCheckPath"))),
    };
    without_nulls(json!({
        "VpcId": given(&found.option(VPC, "VPCId")),
        "Port": found.number(PROCESS, "Port"),
        "Protocol": text("Protocol", "TCP"),
        "HealthCheckProtocol": protocol,
        "HealthCheckPath": asked,
        "HealthCheckIntervalSeconds": number("HealthCheckInterval", "30"),
        "HealthCheckTimeoutSeconds": number("HealthCheckTimeout", "10"),
        "HealthyThresholdCount": number("HealthyThresholdCount", "5"),
        "UnhealthyThresholdCount": number("UnhealthyThresholdCount", "5"),
        "Matcher":
            (!network).then(|| json!({ "HttpCode": found.option(PROCESS, "MatcherHTTPCode") })),
        "TargetGroupAttributes": [{
            "Key": "deregistration_delay.timeout_seconds",
            "Value": found.option(PROCESS, "DeregistrationDelay"),
        }],
    }))
}

/// The listeners of a classic load balancer: port, and the listener.
fn classic_listeners(found: &Environment) -> Vec<(i64, Value)> {
    let instance = found.number(CLASSIC_LISTENER, "InstancePort");
    let mut all = Vec::new();
    if found.flag(CLASSIC_LISTENER, "ListenerEnabled") {
        let listener = json!({
            "LoadBalancerPort": "80",
            "Protocol": found.option(CLASSIC_LISTENER, "ListenerProtocol"),
            "InstancePort": instance.to_string(),
            "InstanceProtocol": given(&found.option(CLASSIC_LISTENER, "InstanceProtocol")),
            "SSLCertificateId": given(&found.option(CLASSIC_LISTENER, "SSLCertificateId")),
        });
        all.push((80, without_nulls(listener)));
    }
    for (port, options) in numbered(found, "aws:elb:listener:") {
        let text = |name: &str| options.get(name).cloned();
        let listener = json!({
            "LoadBalancerPort": port.to_string(),
            "Protocol": text("ListenerProtocol").unwrap_or_else(|| "HTTP".to_owned()),
            "InstancePort": text("InstancePort").unwrap_or_else(|| instance.to_string()),
            "InstanceProtocol": text("InstanceProtocol"),
            "SSLCertificateId": text("SSLCertificateId"),
        });
        all.push((port, without_nulls(listener)));
    }
    all
}

/// What a classic load balancer asks instances for: the health check URL, or the older option's
/// target, and without either a connection alone.
pub(in crate::sandbox::beanstalk) fn classic_target(found: &Environment) -> String {
    let port = found.number(CLASSIC_LISTENER, "InstancePort");
    let url = found.option("aws:elasticbeanstalk:application", "Application Healthcheck URL");
    match url.as_str() {
        "" => {
            let target = found.option(CLASSIC_CHECK, "Target");
            if target.is_empty() { format!("TCP:{port}") } else { target }
        }
        path if path.starts_with('/') => format!("HTTP:{port}{path}"),
        whole => whole.to_owned(),
    }
}

fn classic(resources: &mut Resources, found: &Environment) {
    let (subnets, scheme) = place(found);
    let listeners: Vec<Value> =
        classic_listeners(found).into_iter().map(|(_, listener)| listener).collect();
    let zones = subnets.is_empty().then(|| json!({ "Fn::GetAZs": "" }));
    let draining = found.flag(CLASSIC_POLICIES, "ConnectionDrainingEnabled").then(|| {
        let timeout = found.option(CLASSIC_POLICIES, "ConnectionDrainingTimeout");
        json!({ "Enabled": true, "Timeout": timeout })
    });
    let properties = json!({
        "AvailabilityZones": zones,
        "Subnets": (!subnets.is_empty()).then_some(subnets),
        "Scheme": (scheme == "internal").then_some(scheme),
        "SecurityGroups": [group()],
        "CrossZone": found.flag("aws:elb:loadbalancer", "CrossZone"),
        "Listeners": listeners,
        "HealthCheck": {
            "Target": classic_target(found),
            "Interval": found.option(CLASSIC_CHECK, "Interval"),
            "Timeout": found.option(CLASSIC_CHECK, "Timeout"),
            "HealthyThreshold": found.option(CLASSIC_CHECK, "HealthyThreshold"),
            "UnhealthyThreshold": found.option(CLASSIC_CHECK, "UnhealthyThreshold"),
        },
        "ConnectionDrainingPolicy": draining,
        "ConnectionSettings": {
            "IdleTimeout": found.option(CLASSIC_POLICIES, "ConnectionSettingIdleTimeout"),
        },
    });
    let classic = resource("ElasticLoadBalancing::LoadBalancer", without_nulls(properties));
    resources.insert(Kind::Classic.logical().to_owned(), classic);
}
