//! Ways out of the instances' subnets.

use super::*;
use crate::world::network::{AclEntry, Association, GroupRule, RouteTable};
use crate::world::{Clue, Property};

/// Another subnet of the VPC, in a zone, that no instance is in.
fn subnet_beside(world: &mut Snapshot, zone: &str) -> &'static str {
    let mut beside = subnet(world, PRIVATE[0]).clone();
    beside.id = "subnet-0ddd".into();
    beside.zone = zone.into();
    beside.cidrs = vec![cidr("10.20.12.0/24")];
    world.network.subnets.value_mut().unwrap().push(beside);
    "subnet-0ddd"
}

/// A second private table, of the given subnets, to be changed.
fn table_beside<'a>(world: &'a mut Snapshot, subnets: &[&str]) -> &'a mut RouteTable {
    let mut beside = table(world, PRIVATE_TABLE).clone();
    beside.id = "rtb-0ddd".into();
    beside.associations = subnets
        .iter()
        .map(|id| Association {
            id: format!("rtbassoc-{id}").into(),
            subnet: Some((*id).into()),
            gateway: None,
            main: false,
        })
        .collect();
    world.network.route_tables.value_mut().unwrap().push(beside);
    table(world, "rtb-0ddd")
}

/// The private subnets leave the table they have, for another one.
fn leave_own_table(world: &mut Snapshot) {
    table(world, PRIVATE_TABLE).associations.clear();
}

fn without_nat_route(world: &mut Snapshot) {
    table(world, PRIVATE_TABLE).routes.retain(|route| !route.target.id().starts_with("nat-"));
}

fn egress(world: &mut Snapshot, rules: Vec<GroupRule>) {
    group(world, INSTANCE_GROUP).egress = rules;
}

/// The endpoint for health was asked for under a name that does not exist.
fn health_asked_for_wrongly(world: &mut Snapshot) {
    let name = format!("com.amazonaws.{REGION}.elasticbeanstalk.health");
    let request = serde_json::json!({"CreateVpcEndpointRequest": {"ServiceName": name}});
    trail(world, 90, "CreateVpcEndpoint", request, serde_json::json!(null));
    world.trail.value_mut().unwrap()[0].error = Some("InvalidServiceName".into());
}

const DESCRIBE_NATS: &str = "ec2:DescribeNatGateways";

