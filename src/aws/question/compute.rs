//! Questions to EC2 about instances and what they are launched from.

use super::fill::{Fill, add, set};
use crate::aws::{Answer, Aws, Reading};
use crate::world::{ImageId, Instance, InstanceId};

/// A question to EC2 about instances.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ComputeQuestion {
    /// Instances that carry a tag: key and value.
    Tagged(String, String),
    /// Instances by id.
    OfIds(Vec<InstanceId>),
    /// EC2's status checks of instances.
    Statuses(Vec<InstanceId>),
    /// Images by id.
    Images(Vec<ImageId>),
    /// One version of a launch template: id and version.
    LaunchTemplate(String, String),
    /// Zones in which instance types are offered.
    Offerings(Vec<String>),
    /// What instance types can do.
    Types(Vec<String>),
    /// Key pairs.
    KeyPairs,
    /// Virtual processors that run in the region.
    RunningVcpus,
}

impl ComputeQuestion {
    pub(super) async fn answer(&self, aws: &Aws) -> Fill {
        match self {
            Self::Tagged(key, value) => instances(aws.instances_tagged(key, value).await),
            Self::OfIds(ids) => instances(aws.instances_of_ids(ids).await),
            Self::Statuses(ids) => {
                set(aws.instance_statuses(ids).await, |s| &mut s.compute.statuses)
            }
            Self::Images(ids) => set(aws.images(ids).await, |s| &mut s.compute.images),
            Self::LaunchTemplate(id, version) => add(
                aws.launch_template(id, version).await,
                |s| &mut s.compute.launch_templates,
                |a, b| (&a.id, a.version) == (&b.id, b.version),
            ),
            Self::Offerings(types) => set(aws.offerings(types).await, |s| &mut s.compute.offerings),
            Self::Types(types) => set(aws.instance_types(types).await, |s| &mut s.compute.types),
            Self::KeyPairs => set(aws.key_pairs().await, |s| &mut s.compute.key_pairs),
            Self::RunningVcpus => set(running_vcpus(aws).await, |s| &mut s.compute.running_vcpus),
        }
    }
}

fn instances(read: Reading<Vec<Instance>>) -> Fill {
    add(read, |s| &mut s.compute.instances, |a, b| a.id == b.id)
}

/// Virtual processors of the families that share the quota of standard instances.
// Source: Service Quotas, L-1216C47A "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z)".
async fn running_vcpus(aws: &Aws) -> Reading<u32> {
    let Answer { value: running, source } = aws.running_types().await?;
    let standard = |kind: &&String| kind.starts_with(['a', 'c', 'd', 'h', 'i', 'm', 'r', 't', 'z']);
    let mut types: Vec<String> = running.iter().filter(standard).cloned().collect();
    types.sort();
    types.dedup();
    if types.is_empty() {
        return Ok(Answer { value: 0, source });
    }
    let known = aws.instance_types(&types).await?;
    let vcpus = |name: &String| known.value.iter().find(|kind| kind.name == *name);
    let total = running.iter().filter_map(vcpus).map(|kind| kind.vcpus).sum();
    Ok(Answer { value: total, source })
}
