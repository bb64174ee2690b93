//! Where packets have to go.

use ipnet::IpNet;

use crate::world::Snapshot;

/// Where packets have to go.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Destination {
    /// An AWS service in the region, by the last part of its endpoint's name: `s3`,
    /// `elasticbeanstalk-health`.
    Service(String),
    /// A public host: package and image sources, a mail server, a hosted database.
    Internet {
        /// What is there, in words.
        what: String,
        /// `tcp` or `udp`.
        protocol: String,
        /// The port.
        port: u16,
        /// Whether it is asked by IPv6.
        six: bool,
    },
    /// A block of private addresses, as of a peered network.
    Network {
        /// The block.
        block: IpNet,
        /// First and last port.
        ports: (u16, u16),
    },
}

impl Destination {
    /// An AWS service.
    pub fn service(name: &str) -> Self {
        Self::Service(name.to_owned())
    }

    /// A public host by IPv4 and TCP.
    pub fn internet(what: &str, port: u16) -> Self {
        Self::Internet { what: what.to_owned(), protocol: "tcp".into(), port, six: false }
    }

    /// Package sources and image registries.
    pub fn packages() -> Self {
        Self::internet("package and image sources", 443)
    }

    /// Time servers outside; instances have one of their own at 169.254.169.123, which no route
    /// and no rule can keep from them.
    // Source: EC2 user guide, "Set the time reference on your EC2 instance".
    pub fn time() -> Self {
        Self::Internet {
            what: "time servers".into(),
            protocol: "udp".into(),
            port: 123,
            six: false,
        }
    }

    /// In words.
    pub fn name(&self) -> String {
        match self {
            Self::Service(name) => match name.as_str() {
                "elasticbeanstalk" => "Elastic Beanstalk".to_owned(),
                "elasticbeanstalk-health" => "Elastic Beanstalk's health service".to_owned(),
                "cloudformation" => "CloudFormation".to_owned(),
                "email-smtp" => "the SES mail endpoint".to_owned(),
                other => other.to_uppercase(),
            },
            Self::Internet { what, .. } => what.clone(),
            Self::Network { block, .. } => block.to_string(),
        }
    }

    pub(super) fn protocol(&self) -> &str {
        match self {
            Self::Internet { protocol, .. } => protocol,
            Self::Service(_) | Self::Network { .. } => "tcp",
        }
    }

    pub(super) fn ports(&self) -> (u16, u16) {
        match self {
            Self::Service(name) if name == "email-smtp" => (587, 587),
            Self::Service(_) => (443, 443),
            Self::Internet { port, .. } => (*port, *port),
            Self::Network { ports, .. } => *ports,
        }
    }
}

/// The services that every instance of the environment has to reach.
///
/// Source: Elastic Beanstalk developer guide, "Using Elastic Beanstalk with Amazon VPC" and
/// "…with VPC endpoints": the service and its health service, CloudFormation for the signal of
/// the wait condition, S3 for the bundle, SQS for workers.
pub fn needs(world: &Snapshot) -> Vec<Destination> {
    let mut names = vec!["elasticbeanstalk", "cloudformation", "s3"];
    let settings = world.settings.value();
    let basic = settings.is_some_and(|settings| {
        settings.get("aws:elasticbeanstalk:healthreporting:system", "SystemType") == Some("basic")
    });
    if !basic {
        names.insert(1, "elasticbeanstalk-health");
    }
    let tier = world.environment.value().and_then(|own| own.tier.as_deref());
    if tier.is_some_and(|tier| tier.eq_ignore_ascii_case("worker")) {
        names.push("sqs");
    }
    names.into_iter().map(Destination::service).collect()
}