pub(super) const NEAR: &[Near] = &[
    near("NET-01", "two routes of half the internet each lead out", |broken| {
        let mut world = healthy();
        let routes = &mut table(&mut world, PRIVATE_TABLE).routes;
        routes.retain(|route| !route.target.id().starts_with("nat-"));
        if broken {
            world.network.nat_gateways = known(DESCRIBE_NATS, Vec::new());
        } else {
            routes.extend([route("0.0.0.0/1", NAT), route("128.0.0.0/1", NAT)]);
        }
        silent(&mut world);
        world
    }),
    near(
        "NET-02",
        "the subnets have a table of their own, so the main one is nobody's",
        |broken| {
            let mut world = if broken { main_table() } else { public() };
            table(&mut world, MAIN_TABLE).routes.truncate(1);
            silent(&mut world);
            world
        },
    ),
    near("NET-03", "the dead route is in a table of no instance subnet", |broken| {
        let mut world = healthy();
        let beside = subnet_beside(&mut world, "us-west-2a");
        let subnets = if broken { &PRIVATE[..] } else { &[beside] };
        table_beside(&mut world, subnets).routes[1] = route("0.0.0.0/0", "nat-0dead");
        table(&mut world, "rtb-0ddd").routes[1].blackhole = true;
        if broken {
            leave_own_table(&mut world);
        }
        silent(&mut world);
        world
    }),
    near("NET-04", "the environment does not launch into the subnet without a route", |broken| {
        let mut world = healthy();
        let beside = subnet_beside(&mut world, "us-west-2c");
        if broken {
            let all = format!("{},{},{beside}", PRIVATE[0], PRIVATE[1]);
            option(&mut world, "aws:ec2:vpc", "Subnets", Some(&all));
        }
        health(&mut world, "Yellow", "Warning", &[]);
        world
    }),
    near(
        "NET-05",
        "the NAT gateway stands in the other zone's public subnet, which leads out as well",
        |broken| {
            let mut world = healthy();
            nat(&mut world).subnet = if broken { PRIVATE[1] } else { PUBLIC[1] }.into();
            silent(&mut world);
            world
        },
    ),
    near(
        "NET-06",
        "the gateway that failed was the first try; the second one stands and has the route",
        |broken| {
            let mut world = healthy();
            let mut first = nat(&mut world).clone();
            first.id = "nat-0dead".into();
            first.state = "failed".into();
            first.failure =
                Some(("Resource.AlreadyAssociated".into(), "already associated".into()));
            world.network.nat_gateways.value_mut().unwrap().push(first);
            if broken {
                let routes = &mut table(&mut world, PRIVATE_TABLE).routes;
                routes[1] = route("0.0.0.0/0", "nat-0dead");
                routes[1].blackhole = true;
            }
            silent(&mut world);
            world
        },
    ),
    near("NET-07", "the loose gateway is another one's", |broken| {
        let mut world = healthy();
        let gateways = world.network.internet_gateways.value_mut().unwrap();
        if !broken {
            let mut own = gateways[0].clone();
            own.id = "igw-0other".into();
            gateways.push(own);
        }
        gateways.last_mut().unwrap().vpc = None;
        table(&mut world, PUBLIC_TABLE).routes[1].blackhole = broken;
        silent(&mut world);
        world
    }),
    near("NET-08", "the subnets give no address, and the environment's setting does", |broken| {
        let mut world = public();
        for id in PUBLIC {
            subnet(&mut world, id).public_on_launch = false;
        }
        if broken {
            option(&mut world, "aws:ec2:vpc", "AssociatePublicIpAddress", Some("false"));
            for id in INSTANCES {
                instance(&mut world, id).public_ip = None;
            }
        }
        silent(&mut world);
        world
    }),
    near("NET-09", "an entry of a lower number lets it pass first", |broken| {
        let mut world = healthy();
        acl(&mut world).entries.push(AclEntry {
            number: if broken { 50 } else { 150 },
            egress: true,
            allow: false,
            protocol: 6,
            cidr: cidr("0.0.0.0/0"),
            ports: Some((443, 443)),
        });
        silent(&mut world);
        world
    }),
    other("NET-10", "UDP 123 is let out beside the web ports", &["EB-08"], |broken| {
        let mut world = failed_with(
            "The following instances have not responded in the allowed command timeout time (they might still finish eventually on their own): [i-0a2b].",
        );
        let time = GroupRule { protocol: "udp".into(), ..rule("0.0.0.0/0", Some((123, 123))) };
        let web = rule("0.0.0.0/0", Some((80, 443)));
        egress(&mut world, if broken { vec![web] } else { vec![web, time] });
        health(&mut world, "Yellow", "Warning", &[]);
        world
    }),
    near("NET-11", "health is reported the basic way, without that service", |broken| {
        let mut world = endpoints_only();
        let endpoints = world.network.endpoints.value_mut().unwrap();
        endpoints.retain(|one| !one.service.ends_with("-health"));
        let sort = if broken { "enhanced" } else { "basic" };
        let namespace = "aws:elasticbeanstalk:healthreporting:system";
        option(&mut world, namespace, "SystemType", Some(sort));
        silent(&mut world);
        world
    }),
    near("NET-12", "the public name is reached by the NAT gateway", |broken| {
        let mut world = endpoints_only();
        world.network.endpoints.value_mut().unwrap()[0].private_dns = false;
        if !broken {
            table(&mut world, PRIVATE_TABLE).routes.push(route("0.0.0.0/0", NAT));
            world.network.nat_gateways = healthy().network.nat_gateways;
        }
        silent(&mut world);
        world
    }),
    near("NET-13", "the narrow policy has Elastic Beanstalk's buckets", |broken| {
        let mut world = endpoints_only();
        let bucket = if broken { "reports" } else { "elasticbeanstalk-*" };
        let policy = format!(
            r#"{{"Statement":[{{"Effect":"Allow","Principal":"*","Action":"s3:Get*","Resource":"arn:aws:s3:::{bucket}/*"}}]}}"#
        );
        let endpoints = world.network.endpoints.value_mut().unwrap();
        endpoints.iter_mut().find(|one| one.kind == "Gateway").unwrap().policy = Some(policy);
        silent(&mut world);
        world
    }),
    near("NET-14", "the endpoints' group admits the instances by their group", |broken| {
        let mut world = endpoints_only();
        let admitted = if broken { BALANCER_GROUP } else { INSTANCE_GROUP };
        group(&mut world, "sg-0e9d").ingress = vec![rule(admitted, Some((443, 443)))];
        silent(&mut world);
        world
    }),
    near("NET-15", "it was asked for again under its right name", |broken| {
        let mut world = endpoints_only();
        if broken {
            let endpoints = world.network.endpoints.value_mut().unwrap();
            endpoints.retain(|one| !one.service.ends_with("-health"));
        }
        health_asked_for_wrongly(&mut world);
        silent(&mut world);
        world
    }),
    near("NET-15", "a NAT gateway leads to it, so nobody misses the endpoint", |broken| {
        let mut world = if broken { endpoints_only() } else { healthy() };
        if broken {
            let endpoints = world.network.endpoints.value_mut().unwrap();
            endpoints.retain(|one| !one.service.ends_with("-health"));
        }
        health_asked_for_wrongly(&mut world);
        silent(&mut world);
        world
    }),
    near("NET-16", "only endpoints need the VPC's host names, and it has none", |broken| {
        let mut world = if broken { endpoints_only() } else { healthy() };
        world.network.dns_hostnames = known("ec2:DescribeVpcAttribute", false);
        silent(&mut world);
        world
    }),
    near("NET-24", "a NAT gateway leads out beside the proxy", |broken| {
        let mut world = healthy();
        let proxy = Property { name: "HTTPS_PROXY".into(), bytes: 40, clues: vec![Clue::Proxy] };
        world.settings.value_mut().unwrap().properties.push(proxy);
        if broken {
            without_nat_route(&mut world);
            world.network.nat_gateways = known(DESCRIBE_NATS, Vec::new());
        }
        silent(&mut world);
        world
    }),
    other(
        "NET-25",
        "package sources can be reached, so something else failed",
        &["APP-05"],
        |broken| {
            let mut world = if broken { endpoints_only() } else { healthy() };
            let text = "Instance deployment failed. For details, see 'eb-engine.log'.";
            event(&mut world, 9, "ERROR", text);
            health(&mut world, "Red", "Degraded", &[]);
            world
        },
    ),
];
