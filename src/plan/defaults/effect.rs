//! What people notice of an action.

use crate::plan::{
    Action, BalancingAction, DatabaseAction, EndpointAction, EnvironmentAction, GatewayAction,
    IdentityAction, MailAction, NetworkAction, ScalingAction, StackAction, VpcAction,
};

/// What people notice of an action, for how long, and what it costs.
pub(in crate::plan) fn effect(action: &Action) -> &'static str {
    match action {
        Action::Network(action) => network(action),
        Action::Gateway(action) => gateway(action),
        Action::Endpoint(action) => endpoint(action),
        Action::Vpc(action) => vpc(action),
        Action::Stack(action) => stack(action),
        Action::Environment(action) => environment(action),
        Action::Scaling(action) => scaling(action),
        Action::Balancing(action) => balancing(action),
        Action::Database(action) => database(action),
        Action::Identity(action) => identity(action),
        Action::Mail(action) => mail(action),
        Action::Wait(_) => "Nothing is changed.",
    }
}

fn network(action: &NetworkAction) -> &'static str {
    match action {
        NetworkAction::CreateRouteTable { .. } => {
            "Nobody notices: no subnet uses the table yet. It costs nothing."
        }
        NetworkAction::CreateRoute { .. } => "Packets that had no way get one.",
        NetworkAction::AssociateRouteTable { .. } => {
            "Everything in the subnet uses the table's routes at once."
        }
        NetworkAction::ReplaceRoute { .. } | NetworkAction::ReplaceAssociation { .. } => {
            "Packets take the other way at once; connections that are open may break."
        }
        NetworkAction::DeleteRoute { .. }
        | NetworkAction::DeleteRouteTable { .. }
        | NetworkAction::DisassociateRouteTable { .. } => {
            "Packets that took this way have none any more, unless another route fits."
        }
        NetworkAction::AuthorizeRule { .. } => "What the rule admits passes at once.",
        NetworkAction::RevokeRule { .. } => {
            "What the rule admitted is refused from then on; open connections may go on."
        }
    }
}

fn gateway(action: &GatewayAction) -> &'static str {
    match action {
        GatewayAction::CreateInternet { .. } => "Nobody notices. It costs nothing.",
        GatewayAction::Attach { .. } => "Routes that name the gateway work again at once.",
        GatewayAction::Detach { .. } | GatewayAction::DeleteInternet { .. } => {
            "Nothing reaches the internet through the gateway any more."
        }
        // Source: VPC pricing (public IPv4 address, 0.005 USD an hour).
        GatewayAction::AllocateAddress { .. } => {
            "Costs about 0.005 USD an hour, and counts against the quota of addresses."
        }
        GatewayAction::ReleaseAddress { .. } => {
            "The address is gone for good; whoever admits it by number must be told."
        }
        // Source: VPC pricing (NAT gateway, 0.045 USD an hour and a GB in us-east-1).
        GatewayAction::CreateNat { .. } => {
            "Costs about 0.045 USD an hour and a gigabyte. What leaves through it comes from a new address, which access lists elsewhere do not know."
        }
        GatewayAction::DeleteNat { .. } => "What leaves through it has no way any more.",
    }
}

fn endpoint(action: &EndpointAction) -> &'static str {
    match action {
        EndpointAction::Create { tables, .. } if tables.is_empty() => {
            "Costs about 0.01 USD an hour in each zone. The service's name leads to it in the whole VPC."
        }
        EndpointAction::Create { .. } => "The tables get a route to the service. It costs nothing.",
        EndpointAction::Delete { .. } => "The service is reached by other ways, or not at all.",
        EndpointAction::SetPrivateDns { .. } => {
            "The service's name leads elsewhere in the whole VPC, within a minute."
        }
        EndpointAction::SetPolicy { .. } => "What the endpoint lets pass changes at once.",
        EndpointAction::SetGroups { .. } => "Who reaches the endpoint changes at once.",
        EndpointAction::SetTables { .. } => "Which subnets reach the service changes at once.",
    }
}

fn vpc(action: &VpcAction) -> &'static str {
    match action {
        VpcAction::SetDns { .. } => {
            "Names in the whole VPC are resolved otherwise, within minutes."
        }
        VpcAction::CreateAclEntry { .. } | VpcAction::DeleteAclEntry { .. } => {
            "What passes changes at once for all subnets that the ACL guards."
        }
        VpcAction::AcceptPeering { .. } => "The two networks can be routed to each other.",
        VpcAction::DeletePeering { .. } => "The other network cannot be reached any more.",
        VpcAction::SetPeeringDns { .. } => "Names of the other side lead to other addresses.",
        VpcAction::SetInterfaceGroups { .. } => "What the interface admits changes at once.",
        VpcAction::CreateDefaultVpc {} | VpcAction::CreateDefaultSubnet { .. } => {
            "Nobody notices. It costs nothing."
        }
    }
}

