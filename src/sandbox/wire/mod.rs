//! The wire: from an HTTP request to a [`Call`], and from its answer to an HTTP response.
//!
//! The service comes from the scope of the signature, as it does on AWS's own endpoints; unsigned
//! requests are recognised by what only one service sends.

mod json;
mod query;
mod recognise;
mod rest;
mod s3;
mod xml;

#[cfg(test)]
mod arbitrary;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Answer, Call, Caller, Fault, Service};

/// The protocols that AWS's services speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// ec2Query: forms in, XML with `<item>` out.
    Ec2,
    /// awsQuery: forms in, XML with `<member>` out.
    Query,
    /// awsJson 1.0 and 1.1: an `X-Amz-Target` header and JSON both ways.
    Json,
    /// restJson1: paths, and JSON both ways.
    RestJson,
    /// restXml: S3.
    RestXml,
}

/// An HTTP request, read whole.
#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    /// `GET`, `POST` and so on.
    pub(super) method: String,
    /// The path, still percent-encoded.
    pub(super) path: String,
    /// What follows the question mark.
    pub(super) query: String,
    /// Headers, names in lower case.
    pub(super) headers: BTreeMap<String, String>,
    /// The body.
    pub(super) body: Vec<u8>,
}

impl Request {
    /// A header, by its name in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The pairs of the query string, decoded.
    fn query_pairs(&self) -> impl Iterator<Item = (String, String)> + '_ {
        form_urlencoded::parse(self.query.as_bytes()).into_owned()
    }
}

/// An HTTP response.
#[derive(Clone, Debug, Default)]
pub(super) struct Response {
    /// Its status.
    pub(super) status: u16,
    /// Its headers.
    pub(super) headers: Vec<(String, String)>,
    /// Its body.
    pub(super) body: Vec<u8>,
}

/// What the wire knows of a request's surroundings.
#[derive(Clone, Debug)]
pub(super) struct Surroundings {
    /// The account's number.
    pub(super) account: String,
    /// The region of a request that does not say one.
    pub(super) region: String,
    /// The id of the request.
    pub(super) request_id: String,
    /// Where it came from.
    pub(super) source: String,
}

/// The user that calls on the wire are made by. Credentials are not looked at, so there is one.
pub(super) const WIRE_USER: &str = "operator";

/// A request, understood.
#[derive(Clone, Debug)]
pub(super) struct Decoded {
    /// How to answer.
    pub(super) protocol: Protocol,
    /// The `Version` that the client named, which is part of the answer's namespace.
    version: Option<String>,
    /// What is asked.
    pub(super) call: Call,
}

/// Understands a request.
///
/// A request that cannot be understood is answered at once, with the returned response.
pub(super) fn read(request: &Request, around: &Surroundings) -> Result<Decoded, Box<Response>> {
    let scope = recognise::scope(request);
    let form = query::form(request);
    let region = scope.region.clone().unwrap_or_else(|| around.region.clone());
    let Some((service, protocol)) = recognise::service(request, &scope, &form) else {
        return Err(Box::new(recognise::unknown(request, &scope, &around.request_id)));
    };
    let asked = match protocol {
        Protocol::Ec2 | Protocol::Query => query::read(service, &form),
        Protocol::Json => json::read(request),
        Protocol::RestJson => rest::read(request),
        Protocol::RestXml => s3::read(request),
    };
    let version = form.get("Version").cloned();
    let mut caller = Caller::user(&around.account, WIRE_USER);
    if let Some(key) = scope.access_key {
        caller.access_key = key;
    }
    let (operation, params, fault) = match asked {
        Ok((operation, params)) => (operation, params, None),
        Err(fault) => (String::new(), serde_json::Value::Null, Some(fault)),
    };
    let call = Call {
        service,
        operation,
        params,
        region,
        caller,
        request_id: around.request_id.clone(),
        user_agent: request.header("user-agent").unwrap_or("unknown").to_owned(),
        source: around.source.clone(),
    };
    let decoded = Decoded { protocol, version, call };
    match fault {
        None => Ok(decoded),
        Some(fault) => Err(Box::new(write(&decoded, &Err(fault), Timestamp::UNIX_EPOCH))),
    }
}

/// Writes an answer as the protocol of its request wants it.
pub(super) fn write(asked: &Decoded, answer: &Answer, now: Timestamp) -> Response {
    let mut response = match asked.protocol {
        Protocol::Ec2 | Protocol::Query => {
            xml::write(&asked.call, asked.version.as_deref(), asked.protocol, answer)
        }
        Protocol::Json => json::write(&asked.call, answer),
        Protocol::RestJson => rest::write(&asked.call, answer),
        Protocol::RestXml => s3::write(&asked.call, answer),
    };
    response.headers.push(("x-amzn-requestid".to_owned(), asked.call.request_id.clone()));
    response.headers.push(("date".to_owned(), http_date(now)));
    response
}

/// A time as HTTP writes it.
fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// What each service says when it is asked too often.
pub(super) fn throttled(service: Service) -> Fault {
    match service {
        Service::Ec2 => {
            Fault::new("RequestLimitExceeded", "Request limit exceeded.").with_status(503)
        }
        Service::S3 => Fault::new("SlowDown", "Please reduce your request rate.").with_status(503),
        Service::Ses => {
            Fault::new("TooManyRequestsException", "Too Many Requests").with_status(429)
        }
        Service::CloudTrail | Service::ServiceQuotas | Service::Sqs => {
            Fault::new("ThrottlingException", "Rate exceeded")
        }
        Service::ElasticBeanstalk
        | Service::CloudFormation
        | Service::AutoScaling
        | Service::LoadBalancing
        | Service::ClassicLoadBalancing
        | Service::Rds
        | Service::Iam
        | Service::Sts
        | Service::Sns
        | Service::CloudWatch => Fault::new("Throttling", "Rate exceeded"),
    }
}

/// What each service says when it has failed itself.
pub(super) fn broken(service: Service) -> Fault {
    let (code, message) = match service {
        Service::Ec2 => ("InternalError", "An internal error has occurred"),
        Service::S3 => ("InternalError", "We encountered an internal error. Please try again."),
        Service::Ses | Service::CloudTrail | Service::ServiceQuotas => {
            ("InternalServerError", "The request failed because of an internal error.")
        }
        Service::ElasticBeanstalk
        | Service::CloudFormation
        | Service::AutoScaling
        | Service::LoadBalancing
        | Service::ClassicLoadBalancing
        | Service::Rds
        | Service::Iam
        | Service::Sts
        | Service::Sns
        | Service::Sqs
        | Service::CloudWatch => (
            "InternalFailure",
            "The request processing has failed because of an unknown error, exception or failure.",
        ),
    };
    Fault::new(code, message).with_status(500)
}
