//! What is done about faults of the platform.

use crate::check::{Finding, PlatformFault};
use crate::plan::draft::{Draft, Proposal, version_of};
use crate::plan::{Action, IdentityAction};
use crate::world::Arn;

const LAUNCH: &str = "aws:autoscaling:launchconfiguration";
const MANAGED: &str = "aws:elasticbeanstalk:managedactions";

/// Plans what is done about a fault of the platform.
#[expect(clippy::too_many_lines, reason = "one short arm for each finding")]
pub(super) fn mend(draft: &mut Draft<'_>, finding: &Finding, fault: &PlatformFault) {
    match fault {
        PlatformFault::Moved { worked, now, .. } => {
            draft.needs.pin(worked, finding);
            draft.alternative(
                format!("Stay on {} and mend the application", version_of(now)),
                "It is the newer version; but the application has not run on it, and mending it takes longer than going back.",
            );
        }
        PlatformFault::StackNotOffered { newest, wanted } => {
            let offered = newest.as_deref().and_then(|name| arn_of(draft, name));
            match offered {
                Some(platform) => draft.needs.platform(&platform, finding),
                None => draft.ask_person(
                    format!("Whoever keeps the infrastructure code must name a solution stack that is offered, in place of `{wanted}`"),
                    "AWS takes old patch versions off its list; the environment itself can go on running on one.",
                ),
            }
        }
        PlatformFault::BranchRetired { branch, successor, .. } => draft.ask_person(
            format!(
                "The application's team must move to {} in a new environment, and swap names",
                successor.as_deref().unwrap_or("a supported branch")
            ),
            format!("{branch} gets no updates any more, and no update in place crosses branches of an operating system."),
        ),
        PlatformFault::ImageWithdrawn { image, .. } => withdrawn(draft, finding, image.as_str()),
        PlatformFault::LaunchConfigurations {} | PlatformFault::TypeTooNew { .. } => {
            // Source: Elastic Beanstalk guide, "Migrating to launch templates".
            draft.needs.set(LAUNCH, "DisableIMDSv1", "true", finding);
            draft.needs.set(LAUNCH, "RootVolumeType", "gp3", finding);
        }
        PlatformFault::OptionUnknown { options } => {
            for (namespace, name) in options {
                draft.needs.unset(namespace, name, finding);
            }
        }
        PlatformFault::CustomImageGone { .. } | PlatformFault::CustomImageStale { .. } => {
            draft.needs.unset(LAUNCH, "ImageId", finding);
            draft.alternative(
                "An image of your own made anew on the current platform version",
                "What was on the old one besides the platform is not known; without it instances launch from AWS's own image.",
            );
        }
        PlatformFault::ManagedUpdateDenied { action } => allow_updates(draft, finding, action.as_deref()),
        PlatformFault::ManagedUpdatesOff {} => {
            let system = "aws:elasticbeanstalk:healthreporting:system";
            draft.needs.set(system, "SystemType", "enhanced", finding);
            draft.needs.set(&format!("{MANAGED}:platformupdate"), "UpdateLevel", "minor", finding);
        }
        PlatformFault::RuntimeChanged { before, now } => {
            let versions = draft.snapshot.platforms.versions.items();
            let back = versions.iter().find(|one| one.branch.as_ref() == Some(before));
            match back.map(|one| one.arn.clone()) {
                Some(platform) => draft.needs.pin(&platform, finding),
                None => draft.ask_person(
                    format!("The application's team must go back to {before} in a new environment, or make the application run on {now}"),
                    "No version of the branch before is offered for an update in place.",
                ),
            }
        }
        PlatformFault::Architecture { instance_type, .. } => draft.ask_person(
            format!("Whoever keeps the environment must choose an instance type of the image's architecture in place of {instance_type}"),
            "Image and type have different architectures; which of both was meant cannot be told.",
        ),
        PlatformFault::TypeNotAllowed { instance_type } => draft.ask_person(
            format!("Whoever keeps the environment must choose another instance type than {instance_type}, or a newer platform version"),
            "Elastic Beanstalk does not take this type for this platform version.",
        ),
        PlatformFault::ParameterCarried { parameter } => draft.ask_person(
            format!("Whoever keeps the environment must make it anew on the new platform, without {parameter}"),
            "Options of another sort of platform cannot be taken along in place.",
        ),
        PlatformFault::MetadataVersion {} => {
            draft.needs.set(LAUNCH, "DisableIMDSv1", "false", finding);
            draft.alternative(
                "A newer SDK in the application, which asks version 2 of the metadata service",
                "It is the better end; until then version 1 has to answer again.",
            );
        }
        PlatformFault::StackListDiffers { wanted } => draft.ask_person(
            format!("Whoever keeps the infrastructure code must name a version that this account is offered, in place of `{wanted}`"),
            "AWS lists old versions only for accounts that have used them.",
        ),
        PlatformFault::CliPlatform {} => draft.ask_person(
            "Whoever uses the EB CLI must name a platform that is offered in `.elasticbeanstalk/config.yml`",
            "The file is on their machine.",
        ),
    }
}

