//! Machine images: the account's, AWS's, and those that platforms are made of.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::listing::{self, Kind};
use super::{Handler, done, instance, need, tag};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A machine image.
#[derive(Clone, Debug, Serialize)]
pub struct Image {
    /// `ami-…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// The account it belongs to.
    pub owner: String,
    /// The owner's name, if it is AWS.
    pub owner_alias: Option<String>,
    /// Whether everybody may launch it.
    pub public: bool,
    /// Accounts that may launch it although it is not public.
    pub shared_with: BTreeSet<String>,
    /// `x86_64`, `arm64`, `i386`.
    pub architecture: String,
    /// `pending`, `available`, `deregistered`.
    pub state: &'static str,
    /// When it was made.
    pub created: Timestamp,
    /// When it is deprecated.
    pub deprecated: Option<Timestamp>,
}

impl Image {
    /// A public image of AWS's own.
    pub fn of_amazon(id: &str, name: &str, architecture: &str, created: Timestamp) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            description: name.to_owned(),
            // The account that AWS publishes Amazon Linux by.
            owner: "137112412989".to_owned(),
            owner_alias: Some("amazon".to_owned()),
            public: true,
            shared_with: BTreeSet::new(),
            architecture: architecture.to_owned(),
            state: "available",
            created,
            deprecated: None,
        }
    }

    /// Whether an account sees the image and may launch it.
    pub fn visible_to(&self, account: &str) -> bool {
        self.state != "deregistered"
            && (self.public || self.owner == account || self.shared_with.contains(account))
    }
}

const KIND: Kind = Kind {
    set: "imagesSet",
    ids: "ImageId",
    code: "InvalidAMIID.NotFound",
    noun: "image id",
    prefix: "ami",
    filters: &[
        ("image-id", "imageId"),
        ("name", "name"),
        ("description", "description"),
        ("owner-id", "imageOwnerId"),
        ("owner-alias", "imageOwnerAlias"),
        ("architecture", "architecture"),
        ("state", "imageState"),
        ("is-public", "isPublic"),
        ("image-type", "imageType"),
        ("root-device-type", "rootDeviceType"),
        ("virtualization-type", "virtualizationType"),
        ("platform", "platform"),
        ("hypervisor", "hypervisor"),
    ],
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "DescribeImages" => Some(describe),
        "DescribeImageAttribute" => Some(describe_attribute),
        "ModifyImageAttribute" => Some(modify_attribute),
        "CreateImage" => Some(create),
        "DeregisterImage" => Some(deregister),
        _ => None,
    }
}

/// The images of AWS that every region has: Amazon Linux for both architectures.
pub(super) fn furnish(account: &mut Account) {
    for architecture in ["x86_64", "arm64"] {
        let id = account.id("ami");
        let name = format!("al2023-ami-2023.9.20251110.1-kernel-6.1-{architecture}");
        let image = Image::of_amazon(&id, &name, architecture, account.now());
        account.here.ec2.images.insert(id, image);
    }
}

/// Registers an image, for platforms and scenarios.
pub fn register(account: &mut Account, image: Image) {
    super::furnish(account);
    account.here.ec2.images.insert(image.id.clone(), image);
}

/// The refusal of images that are not there (recorded, brackets included).
pub(super) fn unknown(ids: &[&str]) -> Fault {
    let list = ids.join(", ");
    if ids.len() == 1 {
        Fault::new(KIND.code, format!("The image id '[{list}]' does not exist"))
    } else {
        Fault::new(KIND.code, format!("The image ids '[{list}]' do not exist"))
    }
}

