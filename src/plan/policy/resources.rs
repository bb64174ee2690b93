//! What each call authorises against.
//!
//! Source: the Service Authorization Reference, tables "Actions defined by …" of each service.

#![expect(clippy::match_same_arms, reason = "plainer as it is written")]

use crate::plan::{
    Action, BalancingAction, DatabaseAction, EndpointAction, EnvironmentAction, GatewayAction,
    IdentityAction, MailAction, NetworkAction, Ref, ScalingAction, StackAction, VpcAction,
};
use crate::world::AccountId;

use super::Work;

/// Where the ARNs are.
pub(in crate::plan) struct Place {
    pub(super) partition: &'static str,
    pub(super) region: String,
    pub(super) account: String,
    pub(super) application: String,
    pub(super) environment: String,
    pub(super) id: String,
}

/// An ARN that stands for everything of its sort: `…:route-table/rtb-07f1` becomes
/// `…:route-table/*`. Names that begin as Elastic Beanstalk's do, and AWS's own roles, keep that.
pub(super) fn general(arn: &str) -> String {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let &[head, partition, service, region, account, resource] = parts.as_slice() else {
        return arn.to_owned();
    };
    let any = |text: &str| if text.is_empty() { "" } else { "*" }.to_owned();
    let account = if account == "aws" { account.to_owned() } else { any(account) };
    let known = ["elasticbeanstalk-", "awseb", "aws-service-role/", "ElasticBeanstalk"];
    let resource = match resource.split_once(['/', ':']) {
        _ if known.iter().any(|name| resource.contains(name)) => resource.to_owned(),
        Some((sort, _)) => {
            let divider = if resource[sort.len()..].starts_with('/') { '/' } else { ':' };
            format!("{sort}{divider}*")
        }
        None => resource.to_owned(),
    };
    format!("{head}:{partition}:{service}:{}:{account}:{resource}", any(region))
}

impl Place {
    pub(super) fn of(work: &Work<'_>) -> Self {
        let region = work.scope.region.to_string();
        // Source: AWS General Reference, "Amazon Resource Names", partitions.
        let partition = match region.split('-').next() {
            Some("cn") => "aws-cn",
            _ if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        };
        let account = work.scope.account.as_ref().map_or("*", AccountId::as_str).to_owned();
        Self {
            partition,
            region,
            account,
            application: work.application.unwrap_or("*").to_owned(),
            environment: work.scope.name.clone(),
            id: work.scope.environment.to_string(),
        }
    }

    pub(super) fn arn(&self, service: &str, rest: &str) -> String {
        let Self { partition, region, account, .. } = self;
        format!("arn:{partition}:{service}:{region}:{account}:{rest}")
    }

    /// IAM's resources have no region.
    pub(super) fn iam(&self, rest: &str) -> String {
        format!("arn:{}:iam::{}:{rest}", self.partition, self.account)
    }

    fn ec2(&self, kind: &str, id: &str) -> String {
        self.arn("ec2", &format!("{kind}/{id}"))
    }

    /// Something that may be made only by then.
    fn ec2_ref<T: std::fmt::Display>(&self, kind: &str, id: &Ref<T>) -> String {
        let known = id.known().map_or("*".to_owned(), ToString::to_string);
        self.ec2(kind, &known)
    }

    fn own_environment(&self) -> String {
        self.named_environment(&self.environment)
    }

    fn named_environment(&self, name: &str) -> String {
        self.arn("elasticbeanstalk", &format!("environment/{}/{name}", self.application))
    }
}

