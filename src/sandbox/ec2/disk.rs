//! Volumes and snapshots, as far as instances and images have them: each has one, whose id ends as
//! its own does. Neither can be made by itself.

use serde_json::json;

use super::Handler;
use super::listing::{self, Kind};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

const VOLUMES: Kind = Kind {
    set: "volumeSet",
    ids: "VolumeId",
    code: "InvalidVolume.NotFound",
    noun: "volume",
    prefix: "vol",
    filters: &[
        ("volume-id", "volumeId"),
        ("status", "status"),
        ("availability-zone", "availabilityZone"),
        ("size", "size"),
        ("volume-type", "volumeType"),
        ("attachment.instance-id", "attachmentSet.instanceId"),
        ("attachment.status", "attachmentSet.status"),
        ("attachment.device", "attachmentSet.device"),
    ],
};

const SNAPSHOTS: Kind = Kind {
    set: "snapshotSet",
    ids: "SnapshotId",
    code: "InvalidSnapshot.NotFound",
    noun: "snapshot",
    prefix: "snap",
    filters: &[
        ("snapshot-id", "snapshotId"),
        ("status", "status"),
        ("owner-id", "ownerId"),
        ("volume-id", "volumeId"),
    ],
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "DescribeVolumes" => Some(describe_volumes),
        "DescribeSnapshots" => Some(describe_snapshots),
        _ => None,
    }
}

/// The refusal of what is not there; both kinds end their sentence with a point (recorded).
fn missing(fault: Fault) -> Fault {
    if fault.code.ends_with(".NotFound") {
        return Fault { message: format!("{}.", fault.message), ..fault };
    }
    fault
}

fn describe_volumes(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &account.here.ec2;
    let with_disk = ec2.instances.values().filter(|known| known.state != "terminated");
    let ids: Vec<(String, &super::Instance)> =
        with_disk.map(|known| (known.id.replace("i-", "vol-"), known)).collect();
    let volumes = ids.iter().map(|(id, instance)| {
        let tree = move || {
            json!({
                "volumeId": id,
                "size": 8,
                "snapshotId": instance.image.replace("ami-", "snap-"),
                "availabilityZone": instance.zone,
                "status": "in-use",
                "createTime": instance.launched.to_string(),
                "volumeType": "gp3",
                "iops": 3000,
                "throughput": 125,
                "encrypted": false,
                "multiAttachEnabled": false,
                "attachmentSet": [{
                    "volumeId": id,
                    "instanceId": instance.id,
                    "device": "/dev/xvda",
                    "status": "attached",
                    "attachTime": instance.launched.to_string(),
                    "deleteOnTermination": true,
                }],
            })
        };
        (id.as_str(), tree)
    });
    listing::list(ec2, call, &VOLUMES, volumes).map_err(missing)
}

fn describe_snapshots(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &account.here.ec2;
    let owners = call.params.texts("Owner");
    let mine = |owner: &str| owner == account.id;
    let ids: Vec<(String, &super::Image)> = ec2
        .images
        .values()
        .filter(|image| mine(&image.owner) || image.public)
        .filter(|image| {
            owners.is_empty()
                || owners
                    .iter()
                    .any(|owner| *owner == image.owner || (owner == "self" && mine(&image.owner)))
        })
        .map(|image| (image.id.replace("ami-", "snap-"), image))
        .collect();
    let snapshots = ids.iter().map(|(id, image)| {
        let tree = move || {
            json!({
                "snapshotId": id,
                "volumeId": "vol-ffffffff",
                "status": "completed",
                "startTime": image.created.to_string(),
                "progress": "100%",
                "ownerId": image.owner,
                "description": format!("Created for {}", image.id),
                "volumeSize": 8,
                "encrypted": false,
                "storageTier": "standard",
            })
        };
        (id.as_str(), tree)
    });
    listing::list(ec2, call, &SNAPSHOTS, snapshots).map_err(missing)
}
