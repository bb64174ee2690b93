//! Queues, topics and alarms: what worker environments and notifications are made of.

mod alarm;
mod queue;
mod topic;

use std::collections::BTreeMap;

use serde::Serialize;

pub use alarm::Alarm;
pub use queue::Queue;
pub use topic::Topic;

pub(super) use alarm::handle as handle_alarms;
pub(super) use queue::handle as handle_queues;
pub(super) use topic::handle as handle_topics;

/// Queues, topics and alarms of a region.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Messaging {
    /// Queues by name.
    pub queues: BTreeMap<String, Queue>,
    /// Topics by ARN.
    pub topics: BTreeMap<String, Topic>,
    /// Alarms by name.
    pub alarms: BTreeMap<String, Alarm>,
}
