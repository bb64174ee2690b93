//! Questions to the services around an environment, and to CloudTrail.

use jiff::SignedDuration;

use super::fill::{Fill, add, set};
use crate::aws::{Answer, Aws, ErrorKind, Reading, TrailQuery};
use crate::clock::Clock;
use crate::world::{Bundle, Region};

/// A question to RDS, SES, SQS, S3, Service Quotas or CloudTrail.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ServiceQuestion {
    /// One database instance, or all.
    Databases(Option<String>),
    /// Snapshots of a database instance.
    Snapshots(String),
    /// One database snapshot.
    Snapshot(String),
    /// Whether mail may be sent.
    MailAccount,
    /// As whom.
    MailIdentities,
    /// How many addresses are suppressed.
    Suppressed,
    /// Configuration sets.
    ConfigurationSets,
    /// Whether identities are verified in other regions.
    MailElsewhere(Vec<Region>),
    /// How much waits in a worker's queues.
    Queues(Vec<String>),
    /// Which of these buckets are not empty.
    Buckets(Vec<String>),
    /// Whether a source bundle is there: bucket and key.
    Bundle(String, String),
    /// A quota: service and code.
    Quota(String, String),
    /// Who changed what.
    Trail {
        /// What to look up.
        query: TrailQuery,
        /// Most pages of 50 events.
        pages: usize,
    },
    /// Who changed roles: IAM's calls are only in the trail of one region.
    TrailOfRoles(TrailQuery),
}

/// How long CloudTrail keeps events that can be looked up.
// Source: CloudTrail user guide, "Viewing events with CloudTrail event history": 90 days.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The region whose trail has IAM's calls.
const IAM_TRAIL: &str = "us-east-1";

impl ServiceQuestion {
    pub(super) async fn answer(&self, aws: &Aws) -> Fill {
        match self {
            Self::Databases(only) => add(
                aws.databases(only.as_deref()).await,
                |s| &mut s.databases.instances,
                |a, b| a.id == b.id,
            ),
            Self::Snapshots(of) => add(
                aws.database_snapshots(of).await,
                |s| &mut s.databases.snapshots,
                |a, b| a.0 == b.0,
            ),
            Self::Snapshot(name) => add(
                aws.database_snapshot(name).await,
                |s| &mut s.databases.snapshots,
                |a, b| a.0 == b.0,
            ),
            Self::MailAccount => set(aws.mail_account().await, |s| &mut s.mail.account),
            Self::MailIdentities => set(aws.mail_identities().await, |s| &mut s.mail.identities),
            Self::Suppressed => set(aws.suppressed().await, |s| &mut s.mail.suppressed),
            Self::ConfigurationSets => {
                set(aws.configuration_sets().await, |s| &mut s.mail.configuration_sets)
            }
            Self::MailElsewhere(regions) => {
                set(verified_in(aws, regions).await, |s| &mut s.mail.elsewhere)
            }
            Self::Queues(urls) => set(queues(aws, urls).await, |s| &mut s.surroundings.queues),
            Self::Buckets(names) => {
                set(full_buckets(aws, names).await, |s| &mut s.surroundings.buckets)
            }
            Self::Bundle(bucket, key) => {
                set(bundle(aws, bucket, key).await, |s| &mut s.surroundings.bundle)
            }
            Self::Quota(service, code) => add(
                quota(aws, service, code).await,
                |s| &mut s.surroundings.quotas,
                |a, b| a.0 == b.0,
            ),
            Self::Trail { query, pages } => {
                let since = aws.clock().now() - REMEMBERED;
                let read = aws.trail(query, since, *pages).await;
                add(read, |s| &mut s.trail, |a, b| a.id == b.id)
            }
            Self::TrailOfRoles(query) => {
                let since = aws.clock().now() - REMEMBERED;
                let there = aws.in_region(&Region::from(IAM_TRAIL));
                let read = there.trail(query, since, 1).await;
                add(read, |s| &mut s.trail, |a, b| a.id == b.id)
            }
        }
    }
}

/// How many identities are verified in each of the regions.
async fn verified_in(aws: &Aws, regions: &[Region]) -> Reading<Vec<(String, u32)>> {
    let mut counts = Vec::new();
    let mut source = aws.unasked("ses:ListEmailIdentities");
    for region in regions {
        let Answer { value, source: newer } = aws.in_region(region).mail_identities().await?;
        let verified = value.iter().filter(|identity| identity.verified).count();
        counts.push((region.to_string(), u32::try_from(verified).unwrap_or(u32::MAX)));
        source = newer;
    }
    Ok(Answer { value: counts, source })
}

/// Messages that wait in each queue; a dead-letter queue is one of the queues.
async fn queues(aws: &Aws, urls: &[String]) -> Reading<Vec<(String, u64, u64)>> {
    let mut lengths = Vec::new();
    let mut source = aws.unasked("sqs:GetQueueAttributes");
    for url in urls {
        let answer = aws.queue_length(url).await?;
        let dead = url.contains("DeadLetter");
        let (waiting, failed) = if dead { (0, answer.value) } else { (answer.value, 0) };
        lengths.push((url.clone(), waiting, failed));
        source = answer.source;
    }
    Ok(Answer { value: lengths, source })
}

/// Buckets that are not empty, and whether they keep old versions.
async fn full_buckets(aws: &Aws, names: &[String]) -> Reading<Vec<(String, bool)>> {
    let mut full = Vec::new();
    let mut source = aws.unasked("s3:ListBucketVersions");
    for name in names {
        let answer = match aws.bucket_is_empty(name).await {
            Err(failed) if failed.error.kind == ErrorKind::NotFound => continue,
            other => other?,
        };
        if !answer.value {
            let versioned = aws.bucket_is_versioned(name).await;
            full.push((name.clone(), versioned.is_ok_and(|answer| answer.value)));
        }
        source = answer.source;
    }
    Ok(Answer { value: full, source })
}

async fn bundle(aws: &Aws, bucket: &str, key: &str) -> Reading<Bundle> {
    let mut answer = aws.bundle(bucket, key).await?;
    if answer.value.bytes.is_none() {
        answer.value.policy = aws.bucket_policy(bucket).await.ok().map(|policy| policy.value);
    }
    Ok(answer)
}

async fn quota(aws: &Aws, service: &str, code: &str) -> Reading<Vec<(String, u64)>> {
    Ok(aws.quota(service, code).await?.map(|value| vec![(code.to_owned(), value)]))
}
