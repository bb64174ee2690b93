//! The way back from an action.

use crate::plan::{
    Action, BalancingAction, DatabaseAction, EndpointAction, EnvironmentAction, GatewayAction,
    IdentityAction, MailAction, NetworkAction, Ref, ScalingAction, StackAction, StepId, Undo,
    VpcAction,
};
use crate::world::Snapshot;
use crate::world::network::{AclEntry, Target};

/// The way back from an action, as things are now.
pub(in crate::plan) fn undo(action: &Action, own: &StepId, snapshot: &Snapshot) -> Undo {
    match action {
        Action::Network(action) => network(action, own, snapshot),
        Action::Gateway(action) => gateway(action, own),
        Action::Endpoint(action) => endpoint(action, own, snapshot),
        Action::Vpc(action) => vpc(action, snapshot),
        Action::Stack(action) => stack(action),
        Action::Environment(action) => environment(action, snapshot),
        Action::Scaling(action) => scaling(action, snapshot),
        Action::Balancing(action) => balancing(action, snapshot),
        Action::Database(action) => database(action),
        Action::Identity(action) => identity(action, snapshot),
        Action::Mail(action) => mail(action),
        Action::Wait(_) => Undo::NotNeeded,
    }
}

fn by(action: Action) -> Undo {
    Undo::By(Box::new(action))
}

fn none(why: &str) -> Undo {
    Undo::Impossible { why: why.to_owned() }
}

fn network(action: &NetworkAction, own: &StepId, snapshot: &Snapshot) -> Undo {
    let tables = snapshot.network.route_tables.items();
    let back = match action.clone() {
        NetworkAction::CreateRouteTable { .. } => {
            NetworkAction::DeleteRouteTable { table: Ref::MadeBy(own.clone()) }
        }
        NetworkAction::DeleteRouteTable { .. } => {
            return none("a route table that is made again has another identifier");
        }
        NetworkAction::CreateRoute { table, destination, .. } => {
            NetworkAction::DeleteRoute { table, destination }
        }
        NetworkAction::ReplaceRoute { table, destination, .. }
        | NetworkAction::DeleteRoute { table, destination } => {
            let was = table
                .known()
                .and_then(|id| tables.iter().find(|table| table.id == *id))
                .and_then(|table| table.routes.iter().find(|one| one.destination == destination));
            match (was, action) {
                (Some(was), _) if was.blackhole => {
                    return none("the route led to something that is gone");
                }
                (Some(was), NetworkAction::DeleteRoute { .. }) => {
                    let target: Ref<Target> = Ref::Is(was.target.clone());
                    NetworkAction::CreateRoute { table, destination, target }
                }
                (Some(was), _) => {
                    let target = Ref::Is(was.target.clone());
                    NetworkAction::ReplaceRoute { table, destination, target }
                }
                (None, _) => return none("where the route led before is not known"),
            }
        }
        NetworkAction::AssociateRouteTable { subnet, .. } => {
            NetworkAction::DisassociateRouteTable { association: Ref::MadeBy(own.clone()), subnet }
        }
        NetworkAction::DisassociateRouteTable { .. } => {
            return none("the table it used is not named by the call");
        }
        NetworkAction::ReplaceAssociation { association, subnet, .. } => {
            let links = |id| move |link: &crate::world::network::Association| link.id == id;
            let was = association.known().cloned().and_then(|id| {
                let is = links(id);
                tables.iter().find(|table| table.associations.iter().any(&is))
            });
            let Some(was) = was else { return none("the table it used is not known") };
            NetworkAction::ReplaceAssociation {
                association: Ref::MadeBy(own.clone()),
                subnet,
                table: Ref::Is(was.id.clone()),
            }
        }
        NetworkAction::AuthorizeRule { group, egress, rule, peer_group } => {
            NetworkAction::RevokeRule { group, egress, rule, peer_group }
        }
        NetworkAction::RevokeRule { group, egress, rule, peer_group } => {
            NetworkAction::AuthorizeRule { group, egress, rule, peer_group }
        }
    };
    by(Action::Network(back))
}