/// The resources one permission of an action is needed on.
pub(super) fn of(action: &Action, permission: &str, place: &Place) -> Vec<String> {
    let mut resources = match action {
        Action::Network(action) => network(action, permission, place),
        Action::Gateway(action) => gateway(action, permission, place),
        Action::Endpoint(action) => endpoint(action, permission, place),
        Action::Vpc(action) => vpc(action, place),
        Action::Stack(action) => stack(action, permission, place),
        Action::Environment(action) => environment(action, permission, place),
        Action::Scaling(action) => scaling(action, place),
        Action::Balancing(action) => balancing(action),
        Action::Database(action) => database(action, place),
        Action::Identity(action) => identity(action, place),
        Action::Mail(action) => mail(action, place),
        Action::Wait(_) => Vec::new(),
    };
    if resources.is_empty() {
        resources.push("*".to_owned());
    }
    resources.sort();
    resources.dedup();
    resources
}

fn network(action: &NetworkAction, permission: &str, place: &Place) -> Vec<String> {
    match action {
        NetworkAction::CreateRouteTable { .. } if permission == "ec2:CreateTags" => {
            vec![place.ec2("route-table", "*")]
        }
        NetworkAction::CreateRouteTable { vpc, .. } => {
            vec![place.ec2("route-table", "*"), place.ec2("vpc", vpc.as_str())]
        }
        NetworkAction::DeleteRouteTable { table }
        | NetworkAction::CreateRoute { table, .. }
        | NetworkAction::ReplaceRoute { table, .. }
        | NetworkAction::DeleteRoute { table, .. } => vec![place.ec2_ref("route-table", table)],
        NetworkAction::AssociateRouteTable { table, subnet } => {
            vec![place.ec2_ref("route-table", table), place.ec2("subnet", subnet.as_str())]
        }
        // The table that a link belongs to is not named by the call.
        NetworkAction::DisassociateRouteTable { subnet, .. } => {
            vec![place.ec2("route-table", "*"), place.ec2("subnet", subnet.as_str())]
        }
        NetworkAction::ReplaceAssociation { subnet, .. } => {
            vec![place.ec2("route-table", "*"), place.ec2("subnet", subnet.as_str())]
        }
        NetworkAction::AuthorizeRule { group, .. } => {
            vec![place.ec2_ref("security-group", group), place.ec2("security-group-rule", "*")]
        }
        NetworkAction::RevokeRule { group, .. } => vec![place.ec2_ref("security-group", group)],
    }
}

fn gateway(action: &GatewayAction, permission: &str, place: &Place) -> Vec<String> {
    let tags = permission == "ec2:CreateTags";
    match action {
        GatewayAction::CreateInternet { .. } => vec![place.ec2("internet-gateway", "*")],
        GatewayAction::DeleteInternet { gateway } => {
            vec![place.ec2_ref("internet-gateway", gateway)]
        }
        GatewayAction::Attach { gateway, vpc } | GatewayAction::Detach { gateway, vpc } => {
            vec![place.ec2_ref("internet-gateway", gateway), place.ec2("vpc", vpc.as_str())]
        }
        GatewayAction::AllocateAddress { .. } => vec![place.ec2("elastic-ip", "*")],
        GatewayAction::ReleaseAddress { allocation } => {
            vec![place.ec2_ref("elastic-ip", allocation)]
        }
        GatewayAction::CreateNat { .. } if tags => vec![place.ec2("natgateway", "*")],
        GatewayAction::CreateNat { subnet, allocation, .. } => vec![
            place.ec2("natgateway", "*"),
            place.ec2("subnet", subnet.as_str()),
            place.ec2_ref("elastic-ip", allocation),
        ],
        GatewayAction::DeleteNat { nat } => vec![place.ec2_ref("natgateway", nat)],
    }
}