fn stack(action: &StackAction) -> &'static str {
    match action {
        StackAction::Delete { retain, force: false, .. } if retain.is_empty() => {
            "All of the stack's resources are deleted."
        }
        StackAction::Delete { .. } => {
            "The stack's resources are deleted but for those that are left, which nobody manages from then on and which go on costing what they cost."
        }
        StackAction::ContinueRollback { .. }
        | StackAction::Rollback { .. }
        | StackAction::CancelUpdate { .. } => {
            "The stack goes back to what it was before its last update."
        }
        StackAction::Protect { on: false, .. } => "The stack can be deleted from then on.",
        StackAction::Protect { on: true, .. } => "The stack cannot be deleted from then on.",
        StackAction::Signal { .. } => {
            "The stack takes the instance for well, whether it is or not, and goes on."
        }
    }
}

fn environment(action: &EnvironmentAction) -> &'static str {
    match action {
        EnvironmentAction::Terminate { .. } => {
            "The environment and its resources are deleted; its configuration is kept for 42 days."
        }
        EnvironmentAction::Rebuild { .. } => {
            "All resources are made anew, with new addresses behind the same name; what was on the instances' disks is gone."
        }
        EnvironmentAction::Update { .. } => {
            "Instances are changed or replaced in turn, as the environment's update policy says."
        }
        EnvironmentAction::Abort { .. } => "What the update has changed so far is taken back.",
        EnvironmentAction::Restart { .. } => "The application is away for some seconds.",
        EnvironmentAction::Create(_) => "A new environment is made, which costs what the old did.",
        EnvironmentAction::SaveConfiguration { .. } => {
            "Nobody notices. Values of environment properties are in it, within AWS."
        }
        EnvironmentAction::DeleteConfiguration { .. } => "Only the saved copy is gone.",
        EnvironmentAction::SetOperationsRole { .. } => {
            "Elastic Beanstalk works with other permissions from then on."
        }
    }
}

fn scaling(action: &ScalingAction) -> &'static str {
    match action {
        ScalingAction::Replace { .. } => {
            "The instance's share of the work is carried by the others until a new one is up, a few minutes; what was on its disk is gone."
        }
        ScalingAction::Resume { .. } => "Auto Scaling launches and ends instances again.",
        ScalingAction::Suspend { .. } => "Auto Scaling leaves this to itself for a while.",
        ScalingAction::Resize { .. } => "Instances are launched or ended; each costs by the hour.",
    }
}

fn balancing(action: &BalancingAction) -> &'static str {
    match action {
        BalancingAction::Protect { .. } => "Nobody notices until it is to be deleted.",
        BalancingAction::SetGroups { .. } => "Whom the load balancer admits changes at once.",
    }
}

fn database(action: &DatabaseAction) -> &'static str {
    match action {
        DatabaseAction::Snapshot { .. } | DatabaseAction::CopySnapshot { .. } => {
            "Costs what its storage costs. A single-zone database answers slower for a moment."
        }
        DatabaseAction::DeleteSnapshot { .. } => "What only this snapshot holds is gone.",
        DatabaseAction::Protect { .. } => "Nobody notices until it is to be deleted.",
        DatabaseAction::Restore { .. } => {
            "A database as it was when the snapshot was taken; it costs what the old one did."
        }
        DatabaseAction::Delete { .. } => "The database and what is in it are gone.",
    }
}

fn identity(action: &IdentityAction) -> &'static str {
    match action {
        IdentityAction::CreateRole { .. }
        | IdentityAction::CreateProfile { .. }
        | IdentityAction::CreateServiceRole { .. } => "Nobody notices. It costs nothing.",
        IdentityAction::AttachPolicy { .. }
        | IdentityAction::PutPolicy { .. }
        | IdentityAction::AddRole { .. } => "Whoever uses the role may do more, within seconds.",
        IdentityAction::SetTrust { .. } => "Who may use the role changes within seconds.",
        IdentityAction::DeleteRole { .. }
        | IdentityAction::DetachPolicy { .. }
        | IdentityAction::DeletePolicy { .. }
        | IdentityAction::DeleteProfile { .. }
        | IdentityAction::RemoveRole { .. } => "Whoever uses the role may do less, within seconds.",
    }
}

fn mail(action: &MailAction) -> &'static str {
    match action {
        MailAction::SetSending { on: true } => {
            "Mail of the whole account goes out again, what is waiting in applications too."
        }
        MailAction::SetSending { on: false } => "No mail of the account goes out.",
        MailAction::CreateIdentity { .. } => {
            "Records must be put into the domain's DNS before it counts as verified."
        }
        MailAction::DeleteIdentity { .. } => "No mail goes out from this sender.",
    }
}
