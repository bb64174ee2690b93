//! Each fault of the network: break one thing in a healthy world, see exactly it; and near
//! misses that must stay silent.

use super::*;
use crate::world::network::AclEntry;
use crate::world::{Clue, Observed, Property};

fn broken(of: Snapshot, code: &str, change: impl FnOnce(&mut Snapshot)) -> Diagnosis {
    let mut world = of;
    change(&mut world);
    silent(&mut world);
    let diagnosis = diagnose(&world);
    let found: Vec<_> = diagnosis.findings.iter().map(|one| (one.code().0, one.role)).collect();
    assert_eq!(causes(&world), [code], "{found:?}");
    let first = &diagnosis.findings[0];
    assert!(first.evidence.iter().any(|one| one.supports), "{code}");
    assert!(
        first.evidence.iter().all(|one| !one.source.is_empty()),
        "{code}: {:?}",
        first.evidence
    );
    assert_eq!(diagnosis.verdict, Verdict::Stuck, "{code}");
    diagnosis
}

fn only_local(world: &mut Snapshot, id: &str) {
    table(world, id).routes.truncate(1);
}

fn without_nat(world: &mut Snapshot) {
    world.network.nat_gateways = known("ec2:DescribeNatGateways", Vec::new());
}

#[test]
fn private_subnets_without_a_way_out() {
    broken(healthy(), "NET-01", |world| {
        table(world, PRIVATE_TABLE).routes.retain(|route| !route.target.id().starts_with("nat-"));
        without_nat(world);
    });
}

#[test]
fn a_main_table_that_does_not_lead_to_the_gateway() {
    broken(main_table(), "NET-02", |world| only_local(world, MAIN_TABLE));
}

#[test]
fn a_deleted_nat_gateway_leaves_a_blackhole() {
    let diagnosis = broken(healthy(), "NET-03", |world| {
        nat(world).state = "deleted".into();
        table(world, PRIVATE_TABLE).routes[1].blackhole = true;
        trail(
            world,
            50,
            "DeleteNatGateway",
            serde_json::json!({"DeleteNatGatewayRequest": {"NatGatewayId": NAT}}),
            serde_json::json!({}),
        );
    });
    let trigger = diagnosis.findings[0].trigger.as_ref().unwrap();
    assert_eq!((trigger.call.as_str(), trigger.user.as_str()), ("DeleteNatGateway", "p.novak"));
}

#[test]
fn one_of_two_subnets_without_a_way_out() {
    let mut world = healthy();
    let links = &mut table(&mut world, PRIVATE_TABLE).associations;
    links.retain(|link| link.subnet != Some(PRIVATE[1].into()));
    health(&mut world, "Yellow", "Warning", &[]);
    for one in world.instances_health.value_mut().unwrap() {
        if one.zone.as_deref() == Some("us-west-2b") {
            one.status = Some("NoData".into());
        }
    }
    assert_eq!(causes(&world), ["NET-04"]);
}

#[test]
fn a_nat_gateway_in_a_private_subnet() {
    broken(healthy(), "NET-05", |world| nat(world).subnet = PRIVATE[0].into());
}

#[test]
fn a_nat_gateway_that_failed() {
    broken(healthy(), "NET-06", |world| {
        let gateway = nat(world);
        gateway.state = "failed".into();
        gateway.failure = Some((
            "Gateway.NotAttached".into(),
            "Network vpc-0a10 has no internet gateway attached".into(),
        ));
        table(world, PRIVATE_TABLE).routes[1].blackhole = true;
    });
}

#[test]
fn a_failed_nat_gateway_to_which_no_route_leads_yet() {
    broken(healthy(), "NET-06", |world| {
        nat(world).state = "failed".into();
        nat(world).failure = Some((
            "Resource.AlreadyAssociated".into(),
            "Elastic IP address eipalloc-0e55 is already associated".into(),
        ));
        table(world, PRIVATE_TABLE).routes.retain(|route| !route.target.id().starts_with("nat-"));
    });
}

#[test]
fn a_detached_internet_gateway() {
    broken(healthy(), "NET-07", |world| {
        world.network.internet_gateways.value_mut().unwrap()[0].vpc = None;
        table(world, PUBLIC_TABLE).routes[1].blackhole = true;
    });
}

