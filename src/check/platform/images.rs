//! `PL-04`, `PL-10`, `PL-11` and `PL-17`: what instances are launched from.

use crate::check::situation::Situation;
use crate::check::told::word;
use crate::check::{Finding, PlatformFault, Role, messages};
use crate::world::{Gap, ImageId, Snapshot};

/// The image that new instances are launched from.
fn image(world: &Snapshot) -> Option<ImageId> {
    let template = world.compute.launch_templates.items().iter().find_map(|one| one.image.clone());
    let configuration = || {
        let all = world.scaling.launch_configurations.items().iter();
        all.into_iter().find_map(|one| one.image.clone()).map(ImageId)
    };
    template.or_else(configuration).or_else(|| {
        let set = world.settings.value()?.get("aws:autoscaling:launchconfiguration", "ImageId")?;
        Some(set.into())
    })
}

/// Whether an image is one of the platform's own.
fn is_of_platform(world: &Snapshot, image: &ImageId) -> bool {
    let current = world.platforms.current.value();
    let listed = current.map(|version| version.images.contains(image));
    let known = world.compute.images.items().iter().find(|one| &one.id == image);
    let amazon = known
        .and_then(|one| one.owner.as_deref())
        .map(|owner| owner == "amazon" || owner.starts_with("aws-elasticbeanstalk"));
    // Without a list of the platform's images, an image that nobody set is the platform's.
    let set = world
        .settings
        .value()
        .and_then(|all| all.get("aws:autoscaling:launchconfiguration", "ImageId"));
    let unset = set.is_none_or(|set| set != image.as_str());
    match (listed, amazon) {
        (Some(true), _) | (_, Some(true)) => true,
        (Some(false), _) if current.is_some_and(|version| !version.images.is_empty()) => false,
        (_, Some(false)) => false,
        (_, None) => unset || retired(world),
    }
}

fn retired(world: &Snapshot) -> bool {
    let state = world.platforms.current.value().and_then(|version| version.branch_state.as_deref());
    state.is_some_and(|state| state.eq_ignore_ascii_case("retired"))
}

/// The image that cannot be launched: by AWS's text, or because it is not to be seen.
fn unusable(world: &Snapshot) -> Result<Option<(ImageId, Vec<messages::Hit>, bool)>, Gap> {
    let told: Vec<_> = messages::hits(world)
        .into_iter()
        .filter(|hit| hit.codes.contains(&"PL-10") || hit.codes[0] == "PL-04")
        .filter(|hit| !hit.text.contains("launch template"))
        .collect();
    let by_text = told.iter().find_map(|hit| word(&hit.text, "ami-")).map(ImageId::from);
    let Some(image) = by_text.or_else(|| image(world)) else { return Ok(None) };
    let known = world.compute.images.present()?.map_or(&[][..], Vec::as_slice);
    let usable = |state: Option<&str>| matches!(state, Some("available") | None);
    let seen = known.iter().any(|one| one.id == image && usable(one.state.as_deref()));
    // An endpoint that shows no image at all shows nothing about this one.
    let hidden = !seen
        && (!known.is_empty()
            || world.compute.images.value().is_some() && !Situation::of(world).is_well());
    Ok((hidden || !told.is_empty()).then_some((image, told, hidden)))
}

fn part(world: &Snapshot, told: &[messages::Hit]) -> Role {
    let failing = world.scaling.activities.items().iter().any(|one| {
        one.status == "Failed" && one.message.as_deref().is_some_and(|text| text.contains("ami-"))
    });
    if !told.is_empty() || failing || !Situation::of(world).is_well() {
        Role::Cause
    } else {
        Role::Risk
    }
}

/// `PL-04`.
pub(super) fn withdrawn(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let Some((image, told, hidden)) = unusable(world)? else { return Ok(Vec::new()) };
    if !is_of_platform(world, &image) && !told.iter().any(|hit| hit.sure && hit.codes[0] == "PL-04")
    {
        return Ok(Vec::new());
    }
    let platform = world.environment.value().and_then(|own| own.platform_arn.clone());
    let finding = Finding::new(
        PlatformFault::ImageWithdrawn { image: image.clone(), platform },
        part(world, &told),
        "The platform's machine image was withdrawn, so no instance can be launched",
        "The image belongs to a platform that AWS has retired, and is not available to this account any more. Instances that run go on; whatever launches one (scaling, replacing, rebuilding) fails and makes it worse. The environment has to move to a supported platform.",
    );
    let mut finding = finding.on([image.as_str()]).weighing(94).with(messages::evidence(&told));
    if hidden {
        finding = finding.because(&world.compute.images, format!("EC2 does not show {image}"));
    }
    if retired(world) {
        finding = finding.because(&world.platforms.current, "the platform branch is retired");
    }
    Ok(vec![finding])
}

