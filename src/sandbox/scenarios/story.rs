//! Telling a story: calls by people, at times before the end.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::sandbox::{Account, Service};

/// The number of the account that scenarios are in.
const ACCOUNT: &str = "210987654321";

/// A story under way: an account, and the time it is to end at.
#[derive(Debug)]
pub struct Story {
    /// The account, at the time the story has come to.
    pub account: Account,
    ends: Timestamp,
    who: String,
}

impl Story {
    /// Begins so long before its end, `3d`, in an empty account.
    pub(super) fn begin(region: &str, ends: Timestamp, before: &str) -> Self {
        let begins = ends - length(before);
        Self { account: Account::new(ACCOUNT, region, begins), ends, who: "root".to_owned() }
    }

    /// Goes on to a time before the end, `5h10m`.
    pub(super) fn at(&mut self, before: &str) -> &mut Self {
        let then = self.ends - length(before);
        self.account.pass_until(then);
        self
    }

    /// Lets time pass.
    pub(super) fn wait(&mut self, by: &str) -> &mut Self {
        let then = self.account.now() + length(by);
        self.account.pass_until(then);
        self
    }

    /// Says who acts from here on.
    pub(super) fn by(&mut self, who: &str) -> &mut Self {
        who.clone_into(&mut self.who);
        self
    }

    /// A call that works.
    #[track_caller]
    pub(super) fn call(&mut self, service: Service, operation: &str, params: Value) -> Value {
        match self.attempt(service, operation, params) {
            Ok(answer) => answer,
            Err(fault) => panic!("{operation} by {} was refused: {fault:?}", self.who),
        }
    }

    /// A call that may be refused; people try things.
    pub(super) fn attempt(
        &mut self,
        service: Service,
        operation: &str,
        params: Value,
    ) -> Result<Value, crate::sandbox::Fault> {
        let who = self.who.clone();
        self.account.call_as(&who, service, operation, params)
    }

    /// A call to EC2 that works.
    #[track_caller]
    pub(super) fn ec2(&mut self, operation: &str, params: Value) -> Value {
        self.call(Service::Ec2, operation, params)
    }

    /// A call to Elastic Beanstalk that works.
    #[track_caller]
    pub(super) fn eb(&mut self, operation: &str, params: Value) -> Value {
        self.call(Service::ElasticBeanstalk, operation, params)
    }

    /// Waits until an environment is ready, or terminated, at most so long.
    pub(super) fn settle(&mut self, environment: &str, at_most: &str) -> &mut Self {
        let until = self.account.now() + length(at_most);
        while self.account.now() < until && self.is_busy(environment) {
            self.wait("10s");
        }
        self
    }

    fn is_busy(&self, environment: &str) -> bool {
        let mut all = self.account.here.beanstalk.environments.values();
        all.any(|found| found.name == environment && found.operation.is_some())
    }

    /// Waits until a stack is at rest, at most so long.
    pub(super) fn settle_stack(&mut self, stack: &str, at_most: &str) -> &mut Self {
        let until = self.account.now() + length(at_most);
        let busy = |account: &Account| {
            account.here.cloudformation.find(stack).is_some_and(|it| it.status.in_progress())
        };
        while self.account.now() < until && busy(&self.account) {
            self.wait("10s");
        }
        self
    }

    /// The physical name of a resource in an environment's stack.
    #[track_caller]
    pub(super) fn resource(&self, environment: &str, logical: &str) -> String {
        let mut all = self.account.here.beanstalk.environments.values();
        let found = all.find(|found| found.name == environment);
        let stack = found.map(|found| format!("awseb-{}-stack", found.id)).unwrap_or_default();
        self.stack_resource(&stack, logical)
    }

    /// The physical name of a resource in a stack.
    #[track_caller]
    pub(super) fn stack_resource(&self, stack: &str, logical: &str) -> String {
        let found = self.account.here.cloudformation.find(stack);
        let resource = found.and_then(|found| found.resources.get(logical));
        match resource {
            Some(resource) => resource.physical.clone(),
            None => panic!("no {logical} in stack {stack}"),
        }
    }

    /// Ends the story: the account as it is now.
    pub(super) fn end(mut self) -> Account {
        self.account.pass_until(self.ends);
        self.account
    }
}

/// A length of time as stories write it: `3d`, `5h10m`, `90s`.
fn length(text: &str) -> SignedDuration {
    let mut seconds = 0;
    let mut number = 0;
    for letter in text.chars() {
        let unit = match letter {
            'd' => 86_400,
            'h' => 3600,
            'm' => 60,
            's' => 1,
            digit => {
                number = number * 10 + i64::from(digit.to_digit(10).unwrap_or(0));
                continue;
            }
        };
        seconds += number * unit;
        number = 0;
    }
    SignedDuration::from_secs(seconds)
}

/// A member deep in an answer, as a text.
#[track_caller]
pub(super) fn id(answer: &Value, path: &str) -> String {
    match answer.pointer(path).and_then(Value::as_str) {
        Some(text) => text.to_owned(),
        None => panic!("no {path} in {answer}"),
    }
}