fn gateway(action: &GatewayAction, own: &StepId) -> Undo {
    by(Action::Gateway(match action.clone() {
        GatewayAction::CreateInternet { .. } => {
            GatewayAction::DeleteInternet { gateway: Ref::MadeBy(own.clone()) }
        }
        GatewayAction::DeleteInternet { .. } => {
            return none("a gateway that is made again has another identifier");
        }
        GatewayAction::Attach { gateway, vpc } => GatewayAction::Detach { gateway, vpc },
        GatewayAction::Detach { gateway, vpc } => GatewayAction::Attach { gateway, vpc },
        GatewayAction::AllocateAddress { .. } => {
            GatewayAction::ReleaseAddress { allocation: Ref::MadeBy(own.clone()) }
        }
        GatewayAction::ReleaseAddress { .. } => return none("the address goes back to AWS"),
        GatewayAction::CreateNat { .. } => {
            GatewayAction::DeleteNat { nat: Ref::MadeBy(own.clone()) }
        }
        GatewayAction::DeleteNat { .. } => {
            return none("a NAT gateway that is made again has another identifier");
        }
    }))
}

fn endpoint(action: &EndpointAction, own: &StepId, snapshot: &Snapshot) -> Undo {
    by(Action::Endpoint(match action.clone() {
        EndpointAction::Create { .. } => {
            EndpointAction::Delete { endpoint: Ref::MadeBy(own.clone()) }
        }
        EndpointAction::Delete { .. } => {
            return none("an endpoint that is made again has another identifier");
        }
        EndpointAction::SetPrivateDns { endpoint, on } => {
            EndpointAction::SetPrivateDns { endpoint, on: !on }
        }
        EndpointAction::SetPolicy { endpoint, .. } => {
            let all = snapshot.network.endpoints.items();
            let Some(was) = all.iter().find(|one| one.id == endpoint) else {
                return none("the policy it had is not known");
            };
            EndpointAction::SetPolicy { policy: was.policy.clone(), endpoint }
        }
        EndpointAction::SetGroups { endpoint, add, remove } => {
            let known: Option<Vec<_>> = add.iter().map(|group| group.known().cloned()).collect();
            let Some(added) = known else {
                return none("the group that is added goes with the environment's stack");
            };
            let again = remove.into_iter().map(Ref::Is).collect();
            EndpointAction::SetGroups { endpoint, add: again, remove: added }
        }
        EndpointAction::SetTables { endpoint, add, remove } => {
            EndpointAction::SetTables { endpoint, add: remove, remove: add }
        }
    }))
}

fn vpc(action: &VpcAction, snapshot: &Snapshot) -> Undo {
    by(Action::Vpc(match action.clone() {
        VpcAction::SetDns { vpc, attribute, on } => VpcAction::SetDns { vpc, attribute, on: !on },
        VpcAction::CreateAclEntry { acl, entry } => VpcAction::DeleteAclEntry { acl, entry },
        VpcAction::DeleteAclEntry { acl, entry } => {
            let entry = AclEntry { ..entry };
            VpcAction::CreateAclEntry { acl, entry }
        }
        VpcAction::AcceptPeering { .. } => {
            return none(
                "a peering connection that is ended has to be asked for anew by its owner",
            );
        }
        VpcAction::DeletePeering { .. } => {
            return none("a peering connection that is made again has another identifier");
        }
        VpcAction::SetPeeringDns { peering, requester, on } => {
            VpcAction::SetPeeringDns { peering, requester, on: !on }
        }
        VpcAction::SetInterfaceGroups { interface, .. } => {
            let all = snapshot.network.interfaces.items();
            let Some(was) = all.iter().find(|own| own.id == interface) else {
                return none("the groups it had are not known");
            };
            let groups = was.groups.iter().cloned().map(Ref::Is).collect();
            VpcAction::SetInterfaceGroups { interface, groups }
        }
        VpcAction::CreateDefaultVpc {} | VpcAction::CreateDefaultSubnet { .. } => {
            return none("deleting it is left to whoever keeps the account; it costs nothing");
        }
    }))
}

fn stack(action: &StackAction) -> Undo {
    match action {
        StackAction::Protect { stack, on } => {
            by(Action::Stack(StackAction::Protect { stack: stack.clone(), on: !on }))
        }
        StackAction::Delete { .. } => none("a deleted stack does not come back"),
        StackAction::ContinueRollback { .. }
        | StackAction::Rollback { .. }
        | StackAction::CancelUpdate { .. } => {
            none("it is itself the way back of an update; the update can be asked for again")
        }
        StackAction::Signal { .. } => none("a signal that was sent counts"),
    }
}

