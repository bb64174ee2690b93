//! Inputs of calls in which the names of resources are left open, to become parameters.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::plan::Ref;
use crate::world::network::Target;

/// The key under which a name that is left open stands.
const OPEN: &str = "$open";
/// The key under which what a step makes stands.
const MADE: &str = "$made";
/// The key under which a resource of a stack stands.
const OF_STACK: &str = "$of-stack";
/// The key under which the stack of an environment stands.
const STACK_OF: &str = "$stack-of";

/// The name of a resource, which differs from account to account.
#[expect(clippy::needless_pass_by_value, reason = "identifiers and texts, owned or not, in tables")]
pub(super) fn open(kind: &str, name: impl ToString) -> Value {
    json!({ OPEN: [kind, name.to_string()] })
}

/// A resource that may not be there yet.
pub(super) fn reference<T: ToString>(kind: &str, reference: &Ref<T>) -> Value {
    match reference {
        Ref::Is(id) => open(kind, id.to_string()),
        Ref::MadeBy(step) => json!({ MADE: step.0 }),
        Ref::OfStack { stack, logical } => json!({ OF_STACK: [stack, logical] }),
    }
}

/// The name of a stack that Elastic Beanstalk made, which follows from the environment's id.
pub(super) fn stack_of(environment: &str, ending: &str) -> Value {
    json!({ STACK_OF: [open("EnvironmentId", environment), ending] })
}

/// The input that takes a route's target, and the target.
pub(super) fn target(reference: &Ref<Target>) -> (&'static str, Value) {
    let Some(known) = reference.known() else {
        // What a step of a plan makes for a route to lead to is always a NAT gateway.
        return ("NatGatewayId", reference_of_target(reference));
    };
    let input = match known {
        Target::Local | Target::InternetGateway(_) | Target::Other(_) => "GatewayId",
        Target::NatGateway(_) => "NatGatewayId",
        Target::Instance(_) => "InstanceId",
        Target::Interface(_) => "NetworkInterfaceId",
        Target::Peering(_) => "VpcPeeringConnectionId",
        Target::TransitGateway(_) => "TransitGatewayId",
        Target::Endpoint(_) => "VpcEndpointId",
        Target::EgressOnly(_) => "EgressOnlyInternetGatewayId",
    };
    let value =
        if matches!(known, Target::Local) { json!("local") } else { open(input, known.id()) };
    (input, value)
}

fn reference_of_target(reference: &Ref<Target>) -> Value {
    match reference {
        Ref::Is(target) => json!(target.id()),
        Ref::MadeBy(step) => json!({ MADE: step.0 }),
        Ref::OfStack { stack, logical } => json!({ OF_STACK: [stack, logical] }),
    }
}

/// What was left open, by what it is called as a parameter.
#[derive(Debug, Default)]
pub(super) struct Openings {
    /// Sort, name, and what the parameter is called: the first of a sort has no number, so that
    /// the plan's own environment, which is noted first, is always `EnvironmentId`.
    named: Vec<(String, String, String)>,
    /// How many of each sort there are so far.
    count: BTreeMap<String, usize>,
    /// Resources of stacks that have to be looked up: step, stack, logical name.
    pub(super) lookups: Vec<(String, Value, String)>,
}

impl Openings {
    /// Notes all openings of a tree, so that each gets its name.
    pub(super) fn note(&mut self, tree: &Value) {
        match tree {
            Value::Object(members) => match opening(members) {
                Some((kind, name)) => {
                    let known = self.named.iter().any(|(sort, own, _)| sort == kind && own == name);
                    if !known {
                        let count = self.count.entry(kind.to_owned()).or_default();
                        *count += 1;
                        let called =
                            if *count == 1 { kind.to_owned() } else { format!("{kind}{count}") };
                        self.named.push((kind.to_owned(), name.to_owned(), called));
                    }
                }
                None => members.values().for_each(|value| self.note(value)),
            },
            Value::Array(items) => items.iter().for_each(|value| self.note(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// The parameters: name, sort, and what it was where the plan was made.
    pub(super) fn parameters(&self) -> Vec<(String, &str, &str)> {
        let named = self.named.iter();
        named.map(|(kind, name, called)| (called.clone(), &**kind, &**name)).collect()
    }

    /// The tree with parameters and outputs of steps in place of what was left open.
    pub(super) fn closed(&mut self, tree: &Value) -> Value {
        match tree {
            Value::Object(members) => {
                if let Some((kind, name)) = opening(members) {
                    let found =
                        self.named.iter().find(|(sort, own, _)| sort == kind && own == name);
                    let called = found.map_or(kind, |(_, _, called)| called);
                    return format!("{{{{ {called} }}}}").into();
                }
                if let Some(Value::Array(pair)) = members.get(STACK_OF) {
                    let parts = pair.iter().map(|part| self.closed(part));
                    let parts: Vec<Value> = parts.collect();
                    let texts: Vec<&str> = parts.iter().filter_map(Value::as_str).collect();
                    return format!("awseb-{}", texts.concat()).into();
                }
                if let Some(step) = members.get(MADE).and_then(Value::as_str) {
                    return format!("{{{{ {step}.Made }}}}").into();
                }
                if let Some(Value::Array(pair)) = members.get(OF_STACK) {
                    return self.looked_up(pair);
                }
                let close = |(key, value): (&String, &Value)| (key.clone(), self.closed(value));
                Value::Object(members.iter().map(close).collect())
            }
            Value::Array(items) => items.iter().map(|item| self.closed(item)).collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => tree.clone(),
        }
    }

    /// What a resource of a stack is by then: the output of a step that looks it up just before.
    fn looked_up(&mut self, pair: &[Value]) -> Value {
        let text = |index: usize| pair.get(index).and_then(Value::as_str).unwrap_or_default();
        let logical = text(1).to_owned();
        let step = format!("find_{logical}");
        let stack = super::stack_name(text(0));
        let stack = self.closed(&stack);
        if !self.lookups.iter().any(|(own, _, _)| *own == step) {
            self.lookups.push((step.clone(), stack, logical));
        }
        format!("{{{{ {step}.Made }}}}").into()
    }
}

/// The sort and the name of what is left open here.
fn opening(members: &Map<String, Value>) -> Option<(&str, &str)> {
    let pair = members.get(OPEN)?.as_array()?;
    Some((pair.first()?.as_str()?, pair.get(1)?.as_str()?))
}
