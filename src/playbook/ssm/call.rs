//! An action as a call that AWS Systems Manager can make.
//!
//! Source: the API models of the services; `aws:executeAwsApi` takes an operation's name and its
//! inputs as the API reference writes them.

use serde_json::{Map, Value, json};

use super::pieces::{open, reference, target};
use super::stack_name;
use crate::plan::{
    Action, BalancingAction, DatabaseAction, DnsAttribute, EndpointAction, EnvironmentAction,
    GatewayAction, MailAction, NetworkAction, Ref, ScalingAction, StackAction, VpcAction,
};
use crate::world::GroupId;
use crate::world::network::{AclEntry, Destination, GroupRule, Peer};

/// A call: service, operation, inputs, and where its answer names what was made.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub(super) service: &'static str,
    pub(super) api: &'static str,
    pub(super) inputs: Map<String, Value>,
    pub(super) made: Option<&'static str>,
}

impl Call {
    pub(super) fn new(service: &'static str, api: &'static str, inputs: Value) -> Self {
        let inputs = match inputs {
            Value::Object(inputs) => inputs,
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => Map::new(),
        };
        Self { service, api, inputs, made: None }
    }

    fn makes(self, selector: &'static str) -> Self {
        Self { made: Some(selector), ..self }
    }

    /// One more input.
    fn with(mut self, name: &str, value: Value) -> Self {
        self.inputs.insert(name.to_owned(), value);
        self
    }

