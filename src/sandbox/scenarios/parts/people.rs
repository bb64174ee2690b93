//! The roles that Elastic Beanstalk works with.

use serde_json::{Value, json};

use crate::sandbox::Service::Iam;
use crate::sandbox::scenarios::Story;

/// Makes the service role and the instance profile that the console makes.
pub(in crate::sandbox::scenarios) fn roles(story: &mut Story) {
    story.by("admin");
    role(
        story,
        "aws-elasticbeanstalk-ec2-role",
        "ec2.amazonaws.com",
        &[
            "AWSElasticBeanstalkWebTier",
            "AWSElasticBeanstalkWorkerTier",
            "AWSElasticBeanstalkMulticontainerDocker",
        ],
    );
    let profile = json!({ "InstanceProfileName": "aws-elasticbeanstalk-ec2-role" });
    story.call(Iam, "CreateInstanceProfile", profile);
    let member = json!({
        "InstanceProfileName": "aws-elasticbeanstalk-ec2-role",
        "RoleName": "aws-elasticbeanstalk-ec2-role",
    });
    story.call(Iam, "AddRoleToInstanceProfile", member);
    role(
        story,
        "aws-elasticbeanstalk-service-role",
        "elasticbeanstalk.amazonaws.com",
        &[
            "service-role/AWSElasticBeanstalkEnhancedHealth",
            "AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy",
        ],
    );
}

fn role(story: &mut Story, name: &str, service: &str, policies: &[&str]) {
    let trust = trust(service).to_string();
    let params = json!({ "RoleName": name, "AssumeRolePolicyDocument": trust });
    story.call(Iam, "CreateRole", params);
    for policy in policies {
        let arn = format!("arn:aws:iam::aws:policy/{policy}");
        story.call(Iam, "AttachRolePolicy", json!({ "RoleName": name, "PolicyArn": arn }));
    }
}

/// The policy by which a service may take a role on.
fn trust(service: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "Service": service },
            "Action": "sts:AssumeRole",
        }],
    })
}
