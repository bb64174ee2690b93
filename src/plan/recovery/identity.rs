//! Roles and instance profiles brought back as Elastic Beanstalk needs them.

use serde_json::json;

use crate::check::Finding;
use crate::plan::draft::{Draft, Proposal};
use crate::plan::{Action, IdentityAction, StepId};
use crate::world::{Arn, Observed, RoleFacts};

const SERVICE_ROLE: &str = "aws-elasticbeanstalk-service-role";
const INSTANCE_ROLE: &str = "aws-elasticbeanstalk-ec2-role";

/// Source: Elastic Beanstalk guide, "Service roles": both policies, and the trust with its
/// external id.
const SERVICE_POLICIES: [&str; 2] = [
    "arn:aws:iam::aws:policy/service-role/AWSElasticBeanstalkEnhancedHealth",
    "arn:aws:iam::aws:policy/AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy",
];

/// Brings the service role back, or its trust, or its policies, and makes Elastic Beanstalk look
/// again.
pub(in crate::plan) fn service_role(draft: &mut Draft<'_>, finding: &Finding, named: Option<&str>) {
    let option = draft.option("aws:elasticbeanstalk:environment", "ServiceRole");
    let role =
        named.or(option).map_or(SERVICE_ROLE, |role| role.rsplit('/').next().unwrap_or(role));
    let role = role.to_owned();
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": "elasticbeanstalk.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": "elasticbeanstalk"}},
        }],
    });
    let now = &draft.snapshot.identity.service_role;
    bring_role(
        draft,
        finding,
        &role,
        &trust.to_string(),
        now,
        "elasticbeanstalk.amazonaws.com",
        &SERVICE_POLICIES,
    );
    if option.is_none() {
        let namespace = "aws:elasticbeanstalk:environment";
        draft.needs.set(namespace, "ServiceRole", &role, finding);
    } else {
        // An update makes Elastic Beanstalk take the role up again.
        draft.needs.try_again(finding);
    }
}

/// Brings the instance profile back with its role.
pub(in crate::plan) fn instance_profile(
    draft: &mut Draft<'_>,
    finding: &Finding,
    profile: Option<&str>,
    role: Option<&str>,
) {
    let short = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    let name = profile.map_or(INSTANCE_ROLE.to_owned(), short);
    let role = role.map_or_else(|| name.clone(), short);
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }],
    });
    let now = &draft.snapshot.identity.instance_role;
    let policies = instance_policies(draft);
    let made =
        bring_role(draft, finding, &role, &trust.to_string(), now, "ec2.amazonaws.com", &policies);
    let known = draft.snapshot.identity.profile.value().filter(|own| own.name == name);
    let mut before: Vec<StepId> = made;
    if known.is_none() {
        let action = IdentityAction::CreateProfile { profile: name.clone() };
        before.push(draft.add_ground(Proposal::new(Action::Identity(action), finding)));
    }
    if known.is_none_or(|own| !own.roles.contains(&role)) {
        let action = IdentityAction::AddRole { profile: name.clone(), role };
        draft.add_ground(Proposal::new(Action::Identity(action), finding).after(&before));
    }
    if profile.is_none() {
        let launch = "aws:autoscaling:launchconfiguration";
        draft.needs.set(launch, "IamInstanceProfile", &name, finding);
    }
}

/// Source: Elastic Beanstalk guide, "Instance profiles": web or worker tier, and ECS for
/// multicontainer Docker.
fn instance_policies(draft: &Draft<'_>) -> Vec<&'static str> {
    let worker = draft.environment.tier.as_deref() == Some("Worker");
    let stack = draft.environment.solution_stack.as_deref().unwrap_or_default();
    let mut policies = vec![if worker {
        "arn:aws:iam::aws:policy/AWSElasticBeanstalkWorkerTier"
    } else {
        "arn:aws:iam::aws:policy/AWSElasticBeanstalkWebTier"
    }];
    if stack.contains("Multi-container Docker") || stack.contains("running ECS") {
        policies.push("arn:aws:iam::aws:policy/AWSElasticBeanstalkMulticontainerDocker");
    }
    policies
}

/// Makes a role that is missing, or mends its trust and its policies; gives the steps.
fn bring_role(
    draft: &mut Draft<'_>,
    finding: &Finding,
    role: &str,
    trust: &str,
    now: &Observed<RoleFacts>,
    service: &str,
    policies: &[&'static str],
) -> Vec<StepId> {
    let known = now.value().filter(|own| own.name == role);
    let mut steps = Vec::new();
    match known {
        None => {
            let action =
                IdentityAction::CreateRole { role: role.to_owned(), trust: trust.to_owned() };
            steps.push(draft.add_ground(Proposal::new(Action::Identity(action), finding)));
        }
        Some(own) if own.trust.as_ref().is_some_and(|trust| !trust.contains(service)) => {
            let action =
                IdentityAction::SetTrust { role: role.to_owned(), trust: trust.to_owned() };
            steps.push(draft.add_ground(Proposal::new(Action::Identity(action), finding)));
        }
        Some(_) => {}
    }
    let made = steps.clone();
    for policy in policies {
        let policy = Arn::from(*policy);
        let attached = known.and_then(|own| own.attached.as_ref());
        // Policies of a role that could not be read are left as they are.
        let missing = match known {
            None => true,
            Some(_) => attached.is_some_and(|all| !all.contains(&policy)),
        };
        if missing {
            let action = IdentityAction::AttachPolicy { role: role.to_owned(), policy };
            let proposal = Proposal::new(Action::Identity(action), finding).after(&made);
            steps.push(draft.add_ground(proposal));
        }
    }
    steps
}
