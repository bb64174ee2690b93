//! Which service a request is for.

use std::collections::BTreeMap;

use super::{Protocol, Request, Response};
use crate::sandbox::Service;

/// What a signature tells: the key, and the scope it is valid for.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// The access key.
    pub(super) access_key: Option<String>,
    /// The region.
    pub(super) region: Option<String>,
    /// The service's signing name.
    pub(super) service: Option<String>,
}

/// Reads the scope of a request's signature, from the header or from a presigned address.
pub(super) fn scope(request: &Request) -> Scope {
    let from_header = request.header("authorization").and_then(|header| {
        let (_, rest) = header.split_once("Credential=")?;
        Some(rest.split([',', ' ']).next().unwrap_or(rest).to_owned())
    });
    let credential = from_header.or_else(|| {
        request.query_pairs().find(|(name, _)| name == "X-Amz-Credential").map(|(_, value)| value)
    });
    let Some(credential) = credential else { return Scope::default() };
    let mut parts = credential.split('/').map(str::to_owned);
    let access_key = parts.next();
    let (_date, region, service) = (parts.next(), parts.next(), parts.next());
    Scope { access_key, region: region.filter(|name| !name.is_empty()), service }
}

/// The service and its protocol.
pub(super) fn service(
    request: &Request,
    scope: &Scope,
    form: &BTreeMap<String, String>,
) -> Option<(Service, Protocol)> {
    if let Some(target) = request.header("x-amz-target") {
        return by_target(target);
    }
    let version = form.get("Version").map(String::as_str);
    let has_action = form.contains_key("Action");
    match (scope.service.as_deref(), has_action) {
        (Some(name), true) => by_name(name, version),
        (Some("ses"), false) => Some((Service::Ses, Protocol::RestJson)),
        (Some("s3" | "s3express"), false) => Some((Service::S3, Protocol::RestXml)),
        (None, true) => version.and_then(by_version),
        (None, false) if request.path.starts_with("/v2/email/") => {
            Some((Service::Ses, Protocol::RestJson))
        }
        // An unsigned request for an object: a template's or a bundle's address, given to a
        // browser or to CloudFormation.
        (None, false) if request.path.len() > 1 => Some((Service::S3, Protocol::RestXml)),
        (Some(_) | None, false) => None,
    }
}

/// By the target header of the JSON protocols.
fn by_target(target: &str) -> Option<(Service, Protocol)> {
    let (prefix, _) = target.rsplit_once('.')?;
    // Newer models write `CloudTrail_20131101` with its package in front, older ones without.
    let name = prefix.rsplit('.').next().unwrap_or(prefix);
    let service = match name {
        "CloudTrail_20131101" => Service::CloudTrail,
        "AmazonSQS" => Service::Sqs,
        "ServiceQuotasV20190624" => Service::ServiceQuotas,
        "GraniteServiceVersion20100801" => Service::CloudWatch,
        _ => return None,
    };
    Some((service, Protocol::Json))
}

/// By the name in the signature's scope. Two generations of load balancers share one.
fn by_name(name: &str, version: Option<&str>) -> Option<(Service, Protocol)> {
    let service = match name {
        "ec2" => return Some((Service::Ec2, Protocol::Ec2)),
        "elasticbeanstalk" => Service::ElasticBeanstalk,
        "cloudformation" => Service::CloudFormation,
        "autoscaling" => Service::AutoScaling,
        "elasticloadbalancing" if version == Some("2012-06-01") => Service::ClassicLoadBalancing,
        "elasticloadbalancing" => Service::LoadBalancing,
        "rds" => Service::Rds,
        "iam" => Service::Iam,
        "sts" => Service::Sts,
        "sqs" => Service::Sqs,
        "sns" => Service::Sns,
        "monitoring" => Service::CloudWatch,
        _ => return None,
    };
    Some((service, Protocol::Query))
}

/// By the version of the API, for requests without a signature.
fn by_version(version: &str) -> Option<(Service, Protocol)> {
    let service = match version {
        "2016-11-15" => return Some((Service::Ec2, Protocol::Ec2)),
        "2010-12-01" => Service::ElasticBeanstalk,
        "2010-05-15" => Service::CloudFormation,
        "2011-01-01" => Service::AutoScaling,
        "2015-12-01" => Service::LoadBalancing,
        "2012-06-01" => Service::ClassicLoadBalancing,
        "2014-10-31" => Service::Rds,
        "2010-05-08" => Service::Iam,
        "2011-06-15" => Service::Sts,
        "2012-11-05" => Service::Sqs,
        "2010-03-31" => Service::Sns,
        "2010-08-01" => Service::CloudWatch,
        _ => return None,
    };
    Some((service, Protocol::Query))
}

/// The namespace of a service's XML, and the version in it.
pub(super) fn namespace(service: Service) -> &'static str {
    match service {
        Service::Ec2 => "http://ec2.amazonaws.com/doc/2016-11-15/",
        Service::ElasticBeanstalk => "http://elasticbeanstalk.amazonaws.com/docs/2010-12-01/",
        Service::CloudFormation => "http://cloudformation.amazonaws.com/doc/2010-05-15/",
        Service::AutoScaling => "http://autoscaling.amazonaws.com/doc/2011-01-01/",
        Service::LoadBalancing => "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
        Service::ClassicLoadBalancing => {
            "http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/"
        }
        Service::Rds => "http://rds.amazonaws.com/doc/2014-10-31/",
        Service::Iam => "https://iam.amazonaws.com/doc/2010-05-08/",
        Service::Sts => "https://sts.amazonaws.com/doc/2011-06-15/",
        Service::Sqs => "http://queue.amazonaws.com/doc/2012-11-05/",
        Service::Sns => "http://sns.amazonaws.com/doc/2010-03-31/",
        Service::CloudWatch => "http://monitoring.amazonaws.com/doc/2010-08-01/",
        Service::S3 => "http://s3.amazonaws.com/doc/2006-03-01/",
        Service::CloudTrail | Service::ServiceQuotas | Service::Ses => "",
    }
}

/// The answer to a request for a service that the sandbox does not have.
pub(super) fn unknown(request: &Request, scope: &Scope, request_id: &str) -> Response {
    let name = scope
        .service
        .as_deref()
        .or_else(|| request.header("x-amz-target"))
        .unwrap_or("an unsigned request");
    let message =
        format!("The sandbox has no service for {name} ({} {})", request.method, request.path);
    let json = request.header("x-amz-target").is_some()
        || request.header("content-type").is_some_and(|kind| kind.contains("json"));
    let body = if json {
        serde_json::json!({"__type": "UnknownOperationException", "message": message}).to_string()
    } else {
        let text = super::xml::escaped(&message);
        format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code>\
             <Message>{text}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
        )
    };
    let kind = if json { "application/x-amz-json-1.1" } else { "text/xml" };
    Response {
        status: 400,
        headers: vec![("content-type".to_owned(), kind.to_owned())],
        body: body.into_bytes(),
    }
}
