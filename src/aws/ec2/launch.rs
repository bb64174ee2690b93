//! What instances are launched from, and where that is offered.

use aws_sdk_ec2::types as sdk;

use super::{ALL, filter};
use crate::aws::convert::{filled, id, ids, required};
use crate::aws::{Aws, Reading};
use crate::world::{Image, ImageId, InstanceType, LaunchTemplate};

impl Aws {
    /// Images by id, deprecated ones included; those the account may not see are left out.
    pub async fn images(&self, images: &[ImageId]) -> Reading<Vec<Image>> {
        let found = self
            .pages(
                "ec2:DescribeImages",
                ALL,
                |token| {
                    // As a filter: by id, one image that is gone would fail the whole call.
                    let names = images.iter().map(ImageId::as_str);
                    let request = self.ec2().describe_images().include_deprecated(true);
                    request.filters(filter("image-id", names)).set_next_token(token).send()
                },
                |page| (page.images, page.next_token),
            )
            .await?;
        Ok(found.map(|found| {
            found.into_iter().map(image).filter(|image| images.contains(&image.id)).collect()
        }))
    }

    /// One version of a launch template: a number, `$Latest` or `$Default`.
    pub async fn launch_template(&self, id: &str, version: &str) -> Reading<Vec<LaunchTemplate>> {
        let found = self
            .pages(
                "ec2:DescribeLaunchTemplateVersions",
                ALL,
                |token| {
                    let request = self.ec2().describe_launch_template_versions();
                    let request = request.launch_template_id(id).versions(version);
                    request.set_next_token(token).send()
                },
                |page| (page.launch_template_versions, page.next_token),
            )
            .await?;
        Ok(found.map(|found| found.into_iter().map(launch_template).collect()))
    }

    /// Zones in which instance types are offered: type and zone.
    pub async fn offerings(&self, types: &[String]) -> Reading<Vec<(String, String)>> {
        let found = self
            .pages(
                "ec2:DescribeInstanceTypeOfferings",
                ALL,
                |token| {
                    let request = self.ec2().describe_instance_type_offerings();
                    request
                        .location_type(sdk::LocationType::AvailabilityZone)
                        .filters(filter("instance-type", types))
                        .set_next_token(token)
                        .send()
                },
                |page| (page.instance_type_offerings, page.next_token),
            )
            .await?;
        Ok(found.map(|found| {
            let read = found.into_iter().filter_map(|offering| {
                Some((offering.instance_type?.as_str().to_owned(), offering.location?))
            });
            read.filter(|(kind, _)| types.contains(kind)).collect()
        }))
    }

    /// What instance types can do.
    pub async fn instance_types(&self, types: &[String]) -> Reading<Vec<InstanceType>> {
        let found = self
            .pages(
                "ec2:DescribeInstanceTypes",
                ALL,
                |token| {
                    let request = self.ec2().describe_instance_types();
                    let request = request.filters(filter("instance-type", types));
                    request.set_next_token(token).send()
                },
                |page| (page.instance_types, page.next_token),
            )
            .await?;
        Ok(found.map(|found| {
            let read = found.into_iter().map(instance_type);
            read.filter(|kind| types.contains(&kind.name)).collect()
        }))
    }

    /// Names of all key pairs of the region.
    pub async fn key_pairs(&self) -> Reading<Vec<String>> {
        let answer =
            self.read("ec2:DescribeKeyPairs", || self.ec2().describe_key_pairs().send()).await?;
        Ok(answer.map(|page| {
            let pairs = page.key_pairs.unwrap_or_default().into_iter();
            pairs.filter_map(|pair| pair.key_name).collect()
        }))
    }
}

fn image(image: sdk::Image) -> Image {
    Image {
        id: required(image.image_id),
        architecture: image.architecture.map(|architecture| architecture.as_str().to_owned()),
        state: image.state.map(|state| state.as_str().to_owned()),
        name: filled(image.name),
        owner: filled(image.image_owner_alias).or_else(|| filled(image.owner_id)),
        created: filled(image.creation_date),
    }
}

fn launch_template(version: sdk::LaunchTemplateVersion) -> LaunchTemplate {
    let data = version.launch_template_data;
    let mut groups = Vec::new();
    let (mut profile, mut image, mut kind, mut key) = (None, None, None, None);
    if let Some(data) = data {
        groups = ids(data.security_group_ids);
        for interface in data.network_interfaces.unwrap_or_default() {
            groups.extend(ids(interface.groups));
        }
        profile = data.iam_instance_profile.and_then(|p| filled(p.arn).or_else(|| filled(p.name)));
        (image, key) = (id(data.image_id), filled(data.key_name));
        kind = data.instance_type.map(|kind| kind.as_str().to_owned());
    }
    LaunchTemplate {
        id: version.launch_template_id.unwrap_or_default(),
        version: version.version_number.unwrap_or_default(),
        image,
        instance_type: kind,
        key_name: key,
        groups,
        profile,
    }
}

fn instance_type(info: sdk::InstanceTypeInfo) -> InstanceType {
    let architectures = info.processor_info.and_then(|info| info.supported_architectures);
    InstanceType {
        name: info.instance_type.map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        architectures: architectures
            .unwrap_or_default()
            .iter()
            .map(|architecture| architecture.as_str().to_owned())
            .collect(),
        vcpus: crate::aws::convert::count(info.v_cpu_info.and_then(|info| info.default_v_cpus)),
    }
}
