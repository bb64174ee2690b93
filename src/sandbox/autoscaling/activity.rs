//! What groups did and tried.

use jiff::{Timestamp, Unit};
use serde::Serialize;
use serde_json::{Value, json};

use super::AutoScaling;
use crate::sandbox::Account;

/// One activity of a group.
#[derive(Clone, Debug, Serialize)]
pub struct Activity {
    /// Its id.
    pub id: String,
    /// The group's name.
    pub group: String,
    /// The group's ARN.
    pub group_arn: String,
    /// `Launching a new EC2 instance: i-…`.
    pub description: String,
    /// Why, in whole sentences.
    pub cause: String,
    /// When it began.
    pub began: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// `InProgress`, `Successful`, `Failed`.
    pub status: &'static str,
    /// What went wrong.
    pub message: Option<String>,
    /// How far it is, percent.
    pub progress: i64,
    /// Subnet and zone, as JSON.
    pub details: String,
    /// Whether the group was deleted since.
    pub orphaned: bool,
}

/// A time as sentences about causes tell it, to the second.
pub(super) fn at(when: Timestamp) -> String {
    when.round(Unit::Second).unwrap_or(when).to_string()
}

/// What a new activity says.
pub(super) struct Beginning {
    /// Its description.
    pub(super) description: String,
    /// Its cause.
    pub(super) cause: String,
    /// The subnet, if one is known.
    pub(super) subnet: String,
    /// The zone, if one is known.
    pub(super) zone: String,
}

/// Writes a new activity; the answer is its id.
pub(super) fn begin(account: &mut Account, group: &str, beginning: Beginning) -> String {
    let (id, began) = (account.uuid(), account.now());
    let scaling = &mut account.here.autoscaling;
    let group_arn = scaling.group(group).map(|found| found.arn.clone()).unwrap_or_default();
    let Beginning { description, cause, subnet, zone } = beginning;
    let mut details = serde_json::Map::new();
    if !subnet.is_empty() {
        details.insert("Subnet ID".to_owned(), subnet.into());
    }
    if !zone.is_empty() {
        details.insert("Availability Zone".to_owned(), zone.into());
    }
    scaling.activities.push(Activity {
        id: id.clone(),
        group: group.to_owned(),
        group_arn,
        description,
        cause,
        began,
        ended: None,
        status: "InProgress",
        message: None,
        progress: 0,
        details: Value::Object(details).to_string(),
        orphaned: false,
    });
    id
}

/// Ends an activity well, or with what went wrong.
pub(super) fn end(account: &mut Account, id: &str, failure: Option<String>) {
    let now = account.now();
    let activities = account.here.autoscaling.activities.iter_mut();
    let Some(activity) = activities.rev().find(|activity| activity.id == id) else { return };
    activity.ended = Some(now);
    activity.progress = 100;
    activity.status = if failure.is_some() { "Failed" } else { "Successful" };
    if let Some(message) = &failure {
        activity.description = format!("{}.  Status Reason: {message}", activity.description);
    }
    activity.message = failure;
}

impl AutoScaling {
    /// Whether a group has activities under way.
    pub(super) fn busy(&self, group: &str) -> bool {
        self.activities
            .iter()
            .any(|activity| activity.group == group && activity.status == "InProgress")
    }
}

/// An activity as the API shows it.
pub(super) fn row(activity: &Activity) -> Value {
    json!({
        "ActivityId": activity.id,
        "AutoScalingGroupName": activity.group,
        "AutoScalingGroupARN": activity.group_arn,
        "AutoScalingGroupState": activity.orphaned.then_some("Deleted"),
        "Description": activity.description,
        "Cause": activity.cause,
        "StartTime": activity.began.to_string(),
        "EndTime": activity.ended.map(|at| at.to_string()),
        "StatusCode": activity.status,
        "StatusMessage": activity.message,
        "Progress": activity.progress,
        "Details": activity.details,
    })
}
