//! What must hold just before an action of a sort.

use crate::plan::{
    Action, Condition, EnvironmentAction, GatewayAction, Made, NetworkAction, Ref, ScalingAction,
    StackAction, StepId, Truth, VpcAction,
};
use crate::world::network::Target;
use crate::world::{EnvironmentId, Snapshot, StackName};

/// What must hold just before an action: that what it changes is still as it was when it was
/// planned, and that what it relies on works.
pub(in crate::plan) fn guard(action: &Action, snapshot: &Snapshot) -> Vec<Condition> {
    match action {
        Action::Network(action) => network(action, snapshot),
        Action::Gateway(action) => gateway(action),
        Action::Vpc(action) => vpc(action, snapshot),
        Action::Stack(action) => stack(action),
        Action::Environment(action) => environment(action),
        Action::Scaling(ScalingAction::Replace { instance }) => vec![Condition::InstancesIn {
            instances: vec![instance.clone()],
            states: texts(&["pending", "running", "stopped", "stopping"]),
        }],
        Action::Scaling(ScalingAction::Resize { group, .. }) => {
            let groups = snapshot.scaling.groups.items().iter();
            let now = groups.filter(|own| own.name == *group).map(|own| Condition::SizeIs {
                group: group.clone(),
                min: own.min,
                max: own.max,
                desired: own.desired,
            });
            now.collect()
        }
        // The opposite of what they bring about.
        Action::Endpoint(_)
        | Action::Scaling(_)
        | Action::Balancing(_)
        | Action::Database(_)
        | Action::Identity(_)
        | Action::Mail(_) => opposite(action, snapshot),
        Action::Wait(_) => Vec::new(),
    }
}

fn network(action: &NetworkAction, snapshot: &Snapshot) -> Vec<Condition> {
    let there = |table: &Ref<_>| Condition::RouteTableIs { table: table.clone(), there: true };
    match action {
        NetworkAction::CreateRouteTable { .. } | NetworkAction::DisassociateRouteTable { .. } => {
            Vec::new()
        }
        NetworkAction::DeleteRouteTable { table } => vec![there(table)],
        NetworkAction::CreateRoute { table, destination, target } => {
            let none = Condition::RouteIs {
                table: table.clone(),
                destination: destination.clone(),
                target: None,
                there: false,
            };
            let mut guard = vec![there(table), none];
            guard.extend(works(target, snapshot));
            guard
        }
        NetworkAction::ReplaceRoute { table, destination, target } => {
            let mut guard = vec![there(table)];
            // Somebody may have mended it meanwhile: only the route that was seen is replaced.
            guard.extend(leads_now(table, destination, snapshot));
            guard.extend(works(target, snapshot));
            guard
        }
        NetworkAction::DeleteRoute { table, destination } => vec![Condition::RouteIs {
            table: table.clone(),
            destination: destination.clone(),
            target: None,
            there: true,
        }],
        NetworkAction::AssociateRouteTable { table, subnet } => {
            vec![there(table), Condition::SubnetUses { subnet: subnet.clone(), table: None }]
        }
        NetworkAction::ReplaceAssociation { table, subnet, .. } => {
            let mut guard = vec![there(table)];
            guard.extend(own_table(subnet.as_str(), snapshot).map(|now| Condition::SubnetUses {
                subnet: subnet.clone(),
                table: Some(Ref::Is(now)),
            }));
            guard
        }
        NetworkAction::AuthorizeRule { group, egress, rule, peer_group }
        | NetworkAction::RevokeRule { group, egress, rule, peer_group } => {
            vec![Condition::RuleIs {
                group: group.clone(),
                egress: *egress,
                rule: rule.clone(),
                peer_group: peer_group.clone(),
                there: matches!(action, NetworkAction::RevokeRule { .. }),
            }]
        }
    }
}

/// The table of its own that a subnet has in a snapshot.
fn own_table(subnet: &str, snapshot: &Snapshot) -> Option<crate::world::RouteTableId> {
    let mut tables = snapshot.network.route_tables.items().iter();
    let uses = |link: &crate::world::network::Association| {
        link.subnet.as_ref().is_some_and(|own| own.as_str() == subnet)
    };
    tables.find(|table| table.associations.iter().any(uses)).map(|table| table.id.clone())
}

