//! Faults of the application and of what it was given.

use super::{Code, faults};
use crate::world::{Arn, GroupId};

faults! {
    /// Faults of the application, codes `APP-…`.
    ApplicationFault {
        /// The health check asks the wrong path or port.
        "APP-01" HealthCheck {
            /// The target group, where it is known.
            target_group: Option<Arn>,
            /// The path it asks.
            path: Option<String>,
            /// The port it asks.
            port: Option<u16>,
            /// The reason the load balancer gives, `Target.Timeout`.
            reason: Option<String>,
            /// Options of the process that were at their defaults until a change set them, after
            /// which the environment was not well any more.
            changed: Vec<String>,
        }
        /// The health check's answer has another code than expected.
        "APP-02" ResponseCode {
            /// The target group.
            target_group: Option<Arn>,
            /// The path it asks.
            path: Option<String>,
            /// The codes it expects.
            matcher: Option<String>,
            /// Options of the process that were at their defaults until a change set them, after
            /// which the environment was not well any more.
            changed: Vec<String>,
            /// The version that was well before the one that answers with errors of its own (5xx)
            /// was deployed.
            last_good: Option<String>,
        }
        /// Requests that are refused make health look worse than it is.
        "APP-03" ClientErrors {
            /// The share in percent, where the message says so.
            percent: Option<u32>,
        }
        /// The source bundle cannot be fetched.
        "APP-04" Bundle {
            /// The version.
            version: Option<String>,
            /// The bucket.
            bucket: Option<String>,
            /// The key.
            key: Option<String>,
            /// The last version that was deployed well, if it is known.
            last_good: Option<String>,
        }
        /// A command of the deployment failed on an instance.
        "APP-05" CommandFailed {
            /// The version that was being deployed.
            version: Option<String>,
            /// The last version that was deployed well, if it is known.
            last_good: Option<String>,
        }
        /// A configuration file of the bundle cannot be read.
        "APP-06" ConfigurationFile {
            /// The file.
            file: Option<String>,
            /// The last version that was deployed well, if it is known.
            last_good: Option<String>,
        }
        /// The bundle's Docker files are wrong.
        "APP-07" Docker {
            /// AWS's sentence.
            message: String,
            /// The last version that was deployed well, if it is known.
            last_good: Option<String>,
        }
        /// What the launch template names was deleted.
        "APP-08" LaunchReferenceGone {
            /// `key-pair`, `security-group` or `launch-template`.
            what: String,
            /// Its name or id.
            name: String,
        }
        /// Old and new options of the health check are set together.
        "APP-09" HealthOptionsClash {}
        /// The worker does not keep up with its queue, or fails on messages.
        "APP-10" WorkerQueue {
            /// Messages that wait.
            waiting: u64,
            /// Messages in the dead-letter queue.
            dead: u64,
        }
        /// The database does not admit the instances.
        "APP-11" DatabaseUnreachable {
            /// The database.
            database: String,
            /// Its port.
            port: u16,
            /// The database's groups.
            groups: Vec<GroupId>,
            /// The instances' groups.
            from: Vec<GroupId>,
        }
        /// The bundle is larger than 512 MB.
        "APP-12" BundleTooLarge {
            /// Its size in bytes, where it is known.
            bytes: Option<u64>,
        }
    }
}
