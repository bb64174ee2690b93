//! Reading the forms of ec2Query and awsQuery.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Request;
use crate::sandbox::{Fault, Service};

/// How deep a parameter's name may go. The deepest that a model of these services has is nine.
const DEEPEST: usize = 24;

/// All parameters of a request, from the address and from a form in the body.
pub(super) fn form(request: &Request) -> BTreeMap<String, String> {
    let mut pairs: BTreeMap<String, String> = request.query_pairs().collect();
    let is_form = request
        .header("content-type")
        .is_none_or(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if request.method == "POST" && is_form {
        pairs.extend(form_urlencoded::parse(&request.body).into_owned());
    }
    pairs
}

/// The operation and its parameters as a tree.
pub(super) fn read(
    service: Service,
    form: &BTreeMap<String, String>,
) -> Result<(String, Value), Fault> {
    let operation = form.get("Action").filter(|name| !name.is_empty()).ok_or_else(|| {
        Fault::new("MissingAction", "The request is missing an action or a required parameter.")
    })?;
    let mut root = Branch::default();
    for (name, value) in form {
        if name == "Action" || name == "Version" || name.starts_with("X-Amz-") {
            continue;
        }
        let path: Vec<&str> = name.split('.').collect();
        if path.len() > DEEPEST {
            return Err(Fault::new(
                "MalformedQueryString",
                "The query string contains a syntax error.",
            ));
        }
        root.put(&path, value);
    }
    // The parameters themselves are never a list, even if there is only one and it is one.
    let params: Map<String, Value> =
        root.below.into_iter().map(|(name, below)| (name, below.tree(service))).collect();
    Ok((operation.clone(), Value::Object(params)))
}

/// A parameter's place in the tree: its own text, and what lies below it.
#[derive(Default)]
struct Branch {
    text: Option<String>,
    below: BTreeMap<String, Branch>,
}

impl Branch {
    fn put(&mut self, path: &[&str], value: &str) {
        match path.split_first() {
            None => self.text = Some(value.to_owned()),
            Some((first, rest)) => {
                self.below.entry((*first).to_owned()).or_default().put(rest, value);
            }
        }
    }

    fn tree(self, service: Service) -> Value {
        if self.below.is_empty() {
            return Value::String(self.text.unwrap_or_default());
        }
        if self.below.keys().all(|name| name.parse::<u32>().is_ok()) {
            let mut items: Vec<(u32, Branch)> = self
                .below
                .into_iter()
                .filter_map(|(name, below)| Some((name.parse().ok()?, below)))
                .collect();
            items.sort_by_key(|(number, _)| *number);
            return Value::Array(items.into_iter().map(|(_, below)| below.tree(service)).collect());
        }
        let mut members: Map<String, Value> =
            self.below.into_iter().map(|(name, below)| (name, below.tree(service))).collect();
        if members.len() == 1
            && let Some(items) = wrapped_list(service, &mut members)
        {
            return items;
        }
        Value::Object(members)
    }
}

/// The list in a wrapper of its own: `member` and `entry` in awsQuery, and in RDS each list's own
/// name for its items (`Filters.Filter.1`).
fn wrapped_list(service: Service, members: &mut Map<String, Value>) -> Option<Value> {
    let (name, value) = members.iter_mut().next()?;
    let wrapper = match service {
        Service::Ec2 => false,
        Service::Rds => true,
        Service::ElasticBeanstalk
        | Service::CloudFormation
        | Service::AutoScaling
        | Service::LoadBalancing
        | Service::ClassicLoadBalancing
        | Service::Iam
        | Service::Sts
        | Service::CloudTrail
        | Service::Sqs
        | Service::Sns
        | Service::ServiceQuotas
        | Service::CloudWatch
        | Service::Ses
        | Service::S3 => name == "member" || name == "entry",
    };
    (wrapper && value.is_array()).then(|| value.take())
}