#[test]
fn public_subnets_without_public_addresses() {
    broken(public(), "NET-08", |world| {
        option(world, "aws:ec2:vpc", "AssociatePublicIpAddress", Some("false"));
        for id in INSTANCES {
            instance(world, id).public_ip = None;
        }
        for id in PUBLIC {
            subnet(world, id).public_on_launch = false;
        }
    });
}

fn deny(number: i32, egress: bool, ports: (u16, u16)) -> AclEntry {
    AclEntry {
        number,
        egress,
        allow: false,
        protocol: 6,
        cidr: cidr("0.0.0.0/0"),
        ports: Some(ports),
    }
}

#[test]
fn an_acl_that_stops_https() {
    broken(healthy(), "NET-09", |world| acl(world).entries.push(deny(50, true, (443, 443))));
}

#[test]
fn an_acl_that_stops_answers() {
    broken(healthy(), "NET-09", |world| acl(world).entries.push(deny(50, false, (1024, 65535))));
}

#[test]
fn a_group_that_lets_nothing_out() {
    broken(healthy(), "NET-09", |world| group(world, INSTANCE_GROUP).egress.clear());
}

#[test]
fn a_time_server_that_cannot_be_asked() {
    let mut world = healthy();
    group(&mut world, INSTANCE_GROUP).egress = vec![rule("0.0.0.0/0", Some((80, 443)))];
    event(
        &mut world,
        9,
        "ERROR",
        "The following instances have not responded in the allowed command timeout time (they might still finish eventually on their own): [i-0a2b].",
    );
    health(&mut world, "Yellow", "Warning", &[]);
    assert_eq!(causes(&world), ["NET-10"]);
}

#[test]
fn a_missing_endpoint_for_health() {
    broken(endpoints_only(), "NET-11", |world| {
        let endpoints = world.network.endpoints.value_mut().unwrap();
        endpoints.retain(|one| !one.service.ends_with("-health"));
    });
}

#[test]
fn an_endpoint_without_private_dns() {
    broken(endpoints_only(), "NET-12", |world| {
        world.network.endpoints.value_mut().unwrap()[0].private_dns = false;
    });
}