fn tree(account: &Account, image: &Image) -> Value {
    json!({
        "imageId": image.id,
        "name": image.name,
        "description": image.description,
        "imageLocation": format!("{}/{}", image.owner_alias.as_deref().unwrap_or(&image.owner), image.name),
        "imageState": image.state,
        "imageOwnerId": image.owner,
        "imageOwnerAlias": image.owner_alias,
        "isPublic": image.public,
        "architecture": image.architecture,
        "imageType": "machine",
        "creationDate": image.created.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string(),
        "deprecationTime": image.deprecated.map(|at| at.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()),
        "platformDetails": "Linux/UNIX",
        "usageOperation": "RunInstances",
        "rootDeviceType": "ebs",
        "rootDeviceName": "/dev/xvda",
        "virtualizationType": "hvm",
        "hypervisor": "xen",
        "enaSupport": true,
        "sriovNetSupport": "simple",
        "blockDeviceMapping": [{
            "deviceName": "/dev/xvda",
            "ebs": {
                "deleteOnTermination": true,
                "volumeSize": 8,
                "volumeType": "gp3",
                "encrypted": false,
                "snapshotId": image.id.replace("ami-", "snap-"),
            },
        }],
        "sourceImageRegion": account.region,
    })
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let account = &*account;
    let ec2 = &account.here.ec2;
    let ids = call.params.texts("ImageId");
    for id in &ids {
        KIND.checked(id)?;
    }
    let visible = |image: &&Image| image.visible_to(&account.id);
    let there = |id: &str| ec2.images.get(id).as_ref().is_some_and(visible);
    let lost: Vec<&str> = ids.iter().map(String::as_str).filter(|id| !there(id)).collect();
    if !lost.is_empty() {
        return Err(unknown(&lost));
    }
    let owners = call.params.texts("Owner");
    let owned = |image: &&Image| {
        owners.is_empty()
            || owners.iter().any(|owner| {
                *owner == image.owner
                    || (owner == "self" && image.owner == account.id)
                    || Some(owner) == image.owner_alias.as_ref()
            })
    };
    // Deprecated images are left out of lists, and told when asked for by id or by their owner.
    let told = |image: &&Image| {
        !ids.is_empty()
            || image.owner == account.id
            || call.params.flag("IncludeDeprecated")
            || image.deprecated.is_none_or(|at| at > account.now())
    };
    let all = ec2
        .images
        .values()
        .filter(visible)
        .filter(owned)
        .filter(told)
        .map(|image| (image.id.as_str(), || tree(account, image)));
    listing::list(ec2, call, &KIND, all)
}

fn own(account: &Account, id: &str) -> Result<(), Fault> {
    KIND.checked(id)?;
    match account.here.ec2.images.get(id).filter(|image| image.visible_to(&account.id)) {
        None => Err(unknown(&[id])),
        Some(image) if image.owner != account.id => {
            Err(Fault::new("AuthFailure", format!("Not authorized for image:{id}")))
        }
        Some(_) => Ok(()),
    }
}

fn describe_attribute(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "ImageId")?;
    own(account, id)?;
    let image = &account.here.ec2.images[id];
    let mut answer = json!({ "imageId": id });
    match need(call, "Attribute")? {
        "launchPermission" => {
            let mut permissions: Vec<Value> =
                image.shared_with.iter().map(|user| json!({ "userId": user })).collect();
            if image.public {
                permissions.push(json!({ "group": "all" }));
            }
            answer["launchPermission"] = Value::Array(permissions);
        }
        "description" => answer["description"] = json!({ "value": image.description }),
        other => {
            return Err(Fault::invalid_value(format!(
                "Value ({other}) for parameter attribute is invalid."
            )));
        }
    }
    Ok(answer)
}

fn modify_attribute(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "ImageId")?;
    own(account, id)?;
    let Some(image) = account.here.ec2.images.get_mut(id) else { return done() };
    if let Some(permission) = call.params.get("LaunchPermission") {
        for added in permission.list("Add") {
            image.shared_with.extend(added.text("UserId").map(str::to_owned));
            image.public |= added.text("Group") == Some("all");
        }
        for removed in permission.list("Remove") {
            if let Some(user) = removed.text("UserId") {
                image.shared_with.remove(user);
            }
            image.public &= removed.text("Group") != Some("all");
        }
    }
    if let Some(text) = call.params.get("Description").and_then(|tree| tree.text("Value")) {
        text.clone_into(&mut image.description);
    }
    done()
}

/// Seconds until an image of an instance is there.
const BECOMES_AVAILABLE: i64 = 180;

fn create(account: &mut Account, call: &Call) -> Answer {
    let instance = need(call, "InstanceId")?;
    let name = need(call, "Name")?.to_owned();
    let source = instance::find(&account.here.ec2, instance)?.image.clone();
    let architecture = account
        .here
        .ec2
        .images
        .get(&source)
        .map_or_else(|| "x86_64".to_owned(), |image| image.architecture.clone());
    let id = account.id("ami");
    let image = Image {
        description: call.params.text("Description").unwrap_or_default().to_owned(),
        owner: account.id.clone(),
        owner_alias: None,
        public: false,
        state: "pending",
        ..Image::of_amazon(&id, &name, &architecture, account.now())
    };
    account.here.ec2.images.insert(id.clone(), image);
    tag::apply(&mut account.here.ec2, &call.params, &id);
    let due = id.clone();
    account.later(BECOMES_AVAILABLE, move |account| {
        if let Some(image) = account.here.ec2.images.get_mut(&due)
            && image.state == "pending"
        {
            image.state = "available";
        }
    });
    Ok(json!({ "imageId": id }))
}

fn deregister(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "ImageId")?;
    own(account, id)?;
    account.here.ec2.images.remove(id);
    account.here.ec2.untag(id);
    done()
}