/// That a table's route still leads where it did.
fn leads_now(
    table: &Ref<crate::world::RouteTableId>,
    destination: &crate::world::network::Destination,
    snapshot: &Snapshot,
) -> Option<Condition> {
    let id = table.known()?;
    let tables = snapshot.network.route_tables.items();
    let own = tables.iter().find(|one| one.id == *id)?;
    let route = own.routes.iter().find(|route| route.destination == *destination)?;
    Some(Condition::RouteLeads {
        table: table.clone(),
        destination: destination.clone(),
        target: route.target.clone(),
    })
}

/// That a route's target takes packets, as far as that can be seen at all: what is behind a
/// transit gateway cannot.
fn works(target: &Ref<Target>, snapshot: &Snapshot) -> Option<Condition> {
    let condition = Condition::TargetWorks { target: target.clone() };
    let visible =
        target.maker().is_some() || condition.holds(snapshot, &Made::nothing()) != Truth::Unknown;
    visible.then_some(condition)
}

fn gateway(action: &GatewayAction) -> Vec<Condition> {
    match action {
        GatewayAction::CreateInternet { .. } | GatewayAction::AllocateAddress { .. } => Vec::new(),
        GatewayAction::DeleteInternet { gateway } => {
            vec![Condition::GatewayIs { gateway: gateway.clone(), vpc: None, there: true }]
        }
        GatewayAction::Attach { gateway, vpc } => vec![
            Condition::GatewayIs { gateway: gateway.clone(), vpc: None, there: true },
            Condition::GatewayIs { gateway: gateway.clone(), vpc: Some(vpc.clone()), there: false },
        ],
        GatewayAction::Detach { gateway, vpc } => vec![Condition::GatewayIs {
            gateway: gateway.clone(),
            vpc: Some(vpc.clone()),
            there: true,
        }],
        GatewayAction::ReleaseAddress { allocation }
        | GatewayAction::CreateNat { allocation, .. } => {
            vec![Condition::AddressIs { allocation: allocation.clone(), there: true }]
        }
        GatewayAction::DeleteNat { nat } => vec![Condition::NatIn {
            nat: nat.clone(),
            states: texts(&["available", "failed", "pending"]),
        }],
    }
}

fn vpc(action: &VpcAction, snapshot: &Snapshot) -> Vec<Condition> {
    match action {
        VpcAction::AcceptPeering { peering } => vec![Condition::PeeringIn {
            peering: peering.clone(),
            statuses: texts(&["pending-acceptance"]),
        }],
        VpcAction::DeletePeering { peering } => {
            vec![Condition::PeeringIn { peering: peering.clone(), statuses: texts(&["active"]) }]
        }
        VpcAction::SetInterfaceGroups { interface, .. } => {
            let interfaces = snapshot.network.interfaces.items();
            let now = interfaces.iter().find(|own| own.id == *interface);
            let as_seen = now.map(|own| Condition::InterfaceGroupsAre {
                interface: interface.clone(),
                groups: own.groups.iter().cloned().map(Ref::Is).collect(),
            });
            as_seen.into_iter().collect()
        }
        VpcAction::SetDns { .. }
        | VpcAction::CreateAclEntry { .. }
        | VpcAction::DeleteAclEntry { .. }
        | VpcAction::SetPeeringDns { .. } => opposite(&Action::Vpc(action.clone()), snapshot),
        VpcAction::CreateDefaultVpc {} | VpcAction::CreateDefaultSubnet { .. } => Vec::new(),
    }
}

