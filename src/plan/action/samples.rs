//! One action of every sort, for tests.

#![expect(clippy::too_many_lines, reason = "a table, or one request read field by field")]

use super::*;
use crate::world::network::{AclEntry, Destination, Target};

fn text(value: &str) -> String {
    value.to_owned()
}

fn rule() -> crate::world::network::GroupRule {
    crate::world::examples::rule("sg-0a", Some((5432, 5433)))
}

fn entry() -> AclEntry {
    AclEntry {
        number: 90,
        egress: true,
        allow: true,
        protocol: 6,
        cidr: "0.0.0.0/0".parse().unwrap(),
        ports: Some((443, 443)),
    }
}

fn network() -> Vec<NetworkAction> {
    let table = || Ref::Is("rtb-0a".into());
    let everywhere = || Destination::Cidr("0.0.0.0/0".parse().unwrap());
    let target = |id: &str| Ref::Is(Target::from_id(id));
    let link = || Ref::Is("rtbassoc-0a".into());
    let group = || Ref::Is("sg-0b".into());
    let mut all = vec![
        NetworkAction::CreateRouteTable { vpc: "vpc-0a".into(), name: Some(text("a, b")) },
        NetworkAction::CreateRouteTable { vpc: "vpc-0a".into(), name: None },
        NetworkAction::DeleteRouteTable { table: table() },
        NetworkAction::ReplaceRoute {
            table: table(),
            destination: everywhere(),
            target: target("nat-0a"),
        },
        NetworkAction::DeleteRoute { table: table(), destination: everywhere() },
        NetworkAction::AssociateRouteTable { table: table(), subnet: "subnet-0a".into() },
        NetworkAction::DisassociateRouteTable { association: link(), subnet: "subnet-0a".into() },
        NetworkAction::ReplaceAssociation {
            association: link(),
            subnet: "subnet-0a".into(),
            table: table(),
        },
    ];
    let ids = ["igw-0a", "nat-0a", "i-0a", "eni-0a", "pcx-0a", "tgw-0a", "vpce-0a", "eigw-0a"];
    all.extend(ids.map(|id| NetworkAction::CreateRoute {
        table: table(),
        destination: everywhere(),
        target: target(id),
    }));
    for egress in [false, true] {
        let mut described = rule();
        described.description = Some(text("the shop's"));
        all.push(NetworkAction::AuthorizeRule {
            group: group(),
            egress,
            rule: described,
            peer_group: None,
        });
        all.push(NetworkAction::RevokeRule {
            group: group(),
            egress,
            rule: rule(),
            peer_group: Some(Ref::Is("sg-0c".into())),
        });
    }
    all
}

fn gateway() -> Vec<GatewayAction> {
    let gateway = || Ref::Is("igw-0a".into());
    let address = || Ref::Is("eipalloc-0a".into());
    vec![
        GatewayAction::CreateInternet { name: Some(text("a")) },
        GatewayAction::DeleteInternet { gateway: gateway() },
        GatewayAction::Attach { gateway: gateway(), vpc: "vpc-0a".into() },
        GatewayAction::Detach { gateway: gateway(), vpc: "vpc-0a".into() },
        GatewayAction::AllocateAddress { name: Some(text("a")) },
        GatewayAction::ReleaseAddress { allocation: address() },
        GatewayAction::CreateNat {
            subnet: "subnet-0a".into(),
            allocation: address(),
            name: Some(text("a")),
        },
        GatewayAction::DeleteNat { nat: Ref::Is("nat-0a".into()) },
    ]
}

