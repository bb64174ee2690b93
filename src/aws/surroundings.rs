//! Queues, buckets and quotas.

use aws_sdk_sqs::types::QueueAttributeName;

use super::convert::filled;
use super::{Answer, Aws, ErrorKind, Reading};
use crate::world::{Bundle, Source};

impl Aws {
    /// How many messages wait in a queue.
    pub async fn queue_length(&self, url: &str) -> Reading<u64> {
        let answer = self
            .read("sqs:GetQueueAttributes", || {
                let request = self.queues().get_queue_attributes().queue_url(url);
                request.attribute_names(QueueAttributeName::ApproximateNumberOfMessages).send()
            })
            .await?;
        Ok(answer.map(|page| {
            let attributes = page.attributes.unwrap_or_default();
            let number = attributes.get(&QueueAttributeName::ApproximateNumberOfMessages);
            number.and_then(|number| number.parse().ok()).unwrap_or(0)
        }))
    }

    /// Whether a bucket holds anything, old versions included.
    pub async fn bucket_is_empty(&self, bucket: &str) -> Reading<bool> {
        let answer = self
            .read("s3:ListBucketVersions", || {
                self.s3().list_object_versions().bucket(bucket).max_keys(1).send()
            })
            .await?;
        Ok(answer.map(|page| page.versions().is_empty() && page.delete_markers().is_empty()))
    }

    /// Whether a bucket keeps old versions.
    pub async fn bucket_is_versioned(&self, bucket: &str) -> Reading<bool> {
        let answer = self
            .read("s3:GetBucketVersioning", || {
                self.s3().get_bucket_versioning().bucket(bucket).send()
            })
            .await?;
        Ok(answer.map(|page| page.status.is_some()))
    }

    /// Whether a source bundle is there, and where its bucket is.
    pub async fn bundle(&self, bucket: &str, key: &str) -> Reading<Bundle> {
        let (head, region) =
            tokio::join!(self.object_size(bucket, key), self.bucket_region(bucket));
        let bundle = |bytes| Bundle {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            bytes,
            region: region.ok().map(|region| region.value),
            policy: None,
        };
        match head {
            Ok(Answer { value, source }) => Ok(Answer { value: bundle(Some(value)), source }),
            // HEAD has no body, so a missing object is known by its status alone.
            Err(failed)
                if matches!(failed.error.kind, ErrorKind::NotFound | ErrorKind::Unavailable) =>
            {
                Ok(Answer { value: bundle(None), source: failed.source })
            }
            Err(failed) => Err(failed),
        }
    }

    async fn object_size(&self, bucket: &str, key: &str) -> Reading<u64> {
        let answer = self
            .read("s3:GetObject", || self.s3().head_object().bucket(bucket).key(key).send())
            .await?;
        Ok(answer.map(|page| {
            page.content_length.and_then(|length| u64::try_from(length).ok()).unwrap_or(0)
        }))
    }

    async fn bucket_region(&self, bucket: &str) -> Reading<String> {
        let answer = self
            .read("s3:GetBucketLocation", || self.s3().get_bucket_location().bucket(bucket).send())
            .await?;
        Ok(answer.map(|page| {
            let region = page.location_constraint.map(|region| region.as_str().to_owned());
            // Source: S3's API reference, GetBucketLocation: us-east-1 is answered as nothing.
            filled(region).unwrap_or_else(|| "us-east-1".to_owned())
        }))
    }

    /// A bucket's policy; not found where it has none.
    pub async fn bucket_policy(&self, bucket: &str) -> Reading<String> {
        let answer = self
            .read("s3:GetBucketPolicy", || self.s3().get_bucket_policy().bucket(bucket).send())
            .await?;
        Ok(answer.map(|page| page.policy.unwrap_or_default()))
    }

    /// One service quota.
    pub async fn quota(&self, service: &str, code: &str) -> Reading<u64> {
        let answer = self
            .read("servicequotas:GetServiceQuota", || {
                self.quotas().get_service_quota().service_code(service).quota_code(code).send()
            })
            .await?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "quotas are whole numbers; negative ones do not exist"
        )]
        Ok(answer.map(|page| {
            page.quota.and_then(|quota| quota.value).map_or(0, |value| value.max(0.0) as u64)
        }))
    }

    /// The source of something for which no call was needed.
    pub(super) fn unasked(&self, operation: &str) -> Source {
        use crate::clock::Clock;
        Source { operation: operation.to_owned(), at: self.clock().now(), request: None }
    }
}
