//! What a group is.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// An Auto Scaling group.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// What its instances are launched from.
    pub launch: Launch,
    /// The mixed instances policy, as it was given.
    pub mixed: Option<Value>,
    /// The smallest number of instances.
    pub min: usize,
    /// The largest number of instances.
    pub max: usize,
    /// The number of instances it is to have.
    pub desired: usize,
    /// Seconds between simple scaling activities.
    pub cooldown: i64,
    /// Availability zones.
    pub zones: Vec<String>,
    /// Subnets.
    pub subnets: Vec<String>,
    /// Target groups its instances are registered with.
    pub target_groups: Vec<String>,
    /// Classic load balancers its instances are registered with.
    pub balancers: Vec<String>,
    /// `EC2` or `ELB`, or both with a comma.
    pub health_check: String,
    /// Seconds a new instance is left alone.
    pub grace: i64,
    /// Its instances.
    pub members: Vec<Member>,
    /// When it was created.
    pub created: Timestamp,
    /// Suspended processes with the reason for each.
    pub suspended: BTreeMap<String, String>,
    /// Tags: value, and whether instances get it too.
    pub tags: BTreeMap<String, (String, bool)>,
    /// Which instances are ended first.
    pub termination_policies: Vec<String>,
    /// Whether new instances are protected from being ended by scaling in.
    pub protects_new: bool,
    /// Whether it is being deleted.
    pub deleting: bool,
    /// Failed launches in a row.
    pub failures: u32,
    /// When it looks at its size next, if that is planned.
    pub planned: Option<Timestamp>,
    /// Whether its instances' health is being looked at.
    pub watched: bool,
    /// Why its size was last changed, for the causes of activities.
    pub why: String,
}

/// What instances are launched from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Launch {
    /// A launch template.
    Template {
        /// Its id.
        id: String,
        /// Its name.
        name: String,
        /// A number, `$Latest` or `$Default`.
        version: String,
    },
    /// A launch configuration, by name.
    Configuration(String),
}

/// An instance of a group.
#[derive(Clone, Debug, Serialize)]
pub struct Member {
    /// The instance's id.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// Its zone.
    pub zone: String,
    /// Its subnet.
    pub subnet: String,
    /// `Pending`, `InService`, `Standby`, `Terminating`.
    pub lifecycle: &'static str,
    /// Whether it is healthy, as far as the group knows.
    pub healthy: bool,
    /// When it was launched.
    pub launched: Timestamp,
    /// What it was launched from; a template's version is a number here.
    pub from: Launch,
    /// Whether it is protected from being ended by scaling in.
    pub protected: bool,
    /// The activity that launches or ends it.
    pub activity: String,
}

impl Group {
    /// How many instances it has or is getting; those in standby do not count.
    pub fn size(&self) -> usize {
        let counts = |member: &&Member| !matches!(member.lifecycle, "Terminating" | "Standby");
        self.members.iter().filter(counts).count()
    }

    /// Whether a process is suspended.
    pub fn suspends(&self, process: &str) -> bool {
        self.suspended.contains_key(process)
    }
}
