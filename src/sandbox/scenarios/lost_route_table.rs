//! Somebody deletes the private subnets' route table, and everything that is tried makes it worse.
//!
//! `shop-prod` runs well: two instances in private subnets of two zones, behind a load balancer,
//! with a NAT gateway for the internet and a peering connection to a hosted database's network.
//! It is on platform version 6.4.3; 6.5.1 is out, and the shop does not run on it. A second team's
//! stack, `reporting`, has a database whose security group admits the shop's instances.
//!
//! Then p.novak tidies up: the route table of the private subnets is disassociated and deleted.
//! The instances serve on, but nobody hears of them. The next deployment brings a larger instance
//! type, so that the instances are replaced, and the new ones never report. Restarting the servers
//! changes nothing. An update to the newest platform replaces the instances once more. For the
//! rebuild, reporting takes the shop's group out of its rule, and puts the new one in afterwards;
//! the rebuild's instances do not report either. The termination fails: the rule that reporting
//! has put back names the shop's group, so that the stack cannot delete it.

use serde_json::{Value, json};

use super::parts::{application, hosted_database, open, option, platform, private, roles, settings};
use super::parts::{Network, version};
use super::{About, Story};
use crate::sandbox::Service::CloudFormation;

pub(super) const ABOUT: About =
    About { group: "network", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = healthy(story);
    story.at("5h10m").by("p.novak");
    for association in &network.associations {
        story.ec2("DisassociateRouteTable", json!({ "AssociationId": association }));
    }
    story.wait("40s");
    story.ec2("DeleteRouteTable", json!({ "RouteTableId": network.private_table }));
    tried(story);
}

/// A day ago everything was made, and ran well ever since.
fn healthy(story: &mut Story) -> Network {
    let network = private(story.by("admin"), "shop");
    hosted_database(story, &network);
    roles(story);
    story.by("deploy-bot");
    application(story, "shop");
    version(story, "shop", "shop-41", "Shop 2.30; runs-on: 6.4.*; needs: 192.168.248.10:27017");
    let managed = "aws:elasticbeanstalk:managedactions";
    let more = vec![
        option(managed, "ManagedActionsEnabled", "true"),
        // Three days from the day the story ends on, whatever day that is.
        option(managed, "PreferredStartTime", &window(story)),
        option("aws:elasticbeanstalk:managedactions:platformupdate", "UpdateLevel", "minor"),
    ];
    open(story, &network, "shop-41", more);
    let group = story.resource("shop-prod", "AWSEBSecurityGroup");
    story.by("k.ito");
    let params = stack(&network, &group);
    story.call(CloudFormation, "CreateStack", params);
    story.settle_stack("reporting", "30m");
    network
}

/// A weekly window that does not open during the story.
fn window(story: &Story) -> String {
    let then = story.account.now() + jiff::SignedDuration::from_hours(5 * 24);
    then.strftime("%a:10:00").to_string()
}

/// What people try, one thing after the other.
fn tried(story: &mut Story) {
    story.at("4h40m").by("deploy-bot");
    version(story, "shop", "shop-42", "Shop 2.31; runs-on: 6.4.*; needs: 192.168.248.10:27017");
    let larger = vec![option("aws:autoscaling:launchconfiguration", "InstanceType", "t3.medium")];
    story.eb(
        "UpdateEnvironment",
        json!({
            "EnvironmentName": "shop-prod",
            "VersionLabel": "shop-42",
            "OptionSettings": settings(&larger),
        }),
    );
    story.settle("shop-prod", "45m").at("3h50m").by("a.berg");
    story.eb("RestartAppServer", json!({ "EnvironmentName": "shop-prod" }));
    story.settle("shop-prod", "45m").at("3h20m");
    let newest = platform(story, "Node.js 22", "6.5.1");
    story.eb(
        "UpdateEnvironment",
        json!({ "EnvironmentName": "shop-prod", "PlatformArn": newest }),
    );
    story.settle("shop-prod", "45m").at("2h40m");
    admit(story, "");
    story.at("2h30m").by("a.berg");
    story.eb("RebuildEnvironment", json!({ "EnvironmentName": "shop-prod" }));
    story.settle("shop-prod", "60m").at("50m");
    let group = story.resource("shop-prod", "AWSEBSecurityGroup");
    admit(story, &group);
    story.at("30m").by("a.berg");
    story.eb("TerminateEnvironment", json!({ "EnvironmentName": "shop-prod" }));
    story.settle("shop-prod", "28m");
}

/// The reporting team says which group its database admits, beside its own.
fn admit(story: &mut Story, group: &str) {
    story.by("k.ito");
    let parameter = json!([{ "ParameterKey": "ShopGroup", "ParameterValue": group }]);
    story.call(
        CloudFormation,
        "UpdateStack",
        json!({
            "StackName": "reporting",
            "UsePreviousTemplate": true,
            "Parameters": [
                { "ParameterKey": "Network", "UsePreviousValue": true },
                parameter[0],
            ],
        }),
    );
    story.settle_stack("reporting", "15m");
}

/// The reporting team's stack: a database's group, and a rule for the shop's.
fn stack(network: &Network, group: &str) -> Value {
    let template = json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Reporting: the warehouse's network access",
        "Parameters": {
            "Network": { "Type": "String" },
            "ShopGroup": { "Type": "String", "Default": "" },
        },
        "Conditions": {
            "AdmitsShop": { "Fn::Not": [{ "Fn::Equals": [{ "Ref": "ShopGroup" }, ""] }] },
        },
        "Resources": {
            "DatabaseGroup": {
                "Type": "AWS::EC2::SecurityGroup",
                "Properties": {
                    "GroupName": "reporting-db",
                    "GroupDescription": "Reporting warehouse",
                    "VpcId": { "Ref": "Network" },
                },
            },
            "FromShop": {
                "Type": "AWS::EC2::SecurityGroupIngress",
                "Condition": "AdmitsShop",
                "Properties": {
                    "GroupId": { "Fn::GetAtt": ["DatabaseGroup", "GroupId"] },
                    "Description": "shop-prod feeds the warehouse",
                    "IpProtocol": "tcp",
                    "FromPort": 5432,
                    "ToPort": 5432,
                    "SourceSecurityGroupId": { "Ref": "ShopGroup" },
                },
            },
        },
        "Outputs": {
            "DatabaseGroupId": { "Value": { "Fn::GetAtt": ["DatabaseGroup", "GroupId"] } },
        },
    });
    json!({
        "StackName": "reporting",
        "TemplateBody": template.to_string(),
        "Parameters": [
            { "ParameterKey": "Network", "ParameterValue": network.vpc },
            { "ParameterKey": "ShopGroup", "ParameterValue": group },
        ],
    })
}