    /// One more input, where there is one.
    fn with_some(self, name: &str, value: Option<Value>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
}

/// The call of an action; none where nothing is called but something waited for.
pub(super) fn call(action: &Action) -> Option<Call> {
    Some(match action {
        Action::Network(action) => network(action),
        Action::Gateway(action) => gateway(action),
        Action::Endpoint(action) => endpoint(action),
        Action::Vpc(action) => vpc(action),
        Action::Stack(action) => stack(action),
        Action::Environment(action) => environment(action),
        Action::Scaling(action) => scaling(action),
        Action::Balancing(action) => balancing(action),
        Action::Database(action) => database(action),
        Action::Identity(action) => super::identity::call(action),
        Action::Mail(action) => mail(action),
        Action::Wait(_) => return None,
    })
}

fn ec2(api: &'static str, inputs: Value) -> Call {
    Call::new("ec2", api, inputs)
}

/// The input that takes a route's destination, and the destination.
pub(super) fn destination(destination: &Destination) -> (&'static str, Value) {
    match destination {
        Destination::Cidr(net) if net.addr().is_ipv6() => {
            ("DestinationIpv6CidrBlock", json!(net.to_string()))
        }
        Destination::Cidr(net) => ("DestinationCidrBlock", json!(net.to_string())),
        Destination::PrefixList(list) => ("DestinationPrefixListId", open("PrefixListId", list)),
    }
}

fn network(action: &NetworkAction) -> Call {
    let table = |table| reference("RouteTableId", table);
    match action {
        NetworkAction::CreateRouteTable { vpc, .. } => {
            ec2("CreateRouteTable", json!({"VpcId": open("VpcId", vpc)}))
                .makes("$.RouteTable.RouteTableId")
        }
        NetworkAction::DeleteRouteTable { table: own } => {
            ec2("DeleteRouteTable", json!({"RouteTableId": table(own)}))
        }
        NetworkAction::CreateRoute { table: own, destination: to, target: by }
        | NetworkAction::ReplaceRoute { table: own, destination: to, target: by } => {
            let new = matches!(action, NetworkAction::CreateRoute { .. });
            let api = if new { "CreateRoute" } else { "ReplaceRoute" };
            let ((to, block), (by, gateway)) = (destination(to), target(by));
            ec2(api, json!({"RouteTableId": table(own)})).with(to, block).with(by, gateway)
        }
        NetworkAction::DeleteRoute { table: own, destination: to } => {
            let (to, block) = destination(to);
            ec2("DeleteRoute", json!({"RouteTableId": table(own)})).with(to, block)
        }
        NetworkAction::AssociateRouteTable { table: own, subnet } => ec2(
            "AssociateRouteTable",
            json!({"RouteTableId": table(own), "SubnetId": open("SubnetId", subnet)}),
        )
        .makes("$.AssociationId"),
        NetworkAction::DisassociateRouteTable { association, .. } => ec2(
            "DisassociateRouteTable",
            json!({"AssociationId": reference("RouteTableAssociationId", association)}),
        ),
        NetworkAction::ReplaceAssociation { association, table: own, .. } => {
            let association = reference("RouteTableAssociationId", association);
            ec2(
                "ReplaceRouteTableAssociation",
                json!({"AssociationId": association, "RouteTableId": table(own)}),
            )
            .makes("$.NewAssociationId")
        }
        NetworkAction::AuthorizeRule { group, egress, rule, peer_group } => {
            let api = if *egress {
                "AuthorizeSecurityGroupEgress"
            } else {
                "AuthorizeSecurityGroupIngress"
            };
            rule_of(api, group, rule, peer_group.as_ref())
        }
        NetworkAction::RevokeRule { group, egress, rule, peer_group } => {
            let api =
                if *egress { "RevokeSecurityGroupEgress" } else { "RevokeSecurityGroupIngress" };
            rule_of(api, group, rule, peer_group.as_ref())
        }
    }
}

fn rule_of(
    api: &'static str,
    group: &Ref<GroupId>,
    rule: &GroupRule,
    peer_group: Option<&Ref<GroupId>>,
) -> Call {
    let (list, peer) = match (&rule.peer, peer_group) {
        (_, Some(peer)) => {
            ("UserIdGroupPairs", json!({"GroupId": reference("SecurityGroupId", peer)}))
        }
        (Peer::Group(peer), None) => {
            ("UserIdGroupPairs", json!({"GroupId": open("SecurityGroupId", peer)}))
        }
        (Peer::Cidr(net), None) if net.addr().is_ipv6() => {
            ("Ipv6Ranges", json!({"CidrIpv6": net.to_string()}))
        }
        (Peer::Cidr(net), None) => ("IpRanges", json!({"CidrIp": net.to_string()})),
        (Peer::PrefixList(list), None) => {
            ("PrefixListIds", json!({"PrefixListId": open("PrefixListId", list)}))
        }
    };
    let mut permission = json!({"IpProtocol": rule.protocol, list: [peer]});
    if let Some((from, to)) = rule.ports {
        permission["FromPort"] = from.into();
        permission["ToPort"] = to.into();
    }
    let group = reference("SecurityGroupId", group);
    ec2(api, json!({"GroupId": group, "IpPermissions": [permission]}))
}

fn gateway(action: &GatewayAction) -> Call {
    let internet = |gateway| reference("InternetGatewayId", gateway);
    match action {
        GatewayAction::CreateInternet { .. } => {
            ec2("CreateInternetGateway", json!({})).makes("$.InternetGateway.InternetGatewayId")
        }
        GatewayAction::DeleteInternet { gateway } => {
            ec2("DeleteInternetGateway", json!({"InternetGatewayId": internet(gateway)}))
        }
        GatewayAction::Attach { gateway, vpc } => ec2(
            "AttachInternetGateway",
            json!({"InternetGatewayId": internet(gateway), "VpcId": open("VpcId", vpc)}),
        ),
        GatewayAction::Detach { gateway, vpc } => ec2(
            "DetachInternetGateway",
            json!({"InternetGatewayId": internet(gateway), "VpcId": open("VpcId", vpc)}),
        ),
        GatewayAction::AllocateAddress { .. } => {
            ec2("AllocateAddress", json!({"Domain": "vpc"})).makes("$.AllocationId")
        }
        GatewayAction::ReleaseAddress { allocation } => {
            ec2("ReleaseAddress", json!({"AllocationId": reference("AllocationId", allocation)}))
        }
        GatewayAction::CreateNat { subnet, allocation, .. } => ec2(
            "CreateNatGateway",
            json!({"SubnetId": open("SubnetId", subnet),
                   "AllocationId": reference("AllocationId", allocation)}),
        )
        .makes("$.NatGateway.NatGatewayId"),
        GatewayAction::DeleteNat { nat } => {
            ec2("DeleteNatGateway", json!({"NatGatewayId": reference("NatGatewayId", nat)}))
        }
    }
}

fn all<T: ToString>(kind: &str, ids: &[T]) -> Value {
    ids.iter().map(|id| open(kind, id.to_string())).collect()
}

/// A list of resources, left out where it is empty.
fn some<T: ToString>(kind: &str, ids: &[T]) -> Option<Value> {
    (!ids.is_empty()).then(|| all(kind, ids))
}

/// A service's name in whatever region the automation runs in.
fn service(name: &str) -> Value {
    let mut parts: Vec<&str> = name.split('.').collect();
    if let [_, _, region, ..] = parts.as_mut_slice() {
        *region = "{{ global:REGION }}";
    }
    parts.join(".").into()
}

fn endpoint(action: &EndpointAction) -> Call {
    let modify = |endpoint: &crate::world::EndpointId| {
        ec2("ModifyVpcEndpoint", json!({"VpcEndpointId": open("VpcEndpointId", endpoint)}))
    };
    match action {
        EndpointAction::Create { vpc, service: name, subnets, groups, tables } => {
            let kind = if tables.is_empty() { "Interface" } else { "Gateway" };
            ec2(
                "CreateVpcEndpoint",
                json!({"VpcId": open("VpcId", vpc), "ServiceName": service(name),
                       "VpcEndpointType": kind}),
            )
            .with_some("SubnetIds", some("SubnetId", subnets))
            .with_some("SecurityGroupIds", some("SecurityGroupId", groups))
            .with_some("RouteTableIds", some("RouteTableId", tables))
            .makes("$.VpcEndpoint.VpcEndpointId")
        }
        EndpointAction::Delete { endpoint } => ec2(
            "DeleteVpcEndpoints",
            json!({"VpcEndpointIds": [reference("VpcEndpointId", endpoint)]}),
        ),
        EndpointAction::SetPrivateDns { endpoint, on } => {
            modify(endpoint).with("PrivateDnsEnabled", json!(on))
        }
        EndpointAction::SetPolicy { endpoint, policy: Some(policy) } => {
            modify(endpoint).with("PolicyDocument", json!(policy))
        }
        EndpointAction::SetPolicy { endpoint, policy: None } => {
            modify(endpoint).with("ResetPolicy", json!(true))
        }
        EndpointAction::SetGroups { endpoint, add, remove } => {
            let add: Vec<Value> = add.iter().map(|id| reference("SecurityGroupId", id)).collect();
            modify(endpoint)
                .with_some("AddSecurityGroupIds", (!add.is_empty()).then(|| add.into()))
                .with_some("RemoveSecurityGroupIds", some("SecurityGroupId", remove))
        }
        EndpointAction::SetTables { endpoint, add, remove } => modify(endpoint)
            .with_some("AddRouteTableIds", some("RouteTableId", add))
            .with_some("RemoveRouteTableIds", some("RouteTableId", remove)),
    }
}

fn vpc(action: &VpcAction) -> Call {
    let peering = |id: &crate::world::PeeringId| open("VpcPeeringConnectionId", id);
    match action {
        VpcAction::SetDns { vpc, attribute, on } => {
            let attribute = match attribute {
                DnsAttribute::Support => "EnableDnsSupport",
                DnsAttribute::Hostnames => "EnableDnsHostnames",
            };
            let vpc = open("VpcId", vpc);
            ec2("ModifyVpcAttribute", json!({"VpcId": vpc, attribute: {"Value": on}}))
        }
        VpcAction::CreateAclEntry { acl, entry } => acl_entry(acl, entry),
        VpcAction::DeleteAclEntry { acl, entry } => ec2(
            "DeleteNetworkAclEntry",
            json!({"NetworkAclId": open("NetworkAclId", acl), "RuleNumber": entry.number,
                   "Egress": entry.egress}),
        ),
        VpcAction::AcceptPeering { peering: own } => {
            ec2("AcceptVpcPeeringConnection", json!({"VpcPeeringConnectionId": peering(own)}))
        }
        VpcAction::DeletePeering { peering: own } => {
            ec2("DeleteVpcPeeringConnection", json!({"VpcPeeringConnectionId": peering(own)}))
        }
        VpcAction::SetPeeringDns { peering: own, requester, on } => {
            let side = if *requester {
                "RequesterPeeringConnectionOptions"
            } else {
                "AccepterPeeringConnectionOptions"
            };
            ec2(
                "ModifyVpcPeeringConnectionOptions",
                json!({"VpcPeeringConnectionId": peering(own),
                       side: {"AllowDnsResolutionFromRemoteVpc": on}}),
            )
        }
        VpcAction::SetInterfaceGroups { interface, groups } => {
            let groups: Vec<Value> =
                groups.iter().map(|id| reference("SecurityGroupId", id)).collect();
            ec2(
                "ModifyNetworkInterfaceAttribute",
                json!({"NetworkInterfaceId": open("NetworkInterfaceId", interface),
                       "Groups": groups}),
            )
        }
        VpcAction::CreateDefaultVpc {} => ec2("CreateDefaultVpc", json!({})),
        VpcAction::CreateDefaultSubnet { zone } => {
            ec2("CreateDefaultSubnet", json!({"AvailabilityZone": open("AvailabilityZone", zone)}))
        }
    }
}

fn acl_entry(acl: &crate::world::NetworkAclId, entry: &AclEntry) -> Call {
    let action = if entry.allow { "allow" } else { "deny" };
    let block = if entry.cidr.addr().is_ipv6() { "Ipv6CidrBlock" } else { "CidrBlock" };
    ec2(
        "CreateNetworkAclEntry",
        json!({"NetworkAclId": open("NetworkAclId", acl), "RuleNumber": entry.number,
               "Egress": entry.egress, "RuleAction": action,
               "Protocol": entry.protocol.to_string(), block: entry.cidr.to_string()}),
    )
    .with_some("PortRange", entry.ports.map(|(from, to)| json!({"From": from, "To": to})))
}

fn stack(action: &StackAction) -> Call {
    let on = |api, stack: &crate::world::StackName| {
        Call::new("cloudformation", api, json!({"StackName": stack_name(stack.as_str())}))
    };
    let texts = |all: &[String]| (!all.is_empty()).then(|| json!(all));
    match action {
        StackAction::Delete { stack, retain, force } => {
            let retain: Vec<String> = retain.iter().map(ToString::to_string).collect();
            on("DeleteStack", stack)
                .with_some("RetainResources", texts(&retain))
                .with_some("DeletionMode", force.then(|| json!("FORCE_DELETE_STACK")))
        }
        StackAction::ContinueRollback { stack, skip, role } => on("ContinueUpdateRollback", stack)
            .with_some("ResourcesToSkip", texts(skip))
            .with_some("RoleARN", role.as_ref().map(|role| open("StackRoleArn", role))),
        StackAction::Rollback { stack } => on("RollbackStack", stack),
        StackAction::CancelUpdate { stack } => on("CancelUpdateStack", stack),
        StackAction::Protect { stack, on: protected } => on("UpdateTerminationProtection", stack)
            .with("EnableTerminationProtection", json!(protected)),
        StackAction::Signal { stack, logical, unique } => on("SignalResource", stack)
            .with("LogicalResourceId", json!(logical))
            .with("UniqueId", open("InstanceId", unique))
            .with("Status", json!("SUCCESS")),
    }
}

fn options(set: &[(String, String, String)]) -> Option<Value> {
    let option = |(space, name, value): &(String, String, String)| {
        // Subnets and groups differ from account to account.
        let local = ["Subnets", "ELBSubnets", "VPCId", "SecurityGroups"].contains(&name.as_str());
        let value = if local { open(&format!("Option{name}"), value) } else { json!(value) };
        json!({"Namespace": space, "OptionName": name, "Value": value})
    };
    (!set.is_empty()).then(|| set.iter().map(option).collect())
}

fn environment(action: &EnvironmentAction) -> Call {
    let on = |api, id: &crate::world::EnvironmentId| {
        Call::new("elasticbeanstalk", api, json!({"EnvironmentId": open("EnvironmentId", id)}))
    };
    match action {
        EnvironmentAction::Terminate { environment, .. } => on("TerminateEnvironment", environment),
        EnvironmentAction::Rebuild { environment, .. } => on("RebuildEnvironment", environment),
        EnvironmentAction::Abort { environment, .. } => on("AbortEnvironmentUpdate", environment),
        EnvironmentAction::Restart { environment, .. } => on("RestartAppServer", environment),
        EnvironmentAction::Update { environment, platform, version_label, set, remove, .. } => {
            let gone =
                |(space, name): &(String, String)| json!({"Namespace": space, "OptionName": name});
            let gone: Vec<Value> = remove.iter().map(gone).collect();
            on("UpdateEnvironment", environment)
                .with_some("PlatformArn", platform.as_ref().map(|arn| open("PlatformArn", arn)))
                .with_some(
                    "VersionLabel",
                    version_label.as_ref().map(|label| open("VersionLabel", label)),
                )
                .with_some("OptionSettings", options(set))
                .with_some("OptionsToRemove", (!gone.is_empty()).then(|| gone.into()))
        }
        EnvironmentAction::Create(new) => create(new),
        EnvironmentAction::SaveConfiguration { environment, application, template } => {
            on("CreateConfigurationTemplate", environment)
                .with("ApplicationName", open("ApplicationName", application))
                .with("TemplateName", open("TemplateName", template))
        }
        EnvironmentAction::DeleteConfiguration { application, template } => Call::new(
            "elasticbeanstalk",
            "DeleteConfigurationTemplate",
            json!({"ApplicationName": open("ApplicationName", application),
                   "TemplateName": open("TemplateName", template)}),
        ),
        EnvironmentAction::SetOperationsRole { name, role, .. } => {
            let api = match role {
                Some(_) => "AssociateEnvironmentOperationsRole",
                None => "DisassociateEnvironmentOperationsRole",
            };
            let name = open("EnvironmentName", name);
            Call::new("elasticbeanstalk", api, json!({"EnvironmentName": name})).with_some(
                "OperationsRole",
                role.as_ref().map(|role| open("OperationsRoleArn", role)),
            )
        }
    }
}

fn create(new: &crate::plan::NewEnvironment) -> Call {
    let named = |kind, name: &Option<String>| name.as_ref().map(|name| open(kind, name));
    let tags: Vec<Value> =
        new.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    let tier = new.tier.as_ref().map(|tier| {
        let kind = if tier == "Worker" { "SQS/HTTP" } else { "Standard" };
        json!({"Name": tier, "Type": kind})
    });
    Call::new(
        "elasticbeanstalk",
        "CreateEnvironment",
        json!({"ApplicationName": open("ApplicationName", &new.application),
               "EnvironmentName": open("EnvironmentName", &new.name)}),
    )
    .with_some("CNAMEPrefix", named("CnamePrefix", &new.cname_prefix))
    .with_some("Tier", tier)
    .with_some("PlatformArn", new.platform.as_ref().map(|arn| open("PlatformArn", arn)))
    .with_some("VersionLabel", named("VersionLabel", &new.version_label))
    .with_some("TemplateName", named("TemplateName", &new.template))
    .with_some("OptionSettings", options(&new.set))
    .with_some("Tags", (!tags.is_empty()).then(|| tags.into()))
    .makes("$.EnvironmentId")
}

fn scaling(action: &ScalingAction) -> Call {
    let on = |api, group: &String| {
        let group = open("AutoScalingGroupName", group);
        Call::new("autoscaling", api, json!({"AutoScalingGroupName": group}))
    };
    match action {
        ScalingAction::Replace { instance } => {
            ec2("TerminateInstances", json!({"InstanceIds": [open("InstanceId", instance)]}))
        }
        ScalingAction::Resume { group, processes } => {
            on("ResumeProcesses", group).with("ScalingProcesses", json!(processes))
        }
        ScalingAction::Suspend { group, processes } => {
            on("SuspendProcesses", group).with("ScalingProcesses", json!(processes))
        }
        ScalingAction::Resize { group, min, max, desired } => on("UpdateAutoScalingGroup", group)
            .with("MinSize", json!(min))
            .with("MaxSize", json!(max))
            .with("DesiredCapacity", json!(desired)),
    }
}

fn balancing(action: &BalancingAction) -> Call {
    match action {
        BalancingAction::Protect { balancer, on } => {
            let balancer = open("LoadBalancerArn", balancer);
            let attribute = json!({"Key": "deletion_protection.enabled", "Value": on.to_string()});
            Call::new(
                "elbv2",
                "ModifyLoadBalancerAttributes",
                json!({"LoadBalancerArn": balancer, "Attributes": [attribute]}),
            )
        }
        BalancingAction::SetGroups { balancer, groups } => Call::new(
            "elbv2",
            "SetSecurityGroups",
            json!({"LoadBalancerArn": open("LoadBalancerArn", balancer),
                   "SecurityGroups": all("SecurityGroupId", groups)}),
        ),
    }
}

fn database(action: &DatabaseAction) -> Call {
    let db = |name: &String| open("DBInstanceIdentifier", name);
    let saved = |name: &String| open("DBSnapshotIdentifier", name);
    let rds = |api, inputs| Call::new("rds", api, inputs);
    match action {
        DatabaseAction::Snapshot { database, snapshot } => rds(
            "CreateDBSnapshot",
            json!({"DBInstanceIdentifier": db(database),
                   "DBSnapshotIdentifier": saved(snapshot)}),
        ),
        DatabaseAction::CopySnapshot { snapshot, copy } => rds(
            "CopyDBSnapshot",
            json!({"SourceDBSnapshotIdentifier": saved(snapshot),
                   "TargetDBSnapshotIdentifier": saved(copy)}),
        ),
        DatabaseAction::DeleteSnapshot { snapshot } => {
            rds("DeleteDBSnapshot", json!({"DBSnapshotIdentifier": saved(snapshot)}))
        }
        DatabaseAction::Protect { database, on } => rds(
            "ModifyDBInstance",
            json!({"DBInstanceIdentifier": db(database), "DeletionProtection": on,
                   "ApplyImmediately": true}),
        ),
        DatabaseAction::Restore { database, snapshot, subnet_group, groups } => rds(
            "RestoreDBInstanceFromDBSnapshot",
            json!({"DBInstanceIdentifier": db(database),
                   "DBSnapshotIdentifier": saved(snapshot)}),
        )
        .with_some(
            "DBSubnetGroupName",
            subnet_group.as_ref().map(|name| open("DBSubnetGroupName", name)),
        )
        .with_some("VpcSecurityGroupIds", some("SecurityGroupId", groups)),
        DatabaseAction::Delete { database } => rds(
            "DeleteDBInstance",
            json!({"DBInstanceIdentifier": db(database), "SkipFinalSnapshot": true}),
        ),
    }
}

fn mail(action: &MailAction) -> Call {
    let identity = |name: &String| json!({"EmailIdentity": open("EmailIdentity", name)});
    match action {
        MailAction::SetSending { on } => {
            Call::new("sesv2", "PutAccountSendingAttributes", json!({"SendingEnabled": on}))
        }
        MailAction::CreateIdentity { name } => {
            Call::new("sesv2", "CreateEmailIdentity", identity(name))
        }
        MailAction::DeleteIdentity { name } => {
            Call::new("sesv2", "DeleteEmailIdentity", identity(name))
        }
    }
}
