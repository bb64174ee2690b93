//! The network of a snapshot, indexed, so that every question costs a look-up and not a search.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;

use crate::world::network::{
    Endpoint, InternetGateway, NatGateway, NetworkAcl, Peering, RouteTable, SecurityGroup, Subnet,
};
use crate::world::{
    Gap, GroupId, NatGatewayId, Network, Observed, PeeringId, PrefixListId, RouteTableId, Snapshot,
    SubnetId, VpcId,
};

/// A snapshot's network, indexed.
pub struct View<'a> {
    pub(super) world: &'a Snapshot,
    pub(super) network: &'a Network,
    subnets: BTreeMap<&'a SubnetId, &'a Subnet>,
    tables: BTreeMap<&'a RouteTableId, &'a RouteTable>,
    table_of: BTreeMap<&'a SubnetId, &'a RouteTable>,
    main_of: BTreeMap<&'a VpcId, &'a RouteTable>,
    acl_of: BTreeMap<&'a SubnetId, &'a NetworkAcl>,
    default_acl_of: BTreeMap<&'a VpcId, &'a NetworkAcl>,
    groups: BTreeMap<&'a GroupId, &'a SecurityGroup>,
    nats: BTreeMap<&'a NatGatewayId, &'a NatGateway>,
    peerings: BTreeMap<&'a PeeringId, &'a Peering>,
    gateways: BTreeMap<&'a str, &'a InternetGateway>,
    endpoints: BTreeMap<&'a str, Vec<&'a Endpoint>>,
    lists: BTreeMap<&'a PrefixListId, (&'a str, &'a [IpNet])>,
}

/// What was read of a list; nothing, if AWS says there is none.
///
/// # Errors
/// A [`Gap`] if it could not be read.
pub(super) fn listed<T>(observed: &Observed<Vec<T>>) -> Result<&[T], Gap> {
    Ok(observed.present()?.map_or(&[], Vec::as_slice))
}

impl<'a> View<'a> {
    /// Indexes a snapshot's network.
    pub fn new(world: &'a Snapshot) -> Self {
        let network = &world.network;
        let mut view = Self {
            world,
            network,
            subnets: network.subnets.items().iter().map(|one| (&one.id, one)).collect(),
            tables: network.route_tables.items().iter().map(|one| (&one.id, one)).collect(),
            table_of: BTreeMap::new(),
            main_of: BTreeMap::new(),
            acl_of: BTreeMap::new(),
            default_acl_of: BTreeMap::new(),
            groups: network.groups.items().iter().map(|one| (&one.id, one)).collect(),
            nats: network.nat_gateways.items().iter().map(|one| (&one.id, one)).collect(),
            peerings: network.peerings.items().iter().map(|one| (&one.id, one)).collect(),
            gateways: BTreeMap::new(),
            endpoints: BTreeMap::new(),
            lists: BTreeMap::new(),
        };
        view.index_tables();
        view.index_acls();
        for gateway in network.internet_gateways.items() {
            view.gateways.insert(gateway.id.as_str(), gateway);
        }
        for endpoint in network.endpoints.items() {
            view.endpoints.entry(service_of(&endpoint.service)).or_default().push(endpoint);
        }
        for list in network.prefix_lists.items() {
            view.lists.insert(&list.id, (list.name.as_str(), &list.cidrs));
        }
        view
    }

    fn index_tables(&mut self) {
        for table in self.network.route_tables.items() {
            for association in &table.associations {
                if let Some(subnet) = &association.subnet {
                    self.table_of.insert(subnet, table);
                }
                if association.main {
                    self.main_of.insert(&table.vpc, table);
                }
            }
        }
    }

    fn index_acls(&mut self) {
        for acl in self.network.acls.items() {
            if acl.is_default {
                self.default_acl_of.insert(&acl.vpc, acl);
            }
            for (subnet, _) in &acl.subnets {
                self.acl_of.insert(subnet, acl);
            }
        }
    }

    /// A subnet that was read.
    pub fn subnet(&self, id: &SubnetId) -> Option<&'a Subnet> {
        self.subnets.get(id).copied()
    }

    /// The route table in effect for a subnet: its own, else its VPC's main one.
    ///
    /// # Errors
    /// A [`Gap`] if tables or subnets could not be read; `None` if there is no such table.
    pub fn table_of(&self, id: &SubnetId) -> Result<Option<&'a RouteTable>, Gap> {
        listed(&self.network.route_tables)?;
        if let Some(table) = self.table_of.get(id) {
            return Ok(Some(table));
        }
        listed(&self.network.subnets)?;
        Ok(self.subnet(id).and_then(|subnet| self.main_of.get(&subnet.vpc).copied()))
    }

    /// Whether a subnet has a route table of its own.
    pub fn has_own_table(&self, id: &SubnetId) -> bool {
        self.table_of.contains_key(id)
    }

    /// A route table by its id.
    pub fn table(&self, id: &RouteTableId) -> Option<&'a RouteTable> {
        self.tables.get(id).copied()
    }

    /// The network ACL of a subnet.
    ///
    /// # Errors
    /// A [`Gap`] if ACLs could not be read; `None` if the answer named none for it.
    pub(super) fn acl_of(&self, id: &SubnetId) -> Result<Option<&'a NetworkAcl>, Gap> {
        listed(&self.network.acls)?;
        if let Some(acl) = self.acl_of.get(id) {
            return Ok(Some(acl));
        }
        Ok(self.subnet(id).and_then(|subnet| self.default_acl_of.get(&subnet.vpc).copied()))
    }

    /// A security group that was read.
    pub fn group(&self, id: &GroupId) -> Option<&'a SecurityGroup> {
        self.groups.get(id).copied()
    }

    /// A NAT gateway that was read.
    pub fn nat(&self, id: &NatGatewayId) -> Option<&'a NatGateway> {
        self.nats.get(id).copied()
    }

    /// A peering connection that was read.
    pub fn peering(&self, id: &PeeringId) -> Option<&'a Peering> {
        self.peerings.get(id).copied()
    }

    /// An internet gateway that was read.
    pub fn gateway(&self, id: &str) -> Option<&'a InternetGateway> {
        self.gateways.get(id).copied()
    }

    /// The endpoints of a VPC for a service, whatever their state.
    pub fn endpoints_for(&self, vpc: &VpcId, service: &str) -> Vec<&'a Endpoint> {
        let all = self.endpoints.get(service).map_or(&[][..], Vec::as_slice);
        all.iter().copied().filter(|endpoint| &endpoint.vpc == vpc).collect()
    }

    /// The blocks of a prefix list, where it was read, with its name.
    pub(super) fn list(&self, id: &PrefixListId) -> Option<(&'a str, &'a [IpNet])> {
        self.lists.get(id).copied()
    }

    /// Whether an address is that of an interface that was read.
    pub(super) fn has_interface_at(&self, ip: IpAddr) -> bool {
        self.network.interfaces.items().iter().any(|one| one.private_ips.contains(&ip))
    }
}

/// The last part of an endpoint service's name.
fn service_of(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
