//! One API call, decoded, and its answer: the same for all wire protocols.

use serde::Serialize;
use serde_json::Value;

/// The services the sandbox knows, by the name IAM gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// `elasticbeanstalk`, awsQuery 2010-12-01.
    ElasticBeanstalk,
    /// `cloudformation`, awsQuery 2010-05-15.
    CloudFormation,
    /// `ec2`, ec2Query 2016-11-15.
    Ec2,
    /// `autoscaling`, awsQuery 2011-01-01.
    AutoScaling,
    /// `elasticloadbalancing`, awsQuery 2015-12-01.
    LoadBalancing,
    /// `elasticloadbalancing`, awsQuery 2012-06-01: classic load balancers.
    ClassicLoadBalancing,
    /// `rds`, awsQuery 2014-10-31.
    Rds,
    /// `iam`, awsQuery 2010-05-08.
    Iam,
    /// `sts`, awsQuery 2011-06-15.
    Sts,
    /// `cloudtrail`, awsJson 1.1.
    CloudTrail,
    /// `sqs`, awsJson 1.0 and awsQuery 2012-11-05.
    Sqs,
    /// `sns`, awsQuery 2010-03-31.
    Sns,
    /// `servicequotas`, awsJson 1.1.
    ServiceQuotas,
    /// `monitoring` in signatures, awsQuery 2010-08-01 and awsJson 1.0.
    CloudWatch,
    /// `ses`, restJson of SESv2.
    Ses,
    /// `s3`, restXml.
    S3,
}

impl Service {
    /// Whether parameters reach handlers as texts, as the query protocols send them.
    pub fn speaks_texts(self) -> bool {
        match self {
            Self::ElasticBeanstalk
            | Self::CloudFormation
            | Self::Ec2
            | Self::AutoScaling
            | Self::LoadBalancing
            | Self::ClassicLoadBalancing
            | Self::Rds
            | Self::Iam
            | Self::Sts
            | Self::Sns => true,
            Self::CloudTrail
            | Self::Sqs
            | Self::ServiceQuotas
            | Self::CloudWatch
            | Self::Ses
            | Self::S3 => false,
        }
    }

    /// The prefix of the service's actions in IAM policies.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::ElasticBeanstalk => "elasticbeanstalk",
            Self::CloudFormation => "cloudformation",
            Self::Ec2 => "ec2",
            Self::AutoScaling => "autoscaling",
            Self::LoadBalancing | Self::ClassicLoadBalancing => "elasticloadbalancing",
            Self::Rds => "rds",
            Self::Iam => "iam",
            Self::Sts => "sts",
            Self::CloudTrail => "cloudtrail",
            Self::Sqs => "sqs",
            Self::Sns => "sns",
            Self::ServiceQuotas => "servicequotas",
            Self::CloudWatch => "cloudwatch",
            Self::Ses => "ses",
            Self::S3 => "s3",
        }
    }
}

/// Who makes a call, for policies and CloudTrail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Caller {
    /// `arn:aws:iam::…:user/p.novak`.
    pub arn: String,
    /// The user's or session's name.
    pub name: String,
    /// The access key it signed with.
    pub access_key: String,
    /// The service that calls in this caller's name, `cloudformation.amazonaws.com`.
    pub invoked_by: Option<String>,
}

impl Caller {
    /// An IAM user of an account.
    pub fn user(account: &str, name: &str) -> Self {
        Self {
            arn: format!("arn:aws:iam::{account}:user/{name}"),
            name: name.to_owned(),
            access_key: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            invoked_by: None,
        }
    }

    /// The same caller, with a service calling in its name.
    #[must_use]
    pub fn through(&self, service: &str) -> Self {
        Self { invoked_by: Some(service.to_owned()), ..self.clone() }
    }
}

/// One API call.
///
/// `params` has the names of the wire, lists as arrays and structures as objects whatever the
/// protocol: `Filter.1.Value.2=x` becomes `{"Filter": [{"Value": [.., "x"]}]}`, and awsQuery's
/// `.member.` disappears. Query protocols have only texts; JSON protocols keep their types.
#[derive(Clone, Debug)]
pub struct Call {
    /// Which service it is for.
    pub service: Service,
    /// The operation's name, `DescribeSubnets`.
    pub operation: String,
    /// Its parameters.
    pub params: Value,
    /// The region it was signed for.
    pub region: String,
    /// Who signed it.
    pub caller: Caller,
    /// The id its answer will carry.
    pub request_id: String,
    /// What the client calls itself.
    pub user_agent: String,
    /// The address it came from; a service's name for calls that services make.
    pub source: String,
}

/// What a service answers: a JSON tree, which the wire format writes as its protocol wants.
///
/// Objects are structures, arrays are lists, `null` is left out. In EC2's protocol a list's
/// items become `<item>`, in awsQuery `<member>`. Times are RFC 3339 texts; JSON protocols turn
/// members that their service declares as times into numbers.
pub type Answer = Result<Value, Fault>;

/// A refusal, as AWS words it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// HTTP status; most of AWS's refusals are 400.
    pub status: u16,
    /// `InvalidParameterValue` and so on.
    pub code: String,
    /// AWS's sentence.
    pub message: String,
}

impl Fault {
    /// A refusal with status 400.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { status: 400, code: code.to_owned(), message: message.into() }
    }

    /// The same with another HTTP status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The loud answer to an action the sandbox does not have.
    pub fn invalid_action(operation: &str) -> Self {
        Self::new(
            "InvalidAction",
            format!("The action {operation} is not valid for this web service."),
        )
    }

    /// The generic refusal of a value.
    pub fn invalid_value(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterValue", message)
    }
}

/// Reading parameters, whose values are texts in query protocols and typed in JSON ones.
pub trait Params {
    /// A text, absent if missing or empty.
    fn text(&self, name: &str) -> Option<&str>;
    /// A text that must be there.
    fn need(&self, name: &str) -> Result<&str, Fault>;
    /// A truth value; false if missing.
    fn flag(&self, name: &str) -> bool;
    /// A whole number.
    fn number(&self, name: &str) -> Option<i64>;
    /// A list of texts; a single text counts as a list of one.
    fn texts(&self, name: &str) -> Vec<String>;
    /// A list of structures.
    fn list(&self, name: &str) -> &[Value];
}

impl Params for Value {
    fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    fn need(&self, name: &str) -> Result<&str, Fault> {
        self.text(name).ok_or_else(|| {
            Fault::new("MissingParameter", format!("The request must contain the parameter {name}"))
        })
    }

    fn flag(&self, name: &str) -> bool {
        match self.get(name) {
            Some(Value::Bool(value)) => *value,
            Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
            _ => false,
        }
    }

    fn number(&self, name: &str) -> Option<i64> {
        match self.get(name) {
            Some(Value::Number(number)) => number.as_i64(),
            Some(Value::String(text)) => text.parse().ok(),
            _ => None,
        }
    }

    fn texts(&self, name: &str) -> Vec<String> {
        match self.get(name) {
            Some(Value::Array(items)) => {
                items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            Some(Value::String(text)) if !text.is_empty() => vec![text.clone()],
            _ => Vec::new(),
        }
    }

    fn list(&self, name: &str) -> &[Value] {
        self.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}
