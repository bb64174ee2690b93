//! What to ask STS and IAM.

use crate::aws::{EnvironmentRef, IdentityQuestion as Ask, RoleOf};
use crate::collect::view::{DEFAULT_SERVICE_ROLE, View};
use crate::world::{Arn, Clue};

/// What the service role must be allowed to do for an update; a few of each service suffice to
/// tell a role that has its policies from one that has lost them.
// Source: the managed policies AWSElasticBeanstalkEnhancedHealth and
// AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy.
const SERVICE_ACTIONS: [&str; 6] = [
    "elasticloadbalancing:DescribeTargetHealth",
    "ec2:DescribeInstances",
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:PutNotificationConfiguration",
    "cloudformation:UpdateStack",
    "ec2:CreateTags",
];

pub(super) fn questions(view: &View<'_>) -> Vec<Ask> {
    let mut asks = vec![Ask::Caller];
    if view.environment().is_none() {
        return asks;
    }
    asks.extend(profile(view).map(Ask::Profile));
    asks.extend(service_role(view).map(|name| Ask::Role(RoleOf::Service, name)));
    if view.trouble {
        explaining(view, &mut asks);
    }
    if mails_as_a_user(view) {
        asks.push(Ask::AccessKeys);
    }
    asks
}

/// The instance profile's name: what is set, or what the instances have.
fn profile(view: &View<'_>) -> Option<String> {
    let instances = view.snapshot.compute.instances.items().iter();
    let own = view.instances();
    let used = instances.filter(|found| own.contains(&found.id)).find_map(|i| i.profile.as_ref());
    let set = view.option("aws:autoscaling:launchconfiguration", "IamInstanceProfile");
    let name = set.or_else(|| used.map(Arn::as_str))?;
    name.rsplit('/').next().map(str::to_owned)
}

/// The service role's name. Asked by id, an environment is to be known in two rounds, so the
/// usual name is tried before the settings are there; asked by name, there is a third round.
fn service_role(view: &View<'_>) -> Option<String> {
    let set = view.option("aws:elasticbeanstalk:environment", "ServiceRole");
    let set = set.and_then(|role| role.rsplit('/').next()).map(str::to_owned);
    let guess = matches!(view.given, EnvironmentRef::Id(_)) && view.settings().is_none();
    set.or_else(|| guess.then(|| DEFAULT_SERVICE_ROLE.to_owned()))
}

fn explaining(view: &View<'_>, asks: &mut Vec<Ask>) {
    let identity = &view.snapshot.identity;
    let name_of = |arn: &Arn| arn.as_str().rsplit('/').next().unwrap_or_default().to_owned();
    let role = identity.profile.value().and_then(|profile| profile.roles.first());
    asks.extend(role.map(|name| Ask::Role(RoleOf::Instances, name.clone())));
    let operations = view.environment().and_then(|found| found.operations_role.as_ref());
    asks.extend(operations.map(|arn| Ask::Role(RoleOf::Operations, name_of(arn))));
    let stack = view.stack().and_then(|facts| facts.stack.value());
    let stack_role = stack.and_then(|stack| stack.role.as_ref());
    asks.extend(stack_role.map(|arn| Ask::Role(RoleOf::Stack, name_of(arn))));
    if !view.load_balancers().is_empty() {
        let linked = "AWSServiceRoleForElasticLoadBalancing".to_owned();
        asks.push(Ask::Role(RoleOf::Balancing, linked));
    }
    let known = [
        (RoleOf::Instances, &identity.instance_role),
        (RoleOf::Service, &identity.service_role),
        (RoleOf::Operations, &identity.operations_role),
    ];
    for (of, role) in known {
        asks.extend(role.value().map(|role| Ask::Policies(of, role.name.clone())));
    }
    if let Some(role) = identity.service_role.value() {
        let actions = SERVICE_ACTIONS.iter().map(|action| (*action).to_owned()).collect();
        asks.push(Ask::Simulated(role.arn.clone(), actions));
    }
}

/// Whether a property holds an access key beside an SMTP endpoint: a mail user's.
fn mails_as_a_user(view: &View<'_>) -> bool {
    let properties = view.settings().map(|settings| settings.properties.as_slice());
    let mut has = (false, false);
    for clue in properties.unwrap_or_default().iter().flat_map(|property| &property.clues) {
        match clue {
            Clue::SmtpEndpoint { .. } => has.0 = true,
            Clue::AccessKey { .. } => has.1 = true,
            Clue::Port { .. } | Clue::HostedMongo | Clue::Host { .. } | Clue::Proxy => {}
        }
    }
    has == (true, true)
}
