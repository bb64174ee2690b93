//! From a call to its answer: who may, who answers, and what is written down about it.

use serde_json::Value;

use super::access::Access;
use super::{
    Account, Answer, Call, Caller, Fault, Service, autoscaling, balancing, beanstalk,
    cloudformation, ec2, iam, mail, messaging, quotas, rds, storage, sts, trail,
};

impl Account {
    /// Answers a call as its service does, and tells CloudTrail of it.
    ///
    /// A call that a service makes in somebody's name is not held against that person's policy.
    pub fn answer(&mut self, call: &Call) -> Answer {
        let from = self.region.clone();
        self.enter(&call.region);
        let answer = self.refusal(call).map_or_else(|| handled(self, call), Err);
        if !reads(&call.operation) {
            trail::record(self, call, &answer);
            if answer.is_ok() {
                beanstalk::stir(self);
            }
        }
        self.enter(&from);
        answer
    }

    /// Makes a call from inside, in the region at hand, as one of the account's users.
    ///
    /// Scenarios and services use it, so that nothing happens that a client could not have
    /// caused. Parameters have the names of the wire (`SubnetId` and not `SubnetIds` in EC2);
    /// numbers and truth values may stand as such.
    pub fn call_as(
        &mut self,
        user: &str,
        service: Service,
        operation: &str,
        params: Value,
    ) -> Answer {
        let caller = Caller::user(&self.id, user);
        self.call(&caller, service, operation, params)
    }

    /// Makes a call from inside, in the region at hand.
    pub fn call(
        &mut self,
        caller: &Caller,
        service: Service,
        operation: &str,
        params: Value,
    ) -> Answer {
        let source = caller.invoked_by.clone().unwrap_or_else(|| "198.51.100.17".to_owned());
        let call = Call {
            service,
            operation: operation.to_owned(),
            params: if service.speaks_texts() { texts(params) } else { params },
            region: self.region.clone(),
            caller: caller.clone(),
            request_id: self.uuid(),
            user_agent: caller.invoked_by.clone().unwrap_or_else(|| "aws-cli/2.31.0".to_owned()),
            source,
        };
        self.answer(&call)
    }

    /// The refusal of a policy, if one stands against the call.
    fn refusal(&self, call: &Call) -> Option<Fault> {
        if call.caller.invoked_by.is_some() { None } else { Access::refusal(self, call) }
    }
}

/// Has the call's service answer it.
fn handled(account: &mut Account, call: &Call) -> Answer {
    match call.service {
        Service::Ec2 => ec2::handle(account, call),
        Service::CloudFormation => cloudformation::handle(account, call),
        Service::ElasticBeanstalk => beanstalk::handle(account, call),
        Service::AutoScaling => autoscaling::handle(account, call),
        Service::LoadBalancing => balancing::handle(account, call),
        Service::ClassicLoadBalancing => balancing::handle_classic(account, call),
        Service::Rds => rds::handle(account, call),
        Service::Iam => iam::handle(account, call),
        Service::Sts => sts::handle(account, call),
        Service::CloudTrail => trail::handle(account, call),
        Service::ServiceQuotas => quotas::handle(account, call),
        Service::Sqs => messaging::handle_queues(account, call),
        Service::Sns => messaging::handle_topics(account, call),
        Service::CloudWatch => messaging::handle_alarms(account, call),
        Service::Ses => mail::handle(account, call),
        Service::S3 => storage::handle(account, call),
    }
}

/// Whether an operation only reads, by the verbs that AWS begins such names with.
pub(super) fn reads(operation: &str) -> bool {
    const READING: [&str; 13] = [
        "Describe", "List", "Get", "Head", "Lookup", "Check", "Validate", "Simulate", "Estimate",
        "Retrieve", "Search", "Detect", "Receive",
    ];
    READING.iter().any(|verb| operation.starts_with(verb))
}

/// Numbers and truth values as the texts that a query protocol sends; nothing for `null`.
fn texts(params: Value) -> Value {
    match params {
        Value::Number(number) => Value::String(number.to_string()),
        Value::Bool(flag) => Value::String(flag.to_string()),
        Value::Array(items) => Value::Array(items.into_iter().map(texts).collect()),
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name, texts(value)))
                .collect(),
        ),
        Value::Null | Value::String(_) => params,
    }
}