fn endpoint(action: &EndpointAction, permission: &str, place: &Place) -> Vec<String> {
    if permission == "route53:AssociateVPCWithHostedZone" {
        return Vec::new();
    }
    match action {
        EndpointAction::Create { .. } if permission == "ec2:CreateTags" => {
            vec![place.ec2("vpc-endpoint", "*")]
        }
        EndpointAction::Create { vpc, subnets, groups, tables, .. } => {
            let mut all = vec![place.ec2("vpc-endpoint", "*"), place.ec2("vpc", vpc.as_str())];
            all.extend(subnets.iter().map(|id| place.ec2("subnet", id.as_str())));
            all.extend(groups.iter().map(|id| place.ec2("security-group", id.as_str())));
            all.extend(tables.iter().map(|id| place.ec2("route-table", id.as_str())));
            all
        }
        EndpointAction::Delete { endpoint } => vec![place.ec2_ref("vpc-endpoint", endpoint)],
        EndpointAction::SetPrivateDns { endpoint, .. }
        | EndpointAction::SetPolicy { endpoint, .. } => {
            vec![place.ec2("vpc-endpoint", endpoint.as_str())]
        }
        EndpointAction::SetGroups { endpoint, add, remove } => {
            let mut all = vec![place.ec2("vpc-endpoint", endpoint.as_str())];
            all.extend(add.iter().map(|id| place.ec2_ref("security-group", id)));
            all.extend(remove.iter().map(|id| place.ec2("security-group", id.as_str())));
            all
        }
        EndpointAction::SetTables { endpoint, add, remove } => {
            let mut all = vec![place.ec2("vpc-endpoint", endpoint.as_str())];
            let tables = add.iter().chain(remove);
            all.extend(tables.map(|id| place.ec2("route-table", id.as_str())));
            all
        }
    }
}

fn vpc(action: &VpcAction, place: &Place) -> Vec<String> {
    match action {
        VpcAction::SetDns { vpc, .. } => vec![place.ec2("vpc", vpc.as_str())],
        VpcAction::CreateAclEntry { acl, .. } | VpcAction::DeleteAclEntry { acl, .. } => {
            vec![place.ec2("network-acl", acl.as_str())]
        }
        VpcAction::AcceptPeering { peering } => {
            vec![place.ec2("vpc-peering-connection", peering.as_str()), place.ec2("vpc", "*")]
        }
        VpcAction::DeletePeering { peering } | VpcAction::SetPeeringDns { peering, .. } => {
            vec![place.ec2("vpc-peering-connection", peering.as_str())]
        }
        VpcAction::SetInterfaceGroups { interface, groups } => {
            let mut all = vec![place.ec2("network-interface", interface.as_str())];
            all.extend(groups.iter().map(|id| place.ec2_ref("security-group", id)));
            all
        }
        VpcAction::CreateDefaultVpc {} | VpcAction::CreateDefaultSubnet { .. } => Vec::new(),
    }
}

fn stack(action: &StackAction, permission: &str, place: &Place) -> Vec<String> {
    match action {
        StackAction::ContinueRollback { role: Some(role), .. } if permission == "iam:PassRole" => {
            vec![role.to_string()]
        }
        StackAction::Delete { stack, .. }
        | StackAction::ContinueRollback { stack, .. }
        | StackAction::Rollback { stack }
        | StackAction::CancelUpdate { stack }
        | StackAction::Protect { stack, .. }
        | StackAction::Signal { stack, .. } => {
            vec![place.arn("cloudformation", &format!("stack/{stack}/*"))]
        }
    }
}

fn environment(action: &EnvironmentAction, permission: &str, place: &Place) -> Vec<String> {
    let version = |label: &str| {
        place.arn("elasticbeanstalk", &format!("applicationversion/{}/{label}", place.application))
    };
    let template = |application: &str, name: &str| {
        let rest = format!("configurationtemplate/{application}/{name}");
        place.arn("elasticbeanstalk", &rest)
    };
    match action {
        EnvironmentAction::SetOperationsRole { role: Some(role), .. }
            if permission == "iam:PassRole" =>
        {
            vec![role.to_string()]
        }
        EnvironmentAction::Terminate { .. }
        | EnvironmentAction::Rebuild { .. }
        | EnvironmentAction::Abort { .. }
        | EnvironmentAction::Restart { .. }
        | EnvironmentAction::SetOperationsRole { .. } => vec![place.own_environment()],
        EnvironmentAction::Update { version_label, platform, .. } => {
            let mut all = vec![place.own_environment()];
            all.extend(version_label.as_deref().map(version));
            all.extend(platform.as_ref().map(ToString::to_string));
            all
        }
        EnvironmentAction::Create(new) => {
            let mut all = vec![place.named_environment(&new.name)];
            all.push(place.arn("elasticbeanstalk", &format!("application/{}", new.application)));
            all.extend(new.version_label.as_deref().map(version));
            all.extend(new.platform.as_ref().map(ToString::to_string));
            all.extend(new.template.as_deref().map(|name| template(&new.application, name)));
            all
        }
        EnvironmentAction::SaveConfiguration { application, template: name, .. } => {
            vec![template(application, name), place.own_environment()]
        }
        EnvironmentAction::DeleteConfiguration { application, template: name } => {
            vec![template(application, name)]
        }
    }
}

