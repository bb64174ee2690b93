//! The VPC itself, its ACLs, peerings and interfaces.

use aws_sdk_ec2::types as sdk;

use super::{Attempt, Done, done, made};
use crate::plan::{DnsAttribute, VpcAction as Action};
use crate::world::network::AclEntry;
use crate::world::{NetworkAclId, PeeringId, VpcId};

impl Attempt<'_> {
    pub(super) async fn vpc(&self, action: &Action) -> Done {
        let (ec2, dry_run) = (self.aws.ec2(), self.dry_run);
        match action {
            Action::SetDns { vpc, attribute, on } => self.set_dns(vpc, *attribute, *on).await,
            Action::CreateAclEntry { acl, entry } => self.create_acl_entry(acl, entry).await,
            Action::DeleteAclEntry { acl, entry } => {
                let request = ec2.delete_network_acl_entry().network_acl_id(acl.as_str());
                let request = request.rule_number(entry.number).egress(entry.egress);
                let request = request.dry_run(dry_run);
                let send = || request.clone().send();
                Ok(done(self.aws.change("ec2:DeleteNetworkAclEntry", send).await?))
            }
            Action::AcceptPeering { peering } => {
                let request = ec2.accept_vpc_peering_connection();
                let request = request.vpc_peering_connection_id(peering.as_str());
                let request = request.dry_run(dry_run);
                let send = || request.clone().send();
                Ok(done(self.aws.change("ec2:AcceptVpcPeeringConnection", send).await?))
            }
            Action::DeletePeering { peering } => {
                let request = ec2.delete_vpc_peering_connection();
                let request = request.vpc_peering_connection_id(peering.as_str());
                let request = request.dry_run(dry_run);
                let send = || request.clone().send();
                Ok(done(self.aws.change("ec2:DeleteVpcPeeringConnection", send).await?))
            }
            Action::SetPeeringDns { peering, requester, on } => {
                self.set_peering_dns(peering, *requester, *on).await
            }
            Action::SetInterfaceGroups { interface, groups } => {
                let groups = groups.iter().map(ToString::to_string).collect();
                let request = ec2.modify_network_interface_attribute();
                let request = request.network_interface_id(interface.as_str());
                let request = request.set_groups(Some(groups)).dry_run(dry_run);
                let send = || request.clone().send();
                Ok(done(self.aws.change("ec2:ModifyNetworkInterfaceAttribute", send).await?))
            }
            Action::CreateDefaultVpc {} => {
                let request = ec2.create_default_vpc().dry_run(dry_run);
                let send = || request.clone().send();
                let answer = self.aws.change("ec2:CreateDefaultVpc", send).await?;
                Ok(made(answer, |page| page.vpc?.vpc_id))
            }
            Action::CreateDefaultSubnet { zone } => {
                let request = ec2.create_default_subnet().availability_zone(zone);
                let request = request.dry_run(dry_run);
                let send = || request.clone().send();
                let answer = self.aws.change("ec2:CreateDefaultSubnet", send).await?;
                Ok(made(answer, |page| page.subnet?.subnet_id))
            }
        }
    }

    /// Sets an attribute; this call of EC2 has no dry run.
    async fn set_dns(&self, vpc: &VpcId, attribute: DnsAttribute, on: bool) -> Done {
        if self.dry_run {
            return Err(super::refused("NoDryRun", "ModifyVpcAttribute has no dry run"));
        }
        let value = sdk::AttributeBooleanValue::builder().value(on).build();
        let request = self.aws.ec2().modify_vpc_attribute().vpc_id(vpc.as_str());
        let request = match attribute {
            DnsAttribute::Support => request.enable_dns_support(value),
            DnsAttribute::Hostnames => request.enable_dns_hostnames(value),
        };
        Ok(done(self.aws.change("ec2:ModifyVpcAttribute", || request.clone().send()).await?))
    }

    async fn create_acl_entry(&self, acl: &NetworkAclId, entry: &AclEntry) -> Done {
        let action = if entry.allow { sdk::RuleAction::Allow } else { sdk::RuleAction::Deny };
        let ports = entry.ports.map(|(from, to)| {
            sdk::PortRange::builder().from(i32::from(from)).to(i32::from(to)).build()
        });
        let ports = ports.or_else(|| {
            let has_ports = matches!(entry.protocol, 6 | 17);
            has_ports.then(|| sdk::PortRange::builder().from(0).to(65535).build())
        });
        let icmp = matches!(entry.protocol, 1 | 58)
            .then(|| sdk::IcmpTypeCode::builder().r#type(-1).code(-1).build());
        let request = self.aws.ec2().create_network_acl_entry().network_acl_id(acl.as_str());
        let request = request.rule_number(entry.number).egress(entry.egress).rule_action(action);
        let request = request.protocol(entry.protocol.to_string()).set_port_range(ports);
        let request = request.set_icmp_type_code(icmp).dry_run(self.dry_run);
        let request = if entry.cidr.addr().is_ipv6() {
            request.ipv6_cidr_block(entry.cidr.to_string())
        } else {
            request.cidr_block(entry.cidr.to_string())
        };
        let send = || request.clone().send();
        Ok(done(self.aws.change("ec2:CreateNetworkAclEntry", send).await?))
    }

    async fn set_peering_dns(&self, peering: &PeeringId, requester: bool, on: bool) -> Done {
        let options = sdk::PeeringConnectionOptionsRequest::builder()
            .allow_dns_resolution_from_remote_vpc(on)
            .build();
        let request = self.aws.ec2().modify_vpc_peering_connection_options();
        let request = request.vpc_peering_connection_id(peering.as_str()).dry_run(self.dry_run);
        let request = if requester {
            request.requester_peering_connection_options(options)
        } else {
            request.accepter_peering_connection_options(options)
        };
        let send = || request.clone().send();
        Ok(done(self.aws.change("ec2:ModifyVpcPeeringConnectionOptions", send).await?))
    }
}
