//! Routes and rules of security groups.

use aws_sdk_ec2::types as sdk;

use super::{Attempt, Done, done, known, made, refused};
use crate::plan::NetworkAction as Action;
use crate::world::network::{Destination, GroupRule, Peer, Target};
use crate::world::{AssociationId, GroupId, RouteTableId, SubnetId};

/// Sets a route's destination.
macro_rules! destination {
    ($request:expr, $destination:expr) => {
        match $destination {
            Destination::Cidr(net) if net.addr().is_ipv6() => {
                $request.destination_ipv6_cidr_block(net.to_string())
            }
            Destination::Cidr(net) => $request.destination_cidr_block(net.to_string()),
            Destination::PrefixList(list) => $request.destination_prefix_list_id(list.as_str()),
        }
    };
}

/// Sets a route's destination and target on a request that makes or replaces one.
macro_rules! route {
    ($request:expr, $destination:expr, $target:expr) => {{
        let request = destination!($request, $destination);
        let id = Some($target.id().to_owned());
        match $target {
            Target::Local | Target::InternetGateway(_) | Target::Other(_) => {
                request.set_gateway_id(id)
            }
            Target::NatGateway(_) => request.set_nat_gateway_id(id),
            Target::Instance(_) => request.set_instance_id(id),
            Target::Interface(_) => request.set_network_interface_id(id),
            Target::Peering(_) => request.set_vpc_peering_connection_id(id),
            Target::TransitGateway(_) => request.set_transit_gateway_id(id),
            Target::Endpoint(_) => request.set_vpc_endpoint_id(id),
            Target::EgressOnly(_) => request.set_egress_only_internet_gateway_id(id),
        }
    }};
}

