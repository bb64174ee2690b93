//! What connects a VPC: internet and NAT gateways, endpoints, peerings.

use aws_sdk_ec2::types as sdk;

use super::{ALL, of_vpc};
use crate::aws::convert::{cidr, filled, id, ids, ip, required, tags, time};
use crate::aws::{Aws, Reading};
use crate::world::VpcId;
use crate::world::network::{Endpoint, InternetGateway, NatGateway, Peering, PeeringSide};

impl Aws {
    /// All internet gateways of the account, so that one that was detached is seen too.
    pub async fn internet_gateways(&self) -> Reading<Vec<InternetGateway>> {
        let gateways = self
            .pages(
                "ec2:DescribeInternetGateways",
                ALL,
                |token| self.ec2().describe_internet_gateways().set_next_token(token).send(),
                |page| (page.internet_gateways, page.next_token),
            )
            .await?;
        Ok(gateways.map(|gateways| gateways.into_iter().map(internet_gateway).collect()))
    }

    /// All NAT gateways of a VPC or of the region, those too that failed or were deleted within the last hour.
    pub async fn nat_gateways(&self, vpc: Option<&VpcId>) -> Reading<Vec<NatGateway>> {
        let gateways = self
            .pages(
                "ec2:DescribeNatGateways",
                ALL,
                |token| {
                    let request = self.ec2().describe_nat_gateways();
                    let request = request.set_filter(of_vpc(vpc));
                    request.set_next_token(token).send()
                },
                |page| (page.nat_gateways, page.next_token),
            )
            .await?;
        Ok(gateways.map(|gateways| {
            let read = gateways.into_iter().map(nat_gateway);
            read.filter(|gateway| vpc.is_none_or(|vpc| gateway.vpc == *vpc)).collect()
        }))
    }

    /// All endpoints of a VPC, or of the region.
    pub async fn endpoints(&self, vpc: Option<&VpcId>) -> Reading<Vec<Endpoint>> {
        let endpoints = self
            .pages(
                "ec2:DescribeVpcEndpoints",
                ALL,
                |token| {
                    let request = self.ec2().describe_vpc_endpoints();
                    let request = request.set_filters(of_vpc(vpc));
                    request.set_next_token(token).send()
                },
                |page| (page.vpc_endpoints, page.next_token),
            )
            .await?;
        Ok(endpoints.map(|endpoints| {
            let read = endpoints.into_iter().map(endpoint);
            read.filter(|endpoint| vpc.is_none_or(|vpc| endpoint.vpc == *vpc)).collect()
        }))
    }

    /// All peering connections that the account sees.
    // A VPC can be on either side, and filters of one call are joined by "and"; the account's few
    // connections are read in one call instead of two.
    pub async fn peerings(&self) -> Reading<Vec<Peering>> {
        let peerings = self
            .pages(
                "ec2:DescribeVpcPeeringConnections",
                ALL,
                |token| self.ec2().describe_vpc_peering_connections().set_next_token(token).send(),
                |page| (page.vpc_peering_connections, page.next_token),
            )
            .await?;
        Ok(peerings.map(|peerings| peerings.into_iter().map(peering).collect()))
    }

    /// Names of the endpoint services that the region offers.
    pub async fn endpoint_services(&self) -> Reading<Vec<String>> {
        self.pages(
            "ec2:DescribeVpcEndpointServices",
            ALL,
            |token| self.ec2().describe_vpc_endpoint_services().set_next_token(token).send(),
            |page| (page.service_names, page.next_token),
        )
        .await
    }
}

fn internet_gateway(gateway: sdk::InternetGateway) -> InternetGateway {
    let attachments = gateway.attachments.unwrap_or_default().into_iter();
    // AWS writes `available` where the model says `attached`.
    let mut attached = attachments.filter(|attachment| {
        let state = attachment.state.as_ref().map(sdk::AttachmentStatus::as_str);
        matches!(state, None | Some("available" | "attached" | "attaching"))
    });
    InternetGateway {
        id: required(gateway.internet_gateway_id),
        vpc: attached.next().and_then(|attachment| id(attachment.vpc_id)),
        tags: tags!(gateway.tags),
    }
}

fn nat_gateway(gateway: sdk::NatGateway) -> NatGateway {
    let addresses = gateway.nat_gateway_addresses.unwrap_or_default();
    let private = gateway.connectivity_type.is_some_and(|kind| kind.as_str() == "private");
    let failure = filled(gateway.failure_code)
        .map(|code| (code, gateway.failure_message.unwrap_or_default()));
    NatGateway {
        id: required(gateway.nat_gateway_id),
        vpc: required(gateway.vpc_id),
        subnet: required(gateway.subnet_id),
        state: gateway.state.map(|state| state.as_str().to_owned()).unwrap_or_default(),
        public: !private,
        public_ips: addresses.iter().filter_map(|a| ip(a.public_ip.as_deref())).collect(),
        allocations: addresses.into_iter().filter_map(|a| id(a.allocation_id)).collect(),
        failure,
        created: time(gateway.create_time.as_ref()),
        deleted: time(gateway.delete_time.as_ref()),
        tags: tags!(gateway.tags),
    }
}

fn endpoint(endpoint: sdk::VpcEndpoint) -> Endpoint {
    let groups = endpoint.groups.unwrap_or_default().into_iter();
    Endpoint {
        id: required(endpoint.vpc_endpoint_id),
        vpc: required(endpoint.vpc_id),
        kind: endpoint.vpc_endpoint_type.map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        service: endpoint.service_name.unwrap_or_default(),
        // The model has `Available`, the service answers `available`.
        state: endpoint.state.map(|s| s.as_str().to_ascii_lowercase()).unwrap_or_default(),
        subnets: ids(endpoint.subnet_ids),
        route_tables: ids(endpoint.route_table_ids),
        groups: groups.filter_map(|group| id(group.group_id)).collect(),
        private_dns: endpoint.private_dns_enabled.unwrap_or(false),
        policy: filled(endpoint.policy_document),
        interfaces: ids(endpoint.network_interface_ids),
        tags: tags!(endpoint.tags),
    }
}

fn peering(peering: sdk::VpcPeeringConnection) -> Peering {
    let status = peering.status;
    let code = status.as_ref().and_then(|status| status.code.as_ref());
    Peering {
        id: required(peering.vpc_peering_connection_id),
        status: code.map(|code| code.as_str().to_owned()).unwrap_or_default(),
        message: filled(status.and_then(|status| status.message)),
        requester: peering.requester_vpc_info.map(side).unwrap_or_default(),
        accepter: peering.accepter_vpc_info.map(side).unwrap_or_default(),
        tags: tags!(peering.tags),
    }
}

fn side(side: sdk::VpcPeeringConnectionVpcInfo) -> PeeringSide {
    let mut cidrs: Vec<_> = cidr(side.cidr_block.as_deref()).into_iter().collect();
    let more = side.cidr_block_set.unwrap_or_default();
    let v6 = side.ipv6_cidr_block_set.unwrap_or_default();
    for block in more.iter().filter_map(|block| cidr(block.cidr_block.as_deref())) {
        if !cidrs.contains(&block) {
            cidrs.push(block);
        }
    }
    cidrs.extend(v6.iter().filter_map(|block| cidr(block.ipv6_cidr_block.as_deref())));
    let options = side.peering_options;
    PeeringSide {
        vpc: id(side.vpc_id),
        owner: id(side.owner_id),
        region: filled(side.region),
        cidrs,
        resolves_remote_dns: options
            .and_then(|options| options.allow_dns_resolution_from_remote_vpc),
    }
}
