//! Security groups and who refers to them.

use aws_sdk_ec2::types as sdk;

use super::{ALL, filter, of_vpc};
use crate::aws::convert::{cidr, filled, id, port, required, tags};
use crate::aws::{Answer, Aws, Reading};
use crate::world::network::{GroupRule, Peer, SecurityGroup};
use crate::world::{GroupId, VpcId};

/// What one permission may reach at most; AWS writes it as all ports.
const ALL_PORTS: (i32, i32) = (0, 65535);

impl Aws {
    /// All security groups of a VPC, or of the region.
    pub async fn groups(&self, vpc: Option<&VpcId>) -> Reading<Vec<SecurityGroup>> {
        let found = self.groups_by(of_vpc(vpc)).await?;
        let there = |group: &SecurityGroup| vpc.is_none() || group.vpc.as_ref() == vpc;
        Ok(found.map(|groups| groups.into_iter().filter(there).collect()))
    }

    /// Security groups anywhere in the account that have a rule naming one of these groups.
    pub async fn groups_naming(&self, named: &[GroupId]) -> Reading<Vec<SecurityGroup>> {
        let ids = || named.iter().map(GroupId::as_str);
        let (ingress, egress) = tokio::join!(
            self.groups_by(Some(vec![filter("ip-permission.group-id", ids())])),
            self.groups_by(Some(vec![filter("egress.ip-permission.group-id", ids())])),
        );
        let Answer { mut value, source } = ingress?;
        value.extend(egress?.value);
        value.retain(|group| names_any(group, named));
        value.sort_by(|a, b| a.id.cmp(&b.id));
        value.dedup_by(|a, b| a.id == b.id);
        Ok(Answer { value, source })
    }

    /// Security groups by id; ids that are gone are left out.
    pub async fn groups_of_ids(&self, ids: &[GroupId]) -> Reading<Vec<SecurityGroup>> {
        let found =
            self.groups_by(Some(vec![filter("group-id", ids.iter().map(GroupId::as_str))])).await?;
        Ok(found.map(|groups| groups.into_iter().filter(|group| ids.contains(&group.id)).collect()))
    }

    async fn groups_by(&self, filters: Option<Vec<sdk::Filter>>) -> Reading<Vec<SecurityGroup>> {
        let groups = self
            .pages(
                "ec2:DescribeSecurityGroups",
                ALL,
                |token| {
                    let request = self.ec2().describe_security_groups();
                    request.set_filters(filters.clone()).set_next_token(token).send()
                },
                |page| (page.security_groups, page.next_token),
            )
            .await?;
        Ok(groups.map(|groups| groups.into_iter().map(security_group).collect()))
    }
}

fn names_any(group: &SecurityGroup, named: &[GroupId]) -> bool {
    let mut rules = group.ingress.iter().chain(&group.egress);
    rules.any(|rule| matches!(&rule.peer, Peer::Group(peer) if named.contains(peer)))
}

fn security_group(group: sdk::SecurityGroup) -> SecurityGroup {
    let rules = |permissions: Option<Vec<sdk::IpPermission>>| {
        permissions.unwrap_or_default().into_iter().flat_map(rules_of).collect()
    };
    SecurityGroup {
        id: required(group.group_id),
        name: group.group_name.unwrap_or_default(),
        description: group.description.unwrap_or_default(),
        vpc: id(group.vpc_id),
        owner: id(group.owner_id),
        ingress: rules(group.ip_permissions),
        egress: rules(group.ip_permissions_egress),
        tags: tags!(group.tags),
    }
}

/// One rule for each peer of a permission.
fn rules_of(permission: sdk::IpPermission) -> Vec<GroupRule> {
    let range = permission.from_port.zip(permission.to_port);
    let ports = range
        .filter(|range| *range != ALL_PORTS)
        .and_then(|(from, to)| Some((port(Some(from))?, port(Some(to))?)));
    let protocol = permission.ip_protocol.unwrap_or_else(|| "-1".to_owned());
    let rule = |peer, description| GroupRule {
        id: None,
        protocol: protocol.clone(),
        ports,
        peer,
        description: filled(description),
    };
    let v4 = permission.ip_ranges.unwrap_or_default().into_iter();
    let v4 = v4.filter_map(|r| Some((Peer::Cidr(cidr(r.cidr_ip.as_deref())?), r.description)));
    let v6 = permission.ipv6_ranges.unwrap_or_default().into_iter();
    let v6 = v6.filter_map(|r| Some((Peer::Cidr(cidr(r.cidr_ipv6.as_deref())?), r.description)));
    let groups = permission.user_id_group_pairs.unwrap_or_default().into_iter();
    let groups =
        groups.filter_map(|pair| Some((Peer::Group(id(pair.group_id)?), pair.description)));
    let lists = permission.prefix_list_ids.unwrap_or_default().into_iter();
    let lists = lists
        .filter_map(|list| Some((Peer::PrefixList(id(list.prefix_list_id)?), list.description)));
    v4.chain(v6).chain(groups).chain(lists).map(|(peer, text)| rule(peer, text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_becomes_one_rule_for_each_peer() {
        let permission = sdk::IpPermission::builder()
            .ip_protocol("tcp")
            .from_port(5432)
            .to_port(5432)
            .ip_ranges(sdk::IpRange::builder().cidr_ip("10.0.0.0/8").build())
            .user_id_group_pairs(
                sdk::UserIdGroupPair::builder().group_id("sg-1").description("shop").build(),
            )
            .build();
        let rules = rules_of(permission);
        assert_eq!(rules.len(), 2);
        assert_eq!(rules[1].peer, Peer::Group("sg-1".into()));
        assert_eq!(rules[1].description.as_deref(), Some("shop"));
        assert_eq!(rules[1].ports, Some((5432, 5432)));
    }

    #[test]
    fn all_ports_are_no_ports() {
        let everything = sdk::IpPermission::builder()
            .ip_protocol("-1")
            .ip_ranges(sdk::IpRange::builder().cidr_ip("0.0.0.0/0").build());
        assert_eq!(rules_of(everything.clone().build())[0].ports, None);
        let all = everything.ip_protocol("tcp").from_port(0).to_port(65535).build();
        assert_eq!(rules_of(all)[0].ports, None);
    }
}