fn endpoint() -> Vec<EndpointAction> {
    let endpoint = || crate::world::EndpointId::from("vpce-0a");
    let create = |gateway: bool| EndpointAction::Create {
        vpc: "vpc-0a".into(),
        service: text("com.amazonaws.us-west-2.s3"),
        subnets: if gateway { vec![] } else { vec!["subnet-0a".into()] },
        groups: if gateway { vec![] } else { vec!["sg-0a".into()] },
        tables: if gateway { vec!["rtb-0a".into()] } else { vec![] },
    };
    vec![
        create(true),
        create(false),
        EndpointAction::Delete { endpoint: Ref::Is(endpoint()) },
        EndpointAction::SetPrivateDns { endpoint: endpoint(), on: true },
        EndpointAction::SetPrivateDns { endpoint: endpoint(), on: false },
        EndpointAction::SetPolicy { endpoint: endpoint(), policy: None },
        EndpointAction::SetPolicy { endpoint: endpoint(), policy: Some(text("{}")) },
        EndpointAction::SetGroups {
            endpoint: endpoint(),
            add: vec![Ref::Is("sg-0a".into())],
            remove: vec!["sg-0b".into()],
        },
        EndpointAction::SetTables {
            endpoint: endpoint(),
            add: vec!["rtb-0a".into()],
            remove: vec![],
        },
    ]
}

fn vpc() -> Vec<VpcAction> {
    let peering = || crate::world::PeeringId::from("pcx-0a");
    vec![
        VpcAction::SetDns { vpc: "vpc-0a".into(), attribute: DnsAttribute::Support, on: true },
        VpcAction::SetDns { vpc: "vpc-0a".into(), attribute: DnsAttribute::Hostnames, on: false },
        VpcAction::CreateAclEntry { acl: "acl-0a".into(), entry: entry() },
        VpcAction::DeleteAclEntry { acl: "acl-0a".into(), entry: entry() },
        VpcAction::AcceptPeering { peering: peering() },
        VpcAction::DeletePeering { peering: peering() },
        VpcAction::SetPeeringDns { peering: peering(), requester: false, on: true },
        VpcAction::SetInterfaceGroups {
            interface: "eni-0a".into(),
            groups: vec![Ref::Is("sg-0a".into())],
        },
        VpcAction::CreateDefaultVpc {},
        VpcAction::CreateDefaultSubnet { zone: text("us-west-2a") },
    ]
}

fn stack() -> Vec<StackAction> {
    let stack = || crate::world::StackName::from("awseb-e-0a-stack");
    vec![
        StackAction::Delete { stack: stack(), retain: vec!["A".into(), "B".into()], force: false },
        StackAction::Delete { stack: stack(), retain: vec![], force: true },
        StackAction::ContinueRollback {
            stack: stack(),
            skip: vec![text("A")],
            role: Some("arn:aws:iam::210987654321:role/r".into()),
        },
        StackAction::ContinueRollback { stack: stack(), skip: vec![], role: None },
        StackAction::Rollback { stack: stack() },
        StackAction::CancelUpdate { stack: stack() },
        StackAction::Protect { stack: stack(), on: true },
        StackAction::Protect { stack: stack(), on: false },
        StackAction::Signal { stack: stack(), logical: "A".into(), unique: text("i-0a") },
    ]
}

fn environment() -> Vec<EnvironmentAction> {
    let (environment, name) = (|| crate::world::EnvironmentId::from("e-0a"), || text("shop"));
    let option = || (text("aws:ec2:vpc"), text("Subnets"), text("subnet-0a,subnet-0b"));
    let arn: crate::world::Arn = crate::world::examples::PLATFORM.into();
    vec![
        EnvironmentAction::Terminate { environment: environment(), name: name() },
        EnvironmentAction::Rebuild { environment: environment(), name: name() },
        EnvironmentAction::Abort { environment: environment(), name: name() },
        EnvironmentAction::Restart { environment: environment(), name: name() },
        EnvironmentAction::Update {
            environment: environment(),
            name: name(),
            platform: Some(arn.clone()),
            version_label: Some(text("v 1")),
            set: vec![option()],
            remove: vec![(text("aws:elb:healthcheck"), text("Target"))],
            again: false,
        },
        EnvironmentAction::Create(Box::new(NewEnvironment {
            application: text("shop"),
            name: name(),
            cname_prefix: Some(text("shop")),
            tier: Some(text("Worker")),
            platform: Some(arn),
            version_label: Some(text("v1")),
            template: Some(text("saved")),
            set: vec![option()],
            tags: vec![(text("team"), text("a, b"))],
        })),
        EnvironmentAction::SaveConfiguration {
            environment: environment(),
            application: text("shop"),
            template: text("saved"),
        },
        EnvironmentAction::DeleteConfiguration {
            application: text("shop"),
            template: text("saved"),
        },
        EnvironmentAction::SetOperationsRole {
            environment: environment(),
            name: name(),
            role: Some("arn:aws:iam::210987654321:role/r".into()),
        },
        EnvironmentAction::SetOperationsRole {
            environment: environment(),
            name: name(),
            role: None,
        },
    ]
}

