//! The state of the simulated account: one [`Regional`] for each region, and what is global.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

use super::access::Access;
use super::{
    Job, Timetable, autoscaling, balancing, beanstalk, cloudformation, ec2, iam, mail, messaging,
    quotas, rds, storage, trail,
};

/// The simulated account.
///
/// A call or job finds the state of its own region in `here`; [`Account::enter`] changes it.
#[derive(Clone, Debug)]
pub struct Account {
    /// The account's number.
    pub id: String,
    /// The region `here` belongs to.
    pub region: String,
    /// Where the account is served, if it is.
    pub endpoint: Option<String>,
    /// State of the region at hand.
    pub here: Regional,
    /// State that belongs to no region.
    pub everywhere: Global,
    /// Who may do what over the wire.
    pub(super) access: Access,
    /// State of the other regions.
    elsewhere: BTreeMap<String, Regional>,
    /// The time in the simulation.
    now: Timestamp,
    /// What is going to happen.
    timetable: Timetable,
    /// How many identifiers have been made, and the seed they are made from.
    identifiers: u64,
}

/// The state of one region: one field for each regional service.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Regional {
    /// EC2 and its VPC family.
    pub ec2: ec2::Ec2,
    /// Stacks.
    pub cloudformation: cloudformation::CloudFormation,
    /// Auto Scaling groups.
    pub autoscaling: autoscaling::AutoScaling,
    /// Load balancers of both generations.
    pub balancing: balancing::Balancing,
    /// Databases.
    pub rds: rds::Rds,
    /// Elastic Beanstalk.
    pub beanstalk: beanstalk::Beanstalk,
    /// Quotas and requests to raise them.
    pub quotas: quotas::Quotas,
    /// SES.
    pub mail: mail::Mail,
    /// SQS, SNS and CloudWatch's alarms.
    pub messaging: messaging::Messaging,
    /// What CloudTrail knows.
    pub trail: trail::Trail,
}

/// State that is the same from every region.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Global {
    /// Roles, profiles, policies.
    pub iam: iam::Iam,
    /// S3's buckets.
    pub storage: storage::Storage,
}

impl Account {
    /// An empty account at a time.
    pub fn new(id: &str, region: &str, now: Timestamp) -> Self {
        Self {
            id: id.to_owned(),
            region: region.to_owned(),
            endpoint: None,
            here: Regional::default(),
            everywhere: Global::default(),
            access: Access::default(),
            elsewhere: BTreeMap::new(),
            now,
            timetable: Timetable::default(),
            identifiers: 0,
        }
    }

    /// The time in the simulation.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Plans a job for the region at hand, `after` seconds from now.
    pub fn later(&mut self, after: i64, job: impl FnOnce(&mut Account) + Clone + Send + 'static) {
        let when = self.now + SignedDuration::from_secs(after);
        let region = self.region.clone();
        self.timetable.at(when, &region, Job::new(job));
    }

    /// Lets time pass until `until`, doing what is due on the way in order.
    pub fn pass_until(&mut self, until: Timestamp) {
        while let Some((when, region, job)) = self.timetable.due(until) {
            self.now = self.now.max(when);
            let from = self.region.clone();
            self.enter(&region);
            job.run(self);
            self.enter(&from);
        }
        self.now = self.now.max(until);
    }

    /// Makes a region the one at hand.
    pub fn enter(&mut self, region: &str) {
        if region == self.region {
            return;
        }
        let there = self.elsewhere.remove(region).unwrap_or_default();
        let left = std::mem::replace(&mut self.here, there);
        let name = std::mem::replace(&mut self.region, region.to_owned());
        self.elsewhere.insert(name, left);
    }

    /// The state of a region, if anything was ever done there.
    pub fn regional(&self, region: &str) -> Option<&Regional> {
        if region == self.region { Some(&self.here) } else { self.elsewhere.get(region) }
    }

    /// Does something in a region, and comes back to the one at hand.
    pub fn visit<T>(&mut self, region: &str, act: impl FnOnce(&mut Self) -> T) -> T {
        let from = self.region.clone();
        self.enter(region);
        let result = act(self);
        self.enter(&from);
        result
    }

    /// A new resource id as EC2 makes them: `vpc-0` and sixteen hexadecimal digits.
    pub fn id(&mut self, prefix: &str) -> String {
        format!("{prefix}-0{}", self.hex(16))
    }

    /// A new UUID, as request ids and stack ids have.
    pub fn uuid(&mut self) -> String {
        let digits = self.hex(32);
        format!(
            "{}-{}-4{}-a{}-{}",
            &digits[..8],
            &digits[8..12],
            &digits[13..16],
            &digits[17..20],
            &digits[20..]
        )
    }

    /// An ARN of this account in the region at hand.
    pub fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{resource}", self.region, self.id)
    }

    /// The whole state, for `GET /_sandbox/state`.
    pub fn dump(&self) -> Value {
        let mut regions = serde_json::Map::new();
        regions.insert(self.region.clone(), tree(&self.here));
        for (region, state) in &self.elsewhere {
            regions.insert(region.clone(), tree(state));
        }
        json!({
            "account": self.id,
            "now": self.now.to_string(),
            "global": tree(&self.everywhere),
            "regions": regions,
        })
    }

    /// A new identifier's digits: `length` hexadecimal ones, different at each call and the same
    /// in each run.
    pub fn hex(&mut self, length: usize) -> String {
        self.identifiers += 1;
        // Each call has a stream of its own, so that no two identifiers share digits.
        let stream = mixed(self.identifiers);
        let mut digits = String::new();
        let mut block = 0;
        while digits.len() < length {
            block += 1;
            digits.push_str(&format!("{:016x}", mixed(stream ^ block)));
        }
        digits.truncate(length);
        digits
    }
}

/// State as JSON; a state that cannot be written says why in its place.
fn tree(state: &impl Serialize) -> Value {
    serde_json::to_value(state).unwrap_or_else(|error| json!({ "unwritable": error.to_string() }))
}

/// splitmix64: well mixed, and the same in every run.
pub(super) fn mixed(seed: u64) -> u64 {
    let mut state = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}
