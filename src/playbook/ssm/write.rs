//! The document, step by step.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::call::{Call, call};
use super::pieces::{Openings, open};
use super::probe::{Probe, of as probe_of};
use super::{Export, Made};
use crate::plan::{Condition, Plan, Risk, Step, Undo};

/// The longest message of an approval.
///
/// Source: `aws:approve`: "The maximum message length is 4096 characters."
const LONGEST_MESSAGE: usize = 4096;
/// How long somebody has to approve: a working day. The default of a week would find another
/// world when it is over.
const TO_APPROVE: u64 = 8 * 60 * 60;

/// A document in the making.
pub(super) struct Writer<'a> {
    plan: &'a Plan,
    made: Made<'a>,
    openings: Openings,
    steps: Vec<Value>,
    names: BTreeSet<String>,
    not_expressed: Vec<String>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(plan: &'a Plan, made: Made<'a>) -> Self {
        let mut openings = Openings::default();
        openings.note(&open("EnvironmentId", &plan.scope.environment));
        Self {
            plan,
            made,
            openings,
            steps: Vec::new(),
            names: BTreeSet::new(),
            not_expressed: vec![
                "It does not diagnose: start it where `ebrescue diagnose` names the same causes."
                    .to_owned(),
                "A failed or declined step ends it; ebrescue would go on with what does not depend on it."
                    .to_owned(),
                "aws:approve cannot be used in multi-account and multi-Region automations: share the document, and start it in each account."
                    .to_owned(),
                "A call whose answer was lost is not looked for; look at the environment before starting it again."
                    .to_owned(),
            ],
        }
    }

    pub(super) fn document(mut self) -> Export {
        let plan = self.plan;
        for step in &plan.steps {
            self.note(step);
        }
        self.begin();
        for step in &plan.steps {
            self.step(step);
        }
        for refusal in &plan.beyond {
            self.not_expressed.push(format!("Left to a person: {}: {}", refusal.what, refusal.why));
        }
        if let Some(last) = self.steps.last_mut() {
            last["isEnd"] = true.into();
        }
        let document = json!({
            "schemaVersion": "0.3",
            "description": self.description(),
            "assumeRole": "{{ AutomationAssumeRole }}",
            "parameters": self.parameters(),
            "mainSteps": self.steps,
        });
        Export { document, not_expressed: self.not_expressed }
    }

    /// Notes what a step leaves open, so that every parameter has its name before it is used.
    fn note(&mut self, step: &Step) {
        if let Some(call) = call(&step.action) {
            self.openings.note(&Value::Object(call.inputs));
        }
        let conditions = step.guard.iter().chain(&step.wait.until).chain(&step.expect);
        for probe in conditions.filter_map(probe_of) {
            self.openings.note(&probe.inputs);
            self.openings.note(&probe.values.into());
        }
    }

    /// The first step makes sure that the environment is there.
    fn begin(&mut self) {
        self.push(json!({
            "name": "environment",
            "action": "aws:executeAwsApi",
            "description": "Finds the environment; ends here if there is none of that id.",
            "onFailure": "Abort",
            "inputs": {"Service": "elasticbeanstalk", "Api": "DescribeEnvironments",
                       "EnvironmentIds": ["{{ EnvironmentId }}"]},
            "outputs": [
                {"Name": "Name", "Selector": "$.Environments[0].EnvironmentName", "Type": "String"},
                {"Name": "Status", "Selector": "$.Environments[0].Status", "Type": "String"},
            ],
        }));
        if self.waits_for_a_deletion() {
            self.push(json!({
                "name": "stack",
                "action": "aws:executeAwsApi",
                "description": "Remembers the stack's own id: once it is deleted, it is only found by that.",
                "onFailure": "Abort",
                "inputs": {"Service": "cloudformation", "Api": "DescribeStacks",
                           "StackName": "awseb-{{ EnvironmentId }}-stack"},
                "outputs": [{"Name": "Id", "Selector": "$.Stacks[0].StackId", "Type": "String"}],
            }));
        }
    }

    fn waits_for_a_deletion(&self) -> bool {
        let conditions = |step: &'a Step| step.wait.until.iter().chain(&step.expect);
        self.plan.steps.iter().flat_map(conditions).any(is_deletion)
    }

    fn push(&mut self, step: Value) {
        if let Some(name) = step["name"].as_str() {
            self.names.insert(name.to_owned());
        }
        self.steps.push(step);
    }

    fn step(&mut self, step: &Step) {
        let id = step.id.0.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        if step.risk > Risk::Safe {
            self.approval(&id, step);
        }
        for (number, condition) in step.guard.iter().enumerate() {
            let name = format!("{id}_guard_{}", number + 1);
            self.question("aws:assertAwsResourceProperty", &name, condition, 60, "guard");
        }
        if let Some(call) = call(&step.action) {
            self.call(&id, step, &call);
        }
        let mut asked: Vec<&Condition> = Vec::new();
        for condition in step.wait.until.iter().chain(&step.expect) {
            if asked.contains(&condition) {
                continue;
            }
            asked.push(condition);
            let name = format!("{id}_check_{}", asked.len());
            let most = step.wait.expected.at_most_seconds.max(60);
            self.question("aws:waitForAwsResourceProperty", &name, condition, most, "check");
        }
        for condition in &step.wait.hopeless {
            self.not_expressed.push(format!(
                "{}: waits on although more waiting would not help, when {condition}.",
                step.id
            ));
        }
    }

    /// The question to a person, with all that has to be known to say yes.
    fn approval(&mut self, id: &str, step: &Step) {
        let back = match &step.undo {
            Undo::By(action) => format!("Way back: {}", action.command()),
            Undo::NotNeeded => "Nothing would have to be taken back.".to_owned(),
            Undo::Impossible { why } => format!("No way back: {why}."),
        };
        let loss = if step.data_loss.is_empty() {
            String::new()
        } else {
            format!("DATA IS LOST FOR GOOD: {}. ", step.data_loss.join(", "))
        };
        let because = if step.because.is_empty() {
            String::new()
        } else {
            format!(" Because of {}.", step.because.join(", "))
        };
        let message = format!(
            "{{{{ environment.Name }}}} ({{{{ EnvironmentId }}}}): {}. {loss}Risk: {}.{because} {} {back}",
            step.title,
            step.risk.as_str(),
            step.effect
        );
        let message: String = message.chars().take(LONGEST_MESSAGE).collect();
        self.push(json!({
            "name": format!("{id}_approve"),
            "action": "aws:approve",
            "description": format!("Asks before the {} step {}.", step.risk.as_str(), step.id),
            "timeoutSeconds": TO_APPROVE,
            "onFailure": "Abort",
            "inputs": {"NotificationArn": "{{ NotificationArn }}", "Message": message,
                       "MinRequiredApprovals": 1, "Approvers": "{{ Approvers }}"},
        }));
    }

    fn call(&mut self, id: &str, step: &Step, call: &Call) {
        let inputs = self.closed(&Value::Object(call.inputs.clone()));
        let mut members = Map::new();
        members.insert("Service".to_owned(), call.service.into());
        members.insert("Api".to_owned(), call.api.into());
        if let Value::Object(inputs) = inputs {
            members.extend(inputs);
        }
        let mut made = json!({
            "name": id,
            "action": "aws:executeAwsApi",
            "description": format!("{}. By hand: {}", step.title, step.action.command()),
            // Made once: nobody knows whether one that failed was carried out.
            "maxAttempts": 1,
            "onFailure": "Abort",
            "inputs": members,
        });
        if let Some(selector) = call.made {
            made["outputs"] = json!([{"Name": "Made", "Selector": selector, "Type": "String"}]);
        }
        self.push(made);
    }

    /// Asks for one property, or says that it cannot.
    fn question(&mut self, action: &str, name: &str, condition: &Condition, most: u64, what: &str) {
        let Some(Probe { service, api, inputs, selector, values }) = probe_of(condition) else {
            let step = name.split('_').next().unwrap_or(name);
            self.not_expressed.push(format!("{step}: the {what} that {condition}."));
            return;
        };
        let mut inputs = self.closed(&inputs);
        if is_deletion(condition) {
            inputs["StackName"] = "{{ stack.Id }}".into();
        }
        inputs["Service"] = service.into();
        inputs["Api"] = api.into();
        inputs["PropertySelector"] = selector.into();
        inputs["DesiredValues"] = self.closed(&Value::from(values));
        self.push(json!({
            "name": name,
            "action": action,
            "description": format!("That {condition}."),
            "timeoutSeconds": most,
            "onFailure": "Abort",
            "inputs": inputs,
        }));
    }

    /// A tree with its names closed, after the steps that look up what it names.
    fn closed(&mut self, tree: &Value) -> Value {
        let closed = self.openings.closed(tree);
        for (name, stack, logical) in self.openings.lookups.clone() {
            if !self.names.contains(&name) {
                self.push(json!({
                    "name": name,
                    "action": "aws:executeAwsApi",
                    "description": format!("Finds what {logical} of the stack is by now."),
                    "onFailure": "Abort",
                    "inputs": {"Service": "cloudformation", "Api": "DescribeStackResource",
                               "StackName": stack, "LogicalResourceId": logical},
                    "outputs": [{"Name": "Made", "Type": "String",
                                 "Selector": "$.StackResourceDetail.PhysicalResourceId"}],
                }));
            }
        }
        closed
    }

    fn parameters(&self) -> Value {
        let mut all = Map::new();
        let mut add = |name: &str, value: Value| {
            all.insert(name.to_owned(), value);
        };
        add(
            "AutomationAssumeRole",
            json!({"type": "String", "description":
                "The role that Systems Manager works with; `ebrescue policy` prints what it needs."}),
        );
        let asks = self.plan.steps.iter().any(|step| step.risk > Risk::Safe);
        if asks {
            add(
                "Approvers",
                json!({"type": "StringList", "description":
                    "Who may approve: IAM users or roles, by name or ARN; at most ten."}),
            );
            add(
                "NotificationArn",
                json!({"type": "String", "description":
                    "The SNS topic that tells the approvers; its name begins with Automation."}),
            );
        }
        if self.plan.steps.iter().any(|step| !step.data_loss.is_empty()) {
            add(
                "AcceptDataLoss",
                json!({"type": "String", "allowedValues": ["yes"], "description":
                    "Data is lost for good; the step's approval says whose. There is no default."}),
            );
        }
        for (name, kind, was) in self.openings.parameters() {
            let mut parameter = json!({
                "type": "String",
                "description": format!("{kind}; {was} where this was made."),
            });
            if self.made.defaults {
                parameter["default"] = was.into();
            }
            all.insert(name, parameter);
        }
        all.into()
    }

    fn description(&self) -> String {
        let codes: BTreeSet<&str> =
            self.plan.steps.iter().flat_map(|step| &step.because).map(String::as_str).collect();
        let codes: Vec<&str> = codes.into_iter().collect();
        let causes = if codes.is_empty() {
            "It changes nothing.".to_owned()
        } else {
            format!("It mends {}.", codes.join(", "))
        };
        let mut text = format!(
            "Repairs an AWS Elastic Beanstalk environment by the playbook {} as ebrescue {} plans it for {}. {causes}\n\n",
            self.plan.playbook, self.made.program, self.made.from
        );
        text.push_str("What this document cannot do:\n");
        for one in &self.not_expressed {
            text.push_str(&format!("- {one}\n"));
        }
        for notice in &self.plan.tell {
            text.push_str(&format!("\nAt the end, tell {}: {}.", notice.who, notice.what));
        }
        text
    }
}

/// Whether it is waited for that an environment's stack is deleted.
fn is_deletion(condition: &Condition) -> bool {
    matches!(condition, Condition::StackIn { stack, statuses }
        if stack.as_str().starts_with("awseb-e-") && statuses == &["DELETE_COMPLETE"])
}
