//! Worlds in which two things are broken that have nothing to do with each other: both are named,
//! and both are mended.

use ebrescue::journal::Outcome;
use ebrescue::sandbox::{Account, Service};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::stage::{Stage, all};

fn call(account: &mut Account, service: Service, operation: &str, params: Value) -> Value {
    account.call_as("l.haas", service, operation, params).unwrap()
}

/// The NAT gateway is deleted.
fn without_nat(account: &mut Account) {
    let all = call(account, Service::Ec2, "DescribeNatGateways", json!({}));
    for gateway in all["natGatewaySet"].as_array().unwrap() {
        let id = json!({"NatGatewayId": gateway["natGatewayId"]});
        call(account, Service::Ec2, "DeleteNatGateway", id);
    }
}

/// The security group of the instances lets nothing out.
fn without_egress(account: &mut Account) {
    let all = call(account, Service::Ec2, "DescribeSecurityGroups", json!({}));
    let groups = all["securityGroupInfo"].as_array().unwrap().iter();
    let own = groups.filter(|group| group["tagSet"].to_string().contains("\"AWSEBSecurityGroup\""));
    for group in own {
        let everything = json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]);
        let params = json!({"GroupId": group["groupId"], "IpPermissions": everything});
        call(account, Service::Ec2, "RevokeSecurityGroupEgress", params);
    }
}

/// The VPC resolves no names any more.
fn without_names(account: &mut Account) {
    let all = call(account, Service::Ec2, "DescribeVpcs", json!({}));
    for vpc in all["vpcSet"].as_array().unwrap().iter().filter(|vpc| vpc["isDefault"] != true) {
        let params = json!({"VpcId": vpc["vpcId"], "EnableDnsSupport": {"Value": false}});
        call(account, Service::Ec2, "ModifyVpcAttribute", params);
    }
}

struct World {
    scenario: &'static str,
    besides: fn(&mut Account),
    causes: [&'static str; 2],
}

const WORLDS: &[World] = &[
    World { scenario: "group-without-egress", besides: without_nat, causes: ["NET-09", "NET-03"] },
    World { scenario: "nat-deleted", besides: without_names, causes: ["NET-03", "NET-16"] },
    World { scenario: "acl-blocks-https", besides: without_egress, causes: ["NET-09", "NET-09"] },
    World {
        scenario: "foreign-rule-blocks-termination",
        besides: without_nat,
        causes: ["CFN-01", "NET-03"],
    },
    World { scenario: "role-does-not-trust", besides: without_nat, causes: ["EB-11", "NET-03"] },
];

#[tokio::test]
async fn two_faults_at_once_are_both_named_and_both_mended() {
    let mut wrong = Vec::new();
    for World { scenario, besides, causes } in WORLDS {
        let stage = Stage::changed(scenario, |account| {
            besides(account);
            account.pass_until(account.now() + SignedDuration::from_hours(1));
        })
        .await;
        let (look, _) = stage.planned().await;
        let named: Vec<String> = look
            .diagnosis
            .findings
            .iter()
            .filter(|finding| finding.role <= ebrescue::check::Role::Contributing)
            .map(|finding| finding.code().to_string())
            .collect();
        for code in causes.iter().filter(|code| !named.iter().any(|one| one == *code)) {
            wrong.push(format!("{scenario}: {code} is not among {named:?}"));
        }
        let ending = stage.repair(all).await.unwrap();
        if ending.outcome != Outcome::Recovered {
            wrong.push(format!("{scenario}: {}\n{}", ending.summary, stage.journal()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