impl Attempt<'_> {
    pub(super) async fn network(&self, action: &Action) -> Done {
        match action {
            Action::CreateRouteTable { .. }
            | Action::DeleteRouteTable { .. }
            | Action::AssociateRouteTable { .. }
            | Action::DisassociateRouteTable { .. }
            | Action::ReplaceAssociation { .. } => self.table(action).await,
            Action::CreateRoute { table, destination, target } => {
                self.create_route(&known(table)?, destination, &known(target)?).await
            }
            Action::ReplaceRoute { table, destination, target } => {
                self.replace_route(&known(table)?, destination, &known(target)?).await
            }
            Action::DeleteRoute { table, destination } => {
                self.delete_route(&known(table)?, destination).await
            }
            Action::AuthorizeRule { group, egress, rule, peer_group } => {
                let peer = peer_group.as_ref().map(known).transpose()?;
                self.authorize(&known(group)?, *egress, permission(rule, peer.as_ref())).await
            }
            Action::RevokeRule { group, egress, rule, peer_group } => {
                let peer = peer_group.as_ref().map(known).transpose()?;
                self.revoke(&known(group)?, *egress, permission(rule, peer.as_ref())).await
            }
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the caller sends only what is about tables"
    )]
    async fn table(&self, action: &Action) -> Done {
        let ec2 = self.aws.ec2();
        match action {
            Action::CreateRouteTable { vpc, name } => {
                let tags = self.tags(sdk::ResourceType::RouteTable, name.as_ref());
                let request = ec2.create_route_table().vpc_id(vpc.as_str()).dry_run(self.dry_run);
                let request = request.client_token(self.token).tag_specifications(tags);
                let send = || request.clone().send();
                let answer = self.aws.change("ec2:CreateRouteTable", send).await?;
                Ok(made(answer, |page| page.route_table?.route_table_id))
            }
            Action::DeleteRouteTable { table } => {
                let table = known(table)?;
                let request = ec2.delete_route_table().route_table_id(table.as_str());
                let request = request.dry_run(self.dry_run);
                let send = || request.clone().send();
                Ok(done(self.aws.change("ec2:DeleteRouteTable", send).await?))
            }
            Action::AssociateRouteTable { table, subnet } => {
                let request = ec2.associate_route_table().route_table_id(known(table)?.as_str());
                let request = request.subnet_id(subnet.as_str()).dry_run(self.dry_run);
                let send = || request.clone().send();
                let answer = self.aws.change("ec2:AssociateRouteTable", send).await?;
                Ok(made(answer, |page| page.association_id))
            }
            Action::DisassociateRouteTable { association, subnet } => {
                let link = self.link(known(association)?, subnet).await?;
                let request = ec2.disassociate_route_table().association_id(link.as_str());
                let request = request.dry_run(self.dry_run);
                let send = || request.clone().send();
                Ok(done(self.aws.change("ec2:DisassociateRouteTable", send).await?))
            }
            Action::ReplaceAssociation { association, subnet, table } => {
                let link = self.link(known(association)?, subnet).await?;
                let request = ec2.replace_route_table_association().association_id(link.as_str());
                let request = request.route_table_id(known(table)?.as_str());
                let request = request.dry_run(self.dry_run);
                let send = || request.clone().send();
                let answer = self.aws.change("ec2:ReplaceRouteTableAssociation", send).await?;
                Ok(made(answer, |page| page.new_association_id))
            }
            _ => Err(refused("NotATable", "this action is not about a route table")),
        }
    }

    async fn create_route(
        &self,
        table: &RouteTableId,
        destination: &Destination,
        target: &Target,
    ) -> Done {
        let request = self.aws.ec2().create_route().route_table_id(table.as_str());
        let request = route!(request.dry_run(self.dry_run), destination, target);
        Ok(done(self.aws.change("ec2:CreateRoute", || request.clone().send()).await?))
    }

    async fn replace_route(
        &self,
        table: &RouteTableId,
        destination: &Destination,
        target: &Target,
    ) -> Done {
        let request = self.aws.ec2().replace_route().route_table_id(table.as_str());
        let request = route!(request.dry_run(self.dry_run), destination, target);
        Ok(done(self.aws.change("ec2:ReplaceRoute", || request.clone().send()).await?))
    }

    async fn delete_route(&self, table: &RouteTableId, destination: &Destination) -> Done {
        let request = self.aws.ec2().delete_route().route_table_id(table.as_str());
        let request = destination!(request.dry_run(self.dry_run), destination);
        Ok(done(self.aws.change("ec2:DeleteRoute", || request.clone().send()).await?))
    }

    /// A subnet's link to its table: as it was recorded, or as it is now if it was not.
    async fn link(
        &self,
        recorded: AssociationId,
        subnet: &SubnetId,
    ) -> Result<AssociationId, crate::execute::CallError> {
        if !recorded.as_str().is_empty() {
            return Ok(recorded);
        }
        let found = self.aws.association_of(subnet).await?;
        found.value.ok_or_else(|| {
            refused("InvalidAssociationID.NotFound", &format!("{subnet} has no table of its own"))
        })
    }

    async fn authorize(&self, group: &GroupId, egress: bool, rule: sdk::IpPermission) -> Done {
        let ec2 = self.aws.ec2();
        let first = |rules: Option<Vec<sdk::SecurityGroupRule>>| {
            rules?.into_iter().next()?.security_group_rule_id
        };
        if egress {
            let request = ec2.authorize_security_group_egress().group_id(group.as_str());
            let request = request.ip_permissions(rule).dry_run(self.dry_run);
            let send = || request.clone().send();
            let answer = self.aws.change("ec2:AuthorizeSecurityGroupEgress", send).await?;
            Ok(made(answer, |page| first(page.security_group_rules)))
        } else {
            let request = ec2.authorize_security_group_ingress().group_id(group.as_str());
            let request = request.ip_permissions(rule).dry_run(self.dry_run);
            let send = || request.clone().send();
            let answer = self.aws.change("ec2:AuthorizeSecurityGroupIngress", send).await?;
            Ok(made(answer, |page| first(page.security_group_rules)))
        }
    }

    async fn revoke(&self, group: &GroupId, egress: bool, rule: sdk::IpPermission) -> Done {
        let ec2 = self.aws.ec2();
        if egress {
            let request = ec2.revoke_security_group_egress().group_id(group.as_str());
            let request = request.ip_permissions(rule).dry_run(self.dry_run);
            let send = || request.clone().send();
            Ok(done(self.aws.change("ec2:RevokeSecurityGroupEgress", send).await?))
        } else {
            let request = ec2.revoke_security_group_ingress().group_id(group.as_str());
            let request = request.ip_permissions(rule).dry_run(self.dry_run);
            let send = || request.clone().send();
            Ok(done(self.aws.change("ec2:RevokeSecurityGroupIngress", send).await?))
        }
    }
}