fn stack(action: &StackAction) -> Vec<Condition> {
    let is = |stack: &StackName, statuses: &[&str]| {
        vec![Condition::StackIn { stack: stack.clone(), statuses: texts(statuses) }]
    };
    match action {
        // Resources are left standing, by name or by force, only from DELETE_FAILED.
        StackAction::Delete { stack, retain, force } if *force || !retain.is_empty() => {
            is(stack, &["DELETE_FAILED"])
        }
        StackAction::Delete { stack, .. } => is(
            stack,
            &[
                "CREATE_COMPLETE",
                "CREATE_FAILED",
                "ROLLBACK_COMPLETE",
                "ROLLBACK_FAILED",
                "UPDATE_COMPLETE",
                "UPDATE_FAILED",
                "UPDATE_ROLLBACK_COMPLETE",
                "UPDATE_ROLLBACK_FAILED",
                "DELETE_FAILED",
            ],
        ),
        StackAction::ContinueRollback { stack, .. } => is(stack, &["UPDATE_ROLLBACK_FAILED"]),
        StackAction::Rollback { stack } => is(stack, &["UPDATE_FAILED", "CREATE_FAILED"]),
        StackAction::CancelUpdate { stack } => is(stack, &["UPDATE_IN_PROGRESS"]),
        StackAction::Protect { stack, on } => {
            vec![Condition::StackProtected { stack: stack.clone(), on: !on }]
        }
        StackAction::Signal { stack, .. } => {
            is(stack, &["CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"])
        }
    }
}

fn environment(action: &EnvironmentAction) -> Vec<Condition> {
    let is = |environment: &EnvironmentId, statuses: &[&str]| {
        vec![Condition::EnvironmentIn {
            environment: environment.clone(),
            statuses: texts(statuses),
        }]
    };
    match action {
        EnvironmentAction::Terminate { environment, .. }
        | EnvironmentAction::Update { environment, .. }
        | EnvironmentAction::Restart { environment, .. }
        | EnvironmentAction::SetOperationsRole { environment, .. } => is(environment, &["Ready"]),
        EnvironmentAction::Rebuild { environment, .. } => is(environment, &["Ready", "Terminated"]),
        EnvironmentAction::Abort { environment, .. } => is(environment, &["Updating", "Launching"]),
        EnvironmentAction::Create(new) => vec![Condition::EnvironmentNamed {
            application: new.application.clone(),
            name: new.name.clone(),
            statuses: texts(&["Terminated"]),
        }],
        // That no configuration of that name is there shows in AWS's answer.
        EnvironmentAction::SaveConfiguration { .. }
        | EnvironmentAction::DeleteConfiguration { .. } => Vec::new(),
    }
}

/// That what an action brings about does not hold yet, so far as it can be seen.
fn opposite(action: &Action, snapshot: &Snapshot) -> Vec<Condition> {
    let nobody = StepId(String::new());
    let flipped = action.done_when(&nobody).into_iter().filter_map(flip);
    flipped.filter(|condition| condition.holds(snapshot, &Made::nothing()) == Truth::Yes).collect()
}

/// The opposite of a condition that has one.
#[expect(clippy::wildcard_enum_match_arm, reason = "the others have no opposite")]
fn flip(condition: Condition) -> Option<Condition> {
    Some(match condition {
        Condition::EndpointAnswersFor { endpoint, on } => {
            Condition::EndpointAnswersFor { endpoint, on: !on }
        }
        Condition::DnsIs { vpc, attribute, on } => Condition::DnsIs { vpc, attribute, on: !on },
        Condition::PeeringResolves { peering, requester, on } => {
            Condition::PeeringResolves { peering, requester, on: !on }
        }
        Condition::AclEntryIs { acl, entry, there } => {
            Condition::AclEntryIs { acl, entry, there: !there }
        }
        Condition::BalancerProtected { balancer, on } => {
            Condition::BalancerProtected { balancer, on: !on }
        }
        Condition::DatabaseProtected { database, on } => {
            Condition::DatabaseProtected { database, on: !on }
        }
        Condition::RoleIs { role, there } => Condition::RoleIs { role, there: !there },
        Condition::RoleHas { role, policy, there } => {
            Condition::RoleHas { role, policy, there: !there }
        }
        Condition::RoleHasWritten { role, name, there } => {
            Condition::RoleHasWritten { role, name, there: !there }
        }
        Condition::ProfileIs { profile, role, there } => {
            Condition::ProfileIs { profile, role, there: !there }
        }
        Condition::ProcessesRun { group, processes, running } => {
            Condition::ProcessesRun { group, processes, running: !running }
        }
        Condition::SendingIs { on } => Condition::SendingIs { on: !on },
        Condition::MailIdentityIs { name, there } => {
            Condition::MailIdentityIs { name, there: !there }
        }
        _ => return None,
    })
}

fn texts(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