fn environment(action: &EnvironmentAction, snapshot: &Snapshot) -> Undo {
    match action.clone() {
        EnvironmentAction::Terminate { .. } => none(
            "what is terminated is gone; the environment can be rebuilt with its configuration for 42 days",
        ),
        EnvironmentAction::Rebuild { .. } => none("the resources before it are gone"),
        EnvironmentAction::Update { .. } => update(&action.clone(), snapshot),
        EnvironmentAction::Abort { .. } => {
            none("it is itself the way back of an update; the update can be asked for again")
        }
        EnvironmentAction::Restart { .. } => Undo::NotNeeded,
        EnvironmentAction::Create(_) => {
            none("terminating the new environment is a decision of its own, not a way back")
        }
        EnvironmentAction::SaveConfiguration { application, template, .. } => {
            let back = EnvironmentAction::DeleteConfiguration { application, template };
            by(Action::Environment(back))
        }
        EnvironmentAction::DeleteConfiguration { .. } => none("the saved copy is gone"),
        EnvironmentAction::SetOperationsRole { environment, name, .. } => {
            let role = snapshot.environment.value().and_then(|own| own.operations_role.clone());
            let back = EnvironmentAction::SetOperationsRole { environment, name, role };
            by(Action::Environment(back))
        }
    }
}

/// An update back to what was before.
fn update(action: &EnvironmentAction, snapshot: &Snapshot) -> Undo {
    let EnvironmentAction::Update {
        environment,
        name,
        platform,
        version_label,
        set,
        remove,
        again: false,
    } = action
    else {
        return Undo::NotNeeded;
    };
    let Some(was) = snapshot.environment.value() else { return none("what was before is unknown") };
    let Some(settings) = snapshot.settings.value() else {
        return none("the options' values before are not known");
    };
    let before = |namespace: &str, option: &str| settings.get(namespace, option).map(str::to_owned);
    let mut again = Vec::new();
    let mut unset = Vec::new();
    let named = set.iter().map(|(space, option, _)| (space, option));
    for (space, option) in named.chain(remove.iter().map(|(space, option)| (space, option))) {
        match before(space, option) {
            Some(value) if is_gone(option, &value, snapshot) => {
                return none(&format!("{option} was `{value}`, which is gone"));
            }
            Some(value) => again.push((space.clone(), option.clone(), value)),
            None => unset.push((space.clone(), option.clone())),
        }
    }
    by(Action::Environment(EnvironmentAction::Update {
        environment: environment.clone(),
        name: name.clone(),
        platform: platform.as_ref().and(was.platform_arn.clone()),
        version_label: version_label.as_ref().and(was.version_label.clone()),
        set: again,
        remove: unset,
        again: false,
    }))
}

/// Whether an option names an image, a key pair or an instance profile that is known not to be
/// there: an environment that is set back to it can launch nothing.
fn is_gone(option: &str, value: &str, snapshot: &Snapshot) -> bool {
    let compute = &snapshot.compute;
    match option {
        "ImageId" => compute.images.value().is_some_and(|images| {
            let own = images.iter().find(|image| image.id.as_str() == value);
            own.is_none_or(|image| image.state.as_deref().is_some_and(|is| is != "available"))
        }),
        "EC2KeyName" => {
            compute.key_pairs.value().is_some_and(|all| !all.iter().any(|k| k == value))
        }
        "IamInstanceProfile" => snapshot.identity.profile.is_absent(),
        _ => false,
    }
}

fn scaling(action: &ScalingAction, snapshot: &Snapshot) -> Undo {
    by(Action::Scaling(match action.clone() {
        ScalingAction::Replace { .. } => return none("an instance that is ended is gone"),
        ScalingAction::Resume { group, processes } => ScalingAction::Suspend { group, processes },
        ScalingAction::Suspend { group, processes } => ScalingAction::Resume { group, processes },
        ScalingAction::Resize { group, .. } => {
            let all = snapshot.scaling.groups.items();
            let Some(was) = all.iter().find(|own| own.name == group) else {
                return none("the size it had is not known");
            };
            let (min, max, desired) = (was.min, was.max, was.desired);
            ScalingAction::Resize { group, min, max, desired }
        }
    }))
}

