//! The types of resource that stacks can have.
//!
//! A [`Provider`] knows how one type is made, changed and removed, and does so only through the
//! calls that a client has. What a service refuses becomes the resource's failure.

mod addresses;
mod compute;
mod database;
mod gateways;
mod groups;
mod iam;
mod interfaces;
mod load_balancing;
mod messaging;
mod nested;
mod network;
mod rolling;
mod routing;
mod scaling;
mod waiting;

use serde_json::{Value, json};

use super::engine::{Bench, Failure, Pace, Voice};

/// How one type of resource is made, changed and removed.
#[derive(Debug)]
pub(super) struct Provider {
    /// The type's name.
    pub(super) kind: &'static str,
    /// How its failures are worded.
    pub(super) voice: Voice,
    /// Properties that must be there.
    pub(super) required: &'static [&'static str],
    /// Which changes need a new resource.
    pub(super) replace: Replace,
    /// Makes it; the answer is its physical id.
    pub(super) create: fn(&mut Bench<'_>) -> Result<String, Failure>,
    /// Looks whether it is there and ready; the answer is what `Fn::GetAtt` can ask for.
    pub(super) settle: fn(&mut Bench<'_>) -> Result<Pace<Value>, Failure>,
    /// Changes it.
    pub(super) update: fn(&mut Bench<'_>) -> Result<(), Failure>,
    /// Removes it; asked again until it is gone.
    pub(super) remove: fn(&mut Bench<'_>) -> Result<Pace<()>, Failure>,
    /// Seconds until it is first looked whether it is ready.
    pub(super) pace: i64,
    /// Seconds for which it is tried to remove it while something else holds it.
    pub(super) patience: i64,
}

/// Which changes of properties need a new resource.
#[derive(Clone, Copy, Debug)]
pub(super) enum Replace {
    /// Any.
    Always,
    /// None.
    Never,
    /// Those of the named properties.
    On(&'static [&'static str]),
}

/// For how long CloudFormation tries to remove what something else still holds, seconds.
// Nobody documents it. People report ten to twenty minutes between DELETE_IN_PROGRESS and
// DELETE_FAILED of a security group or a subnet; the shortest of that keeps waits bearable.
const PATIENCE: i64 = 600;

/// What most types have in common: immediately ready, unchangeable, without attributes.
pub(super) const PLAIN: Provider = Provider {
    kind: "",
    voice: Voice::Bare,
    required: &[],
    replace: Replace::Always,
    create: |_| Err(Failure::own("The type cannot be created")),
    settle: |_| Ok(Pace::Ready(json!({}))),
    update: |_| Ok(()),
    remove: |_| Ok(Pace::Ready(())),
    pace: 2,
    patience: 0,
};

/// The provider of a type.
pub(super) fn provider(kind: &str) -> Option<&'static Provider> {
    const ALL: [&[Provider]; 13] = [
        network::PROVIDERS,
        routing::PROVIDERS,
        gateways::PROVIDERS,
        addresses::PROVIDERS,
        groups::PROVIDERS,
        interfaces::PROVIDERS,
        compute::PROVIDERS,
        scaling::PROVIDERS,
        load_balancing::PROVIDERS,
        iam::PROVIDERS,
        database::PROVIDERS,
        messaging::PROVIDERS,
        waiting::PROVIDERS,
    ];
    ALL.iter()
        .flat_map(|providers| providers.iter())
        .chain(nested::PROVIDERS)
        .find(|provider| provider.kind == kind)
}

impl Provider {
    /// Refuses properties that lack what must be there, as the schema check words it.
    pub(super) fn check(&self, properties: &Value) -> Result<(), Failure> {
        let missing: Vec<_> = self
            .required
            .iter()
            .filter(|name| properties.get(**name).is_none_or(Value::is_null))
            .map(|name| format!("The property {{/{name}}} is required"))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let text = missing.join(", ");
        Err(Failure::Own(format!("Property validation failure: [{text}]")))
    }

    /// Whether a change needs a new resource.
    pub(super) fn must_replace(&self, old: &Value, new: &Value) -> bool {
        match self.replace {
            Replace::Always => true,
            Replace::Never => false,
            Replace::On(names) => names.iter().any(|name| old.get(name) != new.get(name)),
        }
    }
}

/// A text at a path of an answer, `vpc/vpcId`.
fn at(answer: &Value, path: &str) -> String {
    let found = answer.pointer(&format!("/{path}"));
    found.map(super::template::plain_text).unwrap_or_default()
}

/// The named members of an object that are there.
fn only(properties: &Value, names: &[&str]) -> Value {
    let members = names.iter().filter_map(|name| {
        let value = properties.get(*name).filter(|value| !value.is_null())?;
        Some(((*name).to_owned(), value.clone()))
    });
    Value::Object(members.collect())
}

/// An object with more members; those that are `null` are left out.
fn with(mut object: Value, more: Value) -> Value {
    if let (Value::Object(members), Value::Object(more)) = (&mut object, more) {
        members.extend(more.into_iter().filter(|(_, value)| !value.is_null()));
    }
    object
}

/// The first item of a list in an answer.
fn first<'a>(answer: &'a Value, list: &str) -> Option<&'a Value> {
    answer.get(list)?.get(0)
}

/// The properties of a resource as its service has them, for types whose drift is looked at.
///
/// Only properties that people change behind a stack's back are compared.
pub(super) fn actual(bench: &mut Bench<'_>) -> Option<Value> {
    let found = bench.account.here.cloudformation.find(&bench.stack)?;
    let kind = found.resources.get(&bench.logical)?.kind.clone();
    match kind.as_str() {
        "AWS::AutoScaling::AutoScalingGroup" => {
            let group = scaling::described(bench).ok()??;
            let names = ["MinSize", "MaxSize", "DesiredCapacity", "HealthCheckType"];
            let told: Vec<&str> =
                names.into_iter().filter(|name| !bench.property(name).is_null()).collect();
            Some(only(&group, &told))
        }
        "AWS::EC2::SecurityGroup" => groups::actual(bench),
        _ => None,
    }
}