/// `PL-10`.
pub(super) fn custom_gone(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let template = messages::proofs(world, "PL-10");
    let by_template = template.iter().find(|hit| hit.text.contains("launch template"));
    let Some((image, told, hidden)) = unusable(world)? else {
        return Ok(by_template.map(not_shared).into_iter().collect());
    };
    if is_of_platform(world, &image) && !told.iter().any(|hit| hit.sure && hit.codes[0] == "PL-10")
    {
        return Ok(Vec::new());
    }
    let finding = Finding::new(
        PlatformFault::CustomImageGone { image: image.clone() },
        part(world, &told),
        "The environment's own machine image is gone or not shared, so no instance can be launched",
        "The option ImageId names an image that EC2 does not show to this account: deregistered, not shared, or still being made. Taking the option away goes back to the platform's image; an old image must never be deleted before the environment has moved.",
    );
    let mut finding = finding.on([image.as_str()]).weighing(93).with(messages::evidence(&told));
    if hidden {
        finding = finding.because(&world.compute.images, format!("EC2 does not show {image}"));
    }
    Ok(vec![finding])
}

fn not_shared(hit: &messages::Hit) -> Finding {
    Finding::new(
        PlatformFault::CustomImageGone { image: ImageId::default() },
        Role::Cause,
        "Auto Scaling may not use the launch template: its image or another part is not shared",
        "The launch template names something that whoever launches may not use, often an image of another account.",
    )
    .weighing(80)
    .with([hit.evidence.clone()])
}

/// `PL-11`.
pub(super) fn custom_stale(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let set = world
        .settings
        .present()?
        .and_then(|all| all.get("aws:autoscaling:launchconfiguration", "ImageId"));
    let Some(image) = set.map(ImageId::from) else { return Ok(Vec::new()) };
    let Some(current) = world.platforms.current.value() else { return Ok(Vec::new()) };
    let custom = !current.images.is_empty() && !is_of_platform(world, &image);
    let failing = messages::hits(world)
        .iter()
        .any(|hit| hit.codes.contains(&"APP-05") || hit.codes.contains(&"CFN-15"));
    let there = world.compute.images.items().iter().any(|one| one.id == image);
    if !custom || !there {
        return Ok(Vec::new());
    }
    let role =
        if failing && !Situation::of(world).is_well() { Role::Contributing } else { Role::Risk };
    let finding = Finding::new(
        PlatformFault::CustomImageStale { image: image.clone() },
        role,
        "The environment uses a machine image of its own, which does not follow the platform",
        "With ImageId set, an update of the platform keeps the old image. Packages and libraries can stop fitting the platform's hooks; AWS advises making the image anew from the platform's for each version.",
    );
    Ok(vec![
        finding
            .on([image.as_str()])
            .weighing(38)
            .because(&world.settings, format!("ImageId is {image}"))
            .because(&world.platforms.current, "it is not among the platform version's images"),
    ])
}

/// `PL-17`.
pub(super) fn architecture(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::clues(world, "PL-17");
    let image =
        image(world).and_then(|id| world.compute.images.items().iter().find(|one| one.id == id));
    let template_type =
        world.compute.launch_templates.items().iter().find_map(|one| one.instance_type.clone());
    let set = world.settings.value().and_then(|all| {
        all.get("aws:autoscaling:launchconfiguration", "InstanceType").map(str::to_owned)
    });
    let name = template_type.or(set).unwrap_or_default();
    let kind = world.compute.types.items().iter().find(|one| one.name == name);
    let clash = match (image.and_then(|one| one.architecture.as_deref()), kind) {
        (Some(built), Some(kind)) if !kind.architectures.is_empty() => {
            !kind.architectures.iter().any(|own| own == built)
        }
        _ => false,
    };
    let sure = told.iter().any(|hit| hit.sure);
    if !sure && !(clash && (!told.is_empty() || !Situation::of(world).is_well())) {
        return Ok(Vec::new());
    }
    let finding = Finding::new(
        PlatformFault::Architecture {
            instance_type: name.clone(),
            image: image.map(|one| one.id.clone()),
        },
        Role::Cause,
        "The instance type and the machine image have different processor architectures",
        "An image is built for x86_64 or arm64 and starts only on types of its own sort. Either the type or the option SupportedArchitectures has to change.",
    );
    let mut finding = finding.on([name.as_str()]).weighing(94).with(messages::evidence(&told));
    if let (Some(image), Some(kind)) = (image, kind) {
        let built = image.architecture.as_deref().unwrap_or("unknown");
        finding = finding
            .on([image.id.as_str()])
            .because(&world.compute.images, format!("{} is {built}", image.id))
            .because(
                &world.compute.types,
                format!("{name} runs {}", kind.architectures.join(", ")),
            );
    }
    Ok(vec![finding])
}