fn services() -> Vec<Action> {
    let balancer: crate::world::Arn = crate::world::examples::BALANCER.into();
    let (group, processes) = (|| text("asg"), || vec![text("Launch")]);
    let (database, snapshot) = (|| text("db"), || text("saved"));
    let (role, profile) = (|| text("role"), || text("profile"));
    let policy: crate::world::Arn = "arn:aws:iam::aws:policy/AWSElasticBeanstalkWebTier".into();
    let scaling = [
        ScalingAction::Replace { instance: "i-0a".into() },
        ScalingAction::Resume { group: group(), processes: processes() },
        ScalingAction::Suspend { group: group(), processes: processes() },
        ScalingAction::Resize { group: group(), min: 1, max: 2, desired: 1 },
    ];
    let balancing = [
        BalancingAction::Protect { balancer: balancer.clone(), on: false },
        BalancingAction::SetGroups { balancer, groups: vec!["sg-0a".into()] },
    ];
    let databases = [
        DatabaseAction::Snapshot { database: database(), snapshot: snapshot() },
        DatabaseAction::CopySnapshot { snapshot: snapshot(), copy: text("copy") },
        DatabaseAction::DeleteSnapshot { snapshot: snapshot() },
        DatabaseAction::Protect { database: database(), on: false },
        DatabaseAction::Restore {
            database: database(),
            snapshot: snapshot(),
            subnet_group: Some(text("subnets")),
            groups: vec!["sg-0a".into()],
        },
        DatabaseAction::Delete { database: database() },
    ];
    let identity = [
        IdentityAction::CreateRole { role: role(), trust: text("{}") },
        IdentityAction::DeleteRole { role: role() },
        IdentityAction::SetTrust { role: role(), trust: text("{}") },
        IdentityAction::AttachPolicy { role: role(), policy: policy.clone() },
        IdentityAction::DetachPolicy { role: role(), policy },
        IdentityAction::PutPolicy { role: role(), name: text("p"), document: text("{}") },
        IdentityAction::DeletePolicy { role: role(), name: text("p") },
        IdentityAction::CreateProfile { profile: profile() },
        IdentityAction::DeleteProfile { profile: profile() },
        IdentityAction::AddRole { profile: profile(), role: role() },
        IdentityAction::RemoveRole { profile: profile(), role: role() },
        IdentityAction::CreateServiceRole {
            service: text("elasticloadbalancing.amazonaws.com"),
            role: role(),
        },
    ];
    let mail = [
        MailAction::SetSending { on: true },
        MailAction::CreateIdentity { name: text("example.com") },
        MailAction::DeleteIdentity { name: text("example.com") },
    ];
    let waits = [
        WaitAction::Instances { instances: vec!["i-0a".into()] },
        WaitAction::Environment { environment: "e-0a".into(), name: text("shop") },
        WaitAction::Stack { stack: "s".into(), statuses: vec![text("DELETE_COMPLETE")] },
    ];
    let mut all: Vec<Action> = scaling.map(Action::Scaling).to_vec();
    all.extend(balancing.map(Action::Balancing));
    all.extend(databases.map(Action::Database));
    all.extend(identity.map(Action::Identity));
    all.extend(mail.map(Action::Mail));
    all.extend(waits.map(Action::Wait));
    all
}

/// At least one action of every sort.
pub(crate) fn samples() -> Vec<Action> {
    let mut all: Vec<Action> = network().into_iter().map(Action::Network).collect();
    all.extend(gateway().into_iter().map(Action::Gateway));
    all.extend(endpoint().into_iter().map(Action::Endpoint));
    all.extend(vpc().into_iter().map(Action::Vpc));
    all.extend(stack().into_iter().map(Action::Stack));
    all.extend(environment().into_iter().map(Action::Environment));
    all.extend(services());
    all
}
