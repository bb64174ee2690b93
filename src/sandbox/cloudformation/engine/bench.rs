//! What providers work with: the resource at hand, and the account's services.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::sandbox::cloudformation::operation::{Task, Work};
use crate::sandbox::cloudformation::stack::{DeletionPolicy, Resource};
use crate::sandbox::cloudformation::template::plain_text;
use crate::sandbox::{Account, Answer, Caller, Service};

/// What a provider works with.
#[derive(Debug)]
pub(in crate::sandbox::cloudformation) struct Bench<'a> {
    /// The account.
    pub(in crate::sandbox::cloudformation) account: &'a mut Account,
    /// In whose name services are asked.
    pub(in crate::sandbox::cloudformation) caller: Caller,
    /// The stack's id.
    pub(in crate::sandbox::cloudformation) stack: String,
    /// The stack's name.
    pub(in crate::sandbox::cloudformation) stack_name: String,
    /// The stack's tags.
    pub(in crate::sandbox::cloudformation) tags: BTreeMap<String, String>,
    /// The resource's logical id.
    pub(in crate::sandbox::cloudformation) logical: String,
    /// The resource's physical id, once there is one.
    pub(in crate::sandbox::cloudformation) physical: String,
    /// Its properties, evaluated.
    pub(in crate::sandbox::cloudformation) properties: Value,
    /// Its properties before an update.
    pub(in crate::sandbox::cloudformation) old: Value,
    /// What the template says besides properties.
    pub(in crate::sandbox::cloudformation) declared: Value,
    /// How often this task was looked after already.
    pub(in crate::sandbox::cloudformation) round: u32,
    /// Seconds since the task began.
    pub(in crate::sandbox::cloudformation) elapsed: i64,
    /// Whether a snapshot is to be taken before it is deleted.
    pub(in crate::sandbox::cloudformation) snapshot: bool,
    /// Signals received, by unique id.
    pub(in crate::sandbox::cloudformation) signals: BTreeMap<String, bool>,
    /// What the provider noted for its next round.
    pub(in crate::sandbox::cloudformation) notes: Value,
    /// Whether the resource is being changed, and not made.
    pub(in crate::sandbox::cloudformation) changing: bool,
    /// Things said about it on the way, written as events.
    pub(in crate::sandbox::cloudformation) remarks: Vec<String>,
}