#[test]
fn an_endpoint_whose_policy_denies_the_bundle() {
    broken(endpoints_only(), "NET-13", |world| {
        let endpoints = world.network.endpoints.value_mut().unwrap();
        let s3 = endpoints.iter_mut().find(|one| one.kind == "Gateway").unwrap();
        s3.policy = Some(r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::reports/*"}]}"#.into());
    });
}

#[test]
fn an_endpoint_whose_group_admits_nobody() {
    broken(endpoints_only(), "NET-14", |world| group(world, "sg-0e9d").ingress.clear());
}

#[test]
fn an_endpoint_asked_for_under_a_wrong_name() {
    broken(endpoints_only(), "NET-15", |world| {
        let endpoints = world.network.endpoints.value_mut().unwrap();
        endpoints.retain(|one| !one.service.ends_with("-health"));
        let name = format!("com.amazonaws.{REGION}.elasticbeanstalk.health");
        trail(
            world,
            90,
            "CreateVpcEndpoint",
            serde_json::json!({"CreateVpcEndpointRequest": {"ServiceName": name}}),
            serde_json::json!(null),
        );
        world.trail.value_mut().unwrap()[0].error = Some("InvalidServiceName".into());
    });
}

#[test]
fn a_vpc_that_resolves_no_names() {
    broken(healthy(), "NET-16", |world| {
        world.network.dns_support = known("ec2:DescribeVpcAttribute", false);
    });
    broken(endpoints_only(), "NET-16", |world| {
        world.network.dns_hostnames = known("ec2:DescribeVpcAttribute", false);
    });
}

#[test]
fn full_instance_subnets() {
    let mut world = healthy();
    for id in PRIVATE {
        subnet(&mut world, id).free_addresses = 0;
    }
    health(&mut world, "Red", "Degraded", &[]);
    assert_eq!(causes(&world), ["NET-23"]);
}

#[test]
fn a_web_proxy_as_the_only_way_out() {
    broken(healthy(), "NET-24", |world| {
        table(world, PRIVATE_TABLE).routes.retain(|route| !route.target.id().starts_with("nat-"));
        without_nat(world);
        let clues = vec![Clue::Proxy];
        let proxy = Property { name: "HTTPS_PROXY".into(), bytes: 40, clues };
        world.settings.value_mut().unwrap().properties.push(proxy);
    });
}

#[test]
fn packages_that_cannot_be_fetched() {
    let mut world = endpoints_only();
    event(&mut world, 9, "ERROR", "Instance deployment failed. For details, see 'eb-engine.log'.");
    health(&mut world, "Red", "Degraded", &[]);
    assert_eq!(causes(&world), ["NET-25"]);
}

// Near misses.

#[test]
fn another_subnet_without_a_route_is_nobodys_fault() {
    let mut world = healthy();
    let mut other = subnet(&mut world, PRIVATE[0]).clone();
    other.id = "subnet-0ddd".into();
    world.network.subnets.value_mut().unwrap().push(other);
    assert_eq!(causes(&world), [""; 0]);
}

#[test]
fn a_theoretical_block_is_no_cause_while_instances_report() {
    let mut world = healthy();
    group(&mut world, INSTANCE_GROUP).egress.clear();
    assert_eq!(causes(&world), [""; 0]);
    assert_eq!(of_role(&world, Role::Risk), ["NET-09"]);
    assert_eq!(diagnose(&world).verdict, Verdict::Healthy);
}

#[test]
fn shut_out_single_hosts_say_nothing() {
    let mut world = healthy();
    let mut entry = deny(10, true, (0, 65535));
    entry.cidr = cidr("203.0.113.0/24");
    acl(&mut world).entries.push(entry);
    silent(&mut world);
    assert!(!causes(&world).contains(&"NET-09"));
}

#[test]
fn a_second_dead_nat_gateway_that_no_route_names_says_nothing() {
    let mut world = healthy();
    let mut other = nat(&mut world).clone();
    other.id = "nat-0dead".into();
    other.state = "deleted".into();
    world.network.nat_gateways.value_mut().unwrap().push(other);
    assert_eq!(causes(&world), [""; 0]);
}

#[test]
fn unreadable_evidence_is_told_and_not_taken_for_fine() {
    for (field, needs) in [
        (0, "ec2:DescribeRouteTables"),
        (1, "ec2:DescribeNetworkAcls"),
        (2, "ec2:DescribeVpcEndpoints"),
    ] {
        let mut world = healthy();
        table(&mut world, PRIVATE_TABLE).routes.truncate(1);
        without_nat(&mut world);
        match field {
            0 => world.network.route_tables = denied(needs),
            1 => world.network.acls = denied(needs),
            _ => world.network.endpoints = denied(needs),
        }
        silent(&mut world);
        let diagnosis = diagnose(&world);
        assert!(diagnosis.not_checked.iter().any(|line| line.needs == needs), "{needs}");
        if field == 0 {
            assert!(!causes(&world).contains(&"NET-01"));
        }
    }
}

#[test]
fn with_any_single_answer_denied_the_diagnosis_still_runs() {
    let mut world = lost_route_table();
    world.trail = denied("cloudtrail:LookupEvents");
    assert_eq!(causes(&world), ["NET-01", "CFN-01"]);
    let first = &diagnose(&world).findings[0];
    assert!(first.trigger.is_none());
    let FindingKind::Network(NetworkFault::NoEgress { lost: Some(lost), .. }) = &first.kind else {
        panic!("{:?}", first.kind)
    };
    let targets: Vec<&str> = lost.routes.iter().map(|route| route.target.id()).collect();
    assert_eq!(targets, [NAT, PEERING], "known from what is there: {:?}", lost.known_from);
    let lacks = |world: &Snapshot| !diagnose(world).not_checked.is_empty();
    assert!(lacks(&world));
    world.network.nat_gateways = Observed::NotCollected;
    assert_eq!(causes(&world), ["NET-01", "CFN-01"]);
}

#[test]
fn the_terminated_are_terminated() {
    let mut world = lost_route_table();
    environment(&mut world).status = crate::world::EnvironmentStatus::Terminated;
    assert_eq!(diagnose(&world).verdict, Verdict::Terminated);
}

/// Its API is another one, which is not asked: that it is gone, or well, is not to be claimed.
#[test]
fn a_classic_load_balancer_is_told_as_not_looked_at() {
    let mut world = healthy();
    world.resources.value_mut().unwrap().load_balancers = vec!["awseb-e-old-AWSEBLoa".into()];
    let diagnosis = diagnose(&world);
    let line = diagnosis.not_checked.iter().find(|line| line.what.contains("awseb-e-old-AWSEBLoa"));
    assert_eq!(line.unwrap().needs, "elasticloadbalancing:DescribeInstanceHealth");
    assert_eq!(diagnosis.causes().count(), 0);
}