/// The platform version of a solution stack's name.
fn arn_of(draft: &Draft<'_>, solution_stack: &str) -> Option<Arn> {
    let platforms = &draft.snapshot.platforms;
    let all = platforms.versions.items().iter().chain(platforms.current.value());
    let mut fitting = all.filter(|one| one.solution_stack.as_deref() == Some(solution_stack));
    fitting.next().map(|one| one.arn.clone())
}

/// The image cannot be used any more: whatever launches instances makes it worse.
fn withdrawn(draft: &mut Draft<'_>, finding: &Finding, image: &str) {
    let now = draft.environment.platform_arn.clone();
    let versions = draft.snapshot.platforms.versions.items();
    let usable = versions.iter().find(|one| {
        Some(&one.arn) != now.as_ref()
            && one.status.as_deref() != Some("Failed")
            && !one.images.iter().any(|own| own.as_str() == image)
            && one.branch_state.as_deref() != Some("retired")
    });
    let why = "No instance can be launched from an image that AWS has withdrawn: what runs now would be lost and nothing would come in its place.";
    if let Some(platform) = usable.map(|one| one.arn.clone()) {
        draft.needs.platform(&platform, finding);
        draft.refuse(format!("Replacing instances or rebuilding with {image}"), why);
    } else {
        draft.needs.no_launch = true;
        draft.refuse("Replacing instances, rebuilding, updating", why);
        draft.ask_person(
                "The application's team must move to a supported platform branch in a new environment, and swap names; AWS Support can be asked for the image until then",
                format!("{image} is not to be had any more, and the branch has no other version."),
            );
    }
}

/// Gives the service role what managed updates need.
fn allow_updates(draft: &mut Draft<'_>, finding: &Finding, action: Option<&str>) {
    let role = draft.option("aws:elasticbeanstalk:environment", "ServiceRole");
    let Some(role) = role.map(|role| role.rsplit('/').next().unwrap_or(role).to_owned()) else {
        return;
    };
    let policy =
        Arn::from("arn:aws:iam::aws:policy/AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy");
    let has = draft.snapshot.identity.service_role.value();
    let has = has.and_then(|role| role.attached.as_ref()).is_some_and(|all| all.contains(&policy));
    let put = match (has, action) {
        (false, _) => IdentityAction::AttachPolicy { role, policy },
        (true, Some(action)) => {
            let document = serde_json::json!({
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": [action], "Resource": "*"}],
            });
            let name = format!("ebrescue-{}", action.replace([':', '*'], "-").to_lowercase());
            IdentityAction::PutPolicy { role, name, document: document.to_string() }
        }
        (true, None) => {
            draft.ask_person(
                format!(
                    "Whoever keeps IAM must give {role} what the environment's own resources need"
                ),
                "Managed updates lack a permission that AWS's message does not name.",
            );
            return;
        }
    };
    draft.add_ground(Proposal::new(Action::Identity(put), finding));
}