/// A rule as EC2 takes it; the peer group stands in place of the rule's own.
fn permission(rule: &GroupRule, peer_group: Option<&GroupId>) -> sdk::IpPermission {
    // Where no ports are told, TCP and UDP are about all of them, ICMP about all its types.
    let (from, to) = match (rule.ports, rule.protocol.as_str()) {
        (Some((from, to)), _) => (Some(i32::from(from)), Some(i32::from(to))),
        (None, "tcp" | "udp" | "6" | "17") => (Some(0), Some(65535)),
        (None, "icmp" | "icmpv6" | "1" | "58") => (Some(-1), Some(-1)),
        (None, _) => (None, None),
    };
    let permission = sdk::IpPermission::builder()
        .ip_protocol(&rule.protocol)
        .set_from_port(from)
        .set_to_port(to);
    let told = rule.description.clone();
    let of_group = |group: &GroupId| {
        let pair = sdk::UserIdGroupPair::builder().group_id(group.as_str());
        pair.set_description(told.clone()).build()
    };
    match (peer_group, &rule.peer) {
        (Some(group), _) | (None, Peer::Group(group)) => {
            permission.user_id_group_pairs(of_group(group)).build()
        }
        (None, Peer::Cidr(net)) if net.addr().is_ipv6() => {
            let range = sdk::Ipv6Range::builder().cidr_ipv6(net.to_string());
            permission.ipv6_ranges(range.set_description(told).build()).build()
        }
        (None, Peer::Cidr(net)) => {
            let range = sdk::IpRange::builder().cidr_ip(net.to_string());
            permission.ip_ranges(range.set_description(told).build()).build()
        }
        (None, Peer::PrefixList(list)) => {
            let list = sdk::PrefixListId::builder().prefix_list_id(list.as_str());
            permission.prefix_list_ids(list.set_description(told).build()).build()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(protocol: &str, ports: Option<(u16, u16)>, peer: Peer) -> GroupRule {
        GroupRule { id: None, protocol: protocol.into(), ports, peer, description: None }
    }

    #[test]
    fn the_new_group_stands_in_place_of_the_old_one() {
        let old = rule("tcp", Some((5432, 5432)), Peer::Group("sg-old".into()));
        let sent = permission(&old, Some(&"sg-new".into()));
        let pairs = sent.user_id_group_pairs();
        assert_eq!(pairs[0].group_id(), Some("sg-new"));
        assert_eq!((sent.from_port(), sent.to_port()), (Some(5432), Some(5432)));
    }

    #[test]
    fn all_ports_of_tcp_are_named_and_those_of_everything_are_not() {
        let any: ipnet::IpNet = "0.0.0.0/0".parse().unwrap();
        let tcp = permission(&rule("tcp", None, Peer::Cidr(any)), None);
        assert_eq!((tcp.from_port(), tcp.to_port()), (Some(0), Some(65535)));
        let all = permission(&rule("-1", None, Peer::Cidr(any)), None);
        assert_eq!((all.from_port(), all.to_port()), (None, None));
    }
}