fn scaling(action: &ScalingAction, place: &Place) -> Vec<String> {
    vec![match action {
        ScalingAction::Replace { instance } => place.ec2("instance", instance.as_str()),
        ScalingAction::Resume { group, .. }
        | ScalingAction::Suspend { group, .. }
        | ScalingAction::Resize { group, .. } => {
            let rest = format!("autoScalingGroup:*:autoScalingGroupName/{group}");
            place.arn("autoscaling", &rest)
        }
    }]
}

fn balancing(action: &BalancingAction) -> Vec<String> {
    match action {
        BalancingAction::Protect { balancer, .. } | BalancingAction::SetGroups { balancer, .. } => {
            vec![balancer.to_string()]
        }
    }
}

fn database(action: &DatabaseAction, place: &Place) -> Vec<String> {
    let db = |id: &str| place.arn("rds", &format!("db:{id}"));
    let saved = |id: &str| place.arn("rds", &format!("snapshot:{id}"));
    match action {
        DatabaseAction::Snapshot { database, snapshot } => vec![db(database), saved(snapshot)],
        DatabaseAction::CopySnapshot { snapshot, copy } => vec![saved(snapshot), saved(copy)],
        DatabaseAction::DeleteSnapshot { snapshot } => vec![saved(snapshot)],
        DatabaseAction::Protect { database, .. } | DatabaseAction::Delete { database } => {
            vec![db(database)]
        }
        DatabaseAction::Restore { database, snapshot, .. } => vec![
            db(database),
            saved(snapshot),
            place.arn("rds", "og:*"),
            place.arn("rds", "pg:*"),
            place.arn("rds", "subgrp:*"),
        ],
    }
}

fn identity(action: &IdentityAction, place: &Place) -> Vec<String> {
    let of_role = |name: &str| place.iam(&format!("role/{name}"));
    let of_profile = |name: &str| place.iam(&format!("instance-profile/{name}"));
    match action {
        IdentityAction::CreateRole { role, .. }
        | IdentityAction::DeleteRole { role }
        | IdentityAction::SetTrust { role, .. }
        | IdentityAction::AttachPolicy { role, .. }
        | IdentityAction::DetachPolicy { role, .. }
        | IdentityAction::PutPolicy { role, .. }
        | IdentityAction::DeletePolicy { role, .. } => vec![of_role(role)],
        IdentityAction::CreateProfile { profile } | IdentityAction::DeleteProfile { profile } => {
            vec![of_profile(profile)]
        }
        IdentityAction::AddRole { profile, role }
        | IdentityAction::RemoveRole { profile, role } => vec![of_profile(profile), of_role(role)],
        IdentityAction::CreateServiceRole { service, role } => {
            vec![of_role(&format!("aws-service-role/{service}/{role}"))]
        }
    }
}

fn mail(action: &MailAction, place: &Place) -> Vec<String> {
    match action {
        MailAction::SetSending { .. } => Vec::new(),
        MailAction::CreateIdentity { name } | MailAction::DeleteIdentity { name } => {
            vec![place.arn("ses", &format!("identity/{name}"))]
        }
    }
}