impl Bench<'_> {
    /// Asks a service.
    pub(in crate::sandbox::cloudformation) fn call(
        &mut self,
        service: Service,
        operation: &str,
        params: Value,
    ) -> Answer {
        let caller = self.caller.clone();
        self.account.call(&caller, service, operation, params)
    }

    /// A property.
    pub(in crate::sandbox::cloudformation) fn property(&self, name: &str) -> &Value {
        self.properties.get(name).unwrap_or(&Value::Null)
    }

    /// A property as a text, if it is there and not empty.
    pub(in crate::sandbox::cloudformation) fn text(&self, name: &str) -> Option<String> {
        let value = self.properties.get(name).filter(|value| !value.is_null())?;
        let text = plain_text(value);
        (!text.is_empty()).then_some(text)
    }

    /// A property as a list of texts.
    pub(in crate::sandbox::cloudformation) fn texts(&self, name: &str) -> Vec<String> {
        match self.properties.get(name) {
            Some(Value::Array(items)) => items.iter().map(plain_text).collect(),
            Some(Value::Null) | None => Vec::new(),
            Some(single) => vec![plain_text(single)],
        }
    }

    /// A name for the resource as CloudFormation makes them: stack, logical id, and something
    /// random; no longer than `longest`.
    pub(in crate::sandbox::cloudformation) fn new_name(&mut self, longest: usize) -> String {
        let random: String = self.account.hex(12).to_uppercase();
        let room = longest.saturating_sub(random.len() + 1);
        let full = format!("{}-{}", self.stack_name, self.logical);
        let stem: String = if full.len() <= room {
            full
        } else {
            // Both halves are cut to equal lengths, as in `awseb-AWSEB-TGBE799ODJOS`.
            let half = room.saturating_sub(1) / 2;
            let cut = |text: &str| text.chars().take(half).collect::<String>();
            format!("{}-{}", cut(&self.stack_name), cut(&self.logical))
        };
        format!("{}-{random}", stem.trim_end_matches('-'))
    }

    /// The resource's tags: the stack's, those of the template, and CloudFormation's own three.
    pub(in crate::sandbox::cloudformation) fn all_tags(&self) -> Vec<(String, String)> {
        let mut tags = vec![
            ("aws:cloudformation:stack-name".to_owned(), self.stack_name.clone()),
            ("aws:cloudformation:stack-id".to_owned(), self.stack.clone()),
            ("aws:cloudformation:logical-id".to_owned(), self.logical.clone()),
        ];
        let own: BTreeMap<String, String> = self
            .property("Tags")
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|tag| {
                let key = tag.get("Key")?.as_str()?.to_owned();
                let value = plain_text(tag.get("Value")?);
                Some((key, value))
            })
            .collect();
        let inherited = self.tags.iter().filter(|(key, _)| !own.contains_key(*key));
        tags.extend(inherited.map(|(key, value)| (key.clone(), value.clone())));
        tags.extend(own);
        tags
    }

    /// The tags as `[{Key, Value}]`.
    pub(in crate::sandbox::cloudformation) fn tag_list(&self) -> Value {
        let tags = self.all_tags().into_iter();
        tags.map(|(key, value)| json!({"Key": key, "Value": value})).collect()
    }

    /// The tags as EC2's calls that create something take them.
    pub(in crate::sandbox::cloudformation) fn tag_specification(&self, kind: &str) -> Value {
        json!([{"ResourceType": kind, "Tag": self.tag_list()}])
    }
}

/// What comes of looking after a resource.
#[derive(Clone, Debug)]
pub(in crate::sandbox::cloudformation) enum Pace<T> {
    /// It is so.
    Ready(T),
    /// Not yet; look again after so many seconds.
    Again(i64),
}

/// Sets up what a provider works with.
pub(super) fn bench<'a>(
    account: &'a mut Account,
    stack: &str,
    task: &Task,
    resource: &Resource,
    declared: Value,
) -> Bench<'a> {
    let elapsed = task.since.map_or(0, |since| account.now().duration_since(since).as_secs());
    let found = account.here.cloudformation.find(stack);
    let (stack_name, tags, caller) = match found {
        Some(found) => (found.name.clone(), found.made.tags.clone(), found.caller.clone()),
        None => (String::new(), BTreeMap::new(), Caller::user(&account.id, "root")),
    };
    let snapshot = match &task.work {
        Work::DeleteReplaced(_) => resource.replace_policy == DeletionPolicy::Snapshot,
        Work::Create | Work::Update | Work::Restore | Work::Delete => {
            resource.deletion_policy == DeletionPolicy::Snapshot
        }
    };
    Bench {
        caller: caller.through("cloudformation.amazonaws.com"),
        account,
        stack: stack.to_owned(),
        stack_name,
        tags,
        logical: task.logical.clone(),
        physical: resource.physical.clone(),
        properties: resource.properties.clone(),
        old: Value::Null,
        declared,
        round: task.rounds,
        elapsed,
        snapshot,
        signals: resource.signals.clone(),
        notes: task.notes.clone(),
        changing: !matches!(task.work, Work::Create),
        remarks: Vec::new(),
    }
}

/// Sets up what a provider needs to look at a resource without working on it.
pub(in crate::sandbox::cloudformation) fn inspection<'a>(
    account: &'a mut Account,
    stack: &str,
    resource: &Resource,
    caller: &Caller,
) -> Bench<'a> {
    let task = Task::new(&resource.logical, Work::Create, std::collections::BTreeSet::new());
    let mut bench = bench(account, stack, &task, resource, Value::Null);
    bench.caller = caller.through("cloudformation.amazonaws.com");
    bench
}