fn balancing(action: &BalancingAction, snapshot: &Snapshot) -> Undo {
    by(Action::Balancing(match action.clone() {
        BalancingAction::Protect { balancer, on } => BalancingAction::Protect { balancer, on: !on },
        BalancingAction::SetGroups { balancer, .. } => {
            let all = snapshot.balancing.load_balancers.items();
            let Some(was) = all.iter().find(|own| own.arn == balancer) else {
                return none("the groups it had are not known");
            };
            BalancingAction::SetGroups { balancer, groups: was.groups.clone() }
        }
    }))
}

fn database(action: &DatabaseAction) -> Undo {
    by(Action::Database(match action.clone() {
        DatabaseAction::Snapshot { snapshot, .. } => DatabaseAction::DeleteSnapshot { snapshot },
        DatabaseAction::CopySnapshot { copy, .. } => {
            DatabaseAction::DeleteSnapshot { snapshot: copy }
        }
        DatabaseAction::DeleteSnapshot { .. } => return none("a deleted snapshot is gone"),
        DatabaseAction::Protect { database, on } => DatabaseAction::Protect { database, on: !on },
        DatabaseAction::Restore { database, .. } => DatabaseAction::Delete { database },
        DatabaseAction::Delete { .. } => return none("a deleted database is gone"),
    }))
}

fn identity(action: &IdentityAction, snapshot: &Snapshot) -> Undo {
    by(Action::Identity(match action.clone() {
        IdentityAction::CreateRole { role, .. } => IdentityAction::DeleteRole { role },
        IdentityAction::DeleteRole { .. } | IdentityAction::DeleteProfile { .. } => {
            return none("what is made again has another identity to the policies that name it");
        }
        IdentityAction::SetTrust { role, .. } => {
            let identity = &snapshot.identity;
            let all = [&identity.service_role, &identity.instance_role, &identity.operations_role];
            let was = all.iter().filter_map(|one| one.value()).find(|own| own.name == role);
            let Some(trust) = was.and_then(|own| own.trust.clone()) else {
                return none("who could use it before is not known");
            };
            IdentityAction::SetTrust { role, trust }
        }
        IdentityAction::AttachPolicy { role, policy } => {
            IdentityAction::DetachPolicy { role, policy }
        }
        IdentityAction::DetachPolicy { role, policy } => {
            IdentityAction::AttachPolicy { role, policy }
        }
        IdentityAction::PutPolicy { role, name, .. } => IdentityAction::DeletePolicy { role, name },
        IdentityAction::DeletePolicy { .. } => return none("what the policy said is not kept"),
        IdentityAction::CreateProfile { profile } => IdentityAction::DeleteProfile { profile },
        IdentityAction::AddRole { profile, role } => IdentityAction::RemoveRole { profile, role },
        IdentityAction::RemoveRole { profile, role } => IdentityAction::AddRole { profile, role },
        IdentityAction::CreateServiceRole { .. } => {
            return none("AWS deletes it only when no load balancer is left; it does no harm");
        }
    }))
}

fn mail(action: &MailAction) -> Undo {
    by(Action::Mail(match action.clone() {
        MailAction::SetSending { on } => MailAction::SetSending { on: !on },
        MailAction::CreateIdentity { name } => MailAction::DeleteIdentity { name },
        MailAction::DeleteIdentity { .. } => return none("the sender has to be verified anew"),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Observed;
    use crate::world::examples::healthy;

    fn seen<T>(value: T) -> Observed<T> {
        Observed::Known { value, source: healthy().settings.source().unwrap().clone() }
    }

    #[test]
    fn what_is_gone_is_not_gone_back_to_and_what_was_not_read_is_not_called_gone() {
        let mut world = healthy();
        world.compute.images = seen(Vec::new());
        assert!(is_gone("ImageId", "ami-1", &world));
        world.compute.key_pairs = seen(vec!["shop".to_owned()]);
        assert!(is_gone("EC2KeyName", "old", &world));
        assert!(!is_gone("EC2KeyName", "shop", &world));
        assert!(!is_gone("IamInstanceProfile", "shop", &world));
        assert!(!is_gone("InstanceType", "t3.small", &world));
        world.compute = crate::world::Compute::default();
        assert!(!is_gone("ImageId", "ami-1", &world));
        assert!(!is_gone("EC2KeyName", "old", &world));
    }
}
