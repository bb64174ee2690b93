//! The facts of an environment that a playbook's texts may name.

use serde_json::Value;

use crate::world::Snapshot;

/// The names that may stand in an action's or condition's parameters, with what they mean.
pub const NAMES: &[(&str, &str)] = &[
    ("$environment", "the environment's id"),
    ("$name", "the environment's name"),
    ("$stack", "the name of its CloudFormation stack"),
    ("$vpc", "its VPC"),
    ("$application", "its application"),
    ("$version", "the label of the application version it runs"),
    ("$platform", "the ARN of its platform version"),
    ("$scaling-group", "the name of its Auto Scaling group, where it has just one"),
    ("$load-balancer", "the ARN of its load balancer, where it has just one"),
    ("$database", "the identifier of its coupled database"),
];

/// A fact that a playbook names and that is not known.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactError {
    /// There is no such name.
    #[error("no fact named {0}")]
    NoSuchName(String),
    /// The environment does not tell it.
    #[error("{0} of this environment is not known")]
    NotKnown(String),
}

/// Names and values of one environment's facts.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts(Vec<(&'static str, Option<String>)>);

impl Facts {
    /// The facts that a snapshot tells.
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let environment = snapshot.environment.value();
        let vpc = snapshot.settings.value().and_then(|s| s.get("aws:ec2:vpc", "VPCId"));
        let vpc = vpc.map(str::to_owned).or_else(|| {
            let vpcs = snapshot.network.vpcs.items();
            (vpcs.len() == 1).then(|| vpcs[0].id.to_string())
        });
        Self(vec![
            ("$environment", environment.map(|environment| environment.id.to_string())),
            ("$name", environment.map(|environment| environment.name.clone())),
            ("$stack", environment.map(|environment| environment.stack_name().to_string())),
            ("$vpc", vpc),
            ("$application", environment.map(|environment| environment.application.clone())),
            ("$version", environment.and_then(|one| one.version_label.clone())),
            (
                "$platform",
                environment.and_then(|one| one.platform_arn.as_ref().map(ToString::to_string)),
            ),
            ("$scaling-group", only(made(snapshot, "AWS::AutoScaling::AutoScalingGroup"))),
            ("$load-balancer", only(made(snapshot, "AWS::ElasticLoadBalancingV2::LoadBalancer"))),
            ("$database", only(made(snapshot, "AWS::RDS::DBInstance"))),
        ])
    }

    /// Each name's meaning in place of a fact, to read a playbook aloud.
    pub(super) fn in_words() -> Self {
        Self(NAMES.iter().map(|(name, words)| (*name, Some((*words).to_owned()))).collect())
    }

    /// Made-up facts, to see whether a playbook's parameters have the right shape.
    pub(super) fn example() -> Self {
        let example = |name: &str| name.trim_start_matches('$').to_owned();
        Self(NAMES.iter().map(|(name, _)| (*name, Some(example(name)))).collect())
    }

    /// The same tree with each text that is a name replaced by its fact.
    ///
    /// # Errors
    /// [`FactError`] for a name that does not exist or whose fact is not known.
    pub(super) fn put_into(&self, tree: &Value) -> Result<Value, FactError> {
        match tree {
            Value::String(text) if text.starts_with('$') => {
                let (_, fact) = self
                    .0
                    .iter()
                    .find(|(name, _)| name == text)
                    .ok_or_else(|| FactError::NoSuchName(text.clone()))?;
                let fact = fact.clone().ok_or_else(|| FactError::NotKnown(text.clone()))?;
                Ok(Value::String(fact))
            }
            Value::Array(items) => items
                .iter()
                .map(|item| self.put_into(item))
                .collect::<Result<_, _>>()
                .map(Value::Array),
            Value::Object(members) => {
                let put =
                    |(key, value): (&String, &Value)| Ok((key.clone(), self.put_into(value)?));
                members.iter().map(put).collect::<Result<_, _>>().map(Value::Object)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(tree.clone()),
        }
    }
}

/// What the environment's stack made of one type, as far as it is there.
fn made(snapshot: &Snapshot, kind: &str) -> Vec<String> {
    let resources = snapshot.stack().map_or(&[][..], |facts| facts.resources.items());
    let alive = resources.iter().filter(|one| one.kind == kind && one.status != "DELETE_COMPLETE");
    alive.filter_map(|one| one.physical.clone()).filter(|id| !id.is_empty()).collect()
}

/// The one there is; with several, nobody can say which is meant.
fn only(mut found: Vec<String>) -> Option<String> {
    if found.len() == 1 { found.pop() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_name_is_replaced_wherever_it_stands() {
        let tree =
            json!({"environment-in": {"environment": "$environment", "statuses": ["Ready"]}});
        let put = Facts::example().put_into(&tree).unwrap();
        assert_eq!(put["environment-in"]["environment"], "environment");
        assert_eq!(put["environment-in"]["statuses"][0], "Ready");
    }

    #[test]
    fn a_name_that_does_not_exist_is_refused() {
        let error = Facts::example().put_into(&json!(["$region"])).unwrap_err();
        assert_eq!(error, FactError::NoSuchName("$region".into()));
    }
}
