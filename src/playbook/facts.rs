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
        ])
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
