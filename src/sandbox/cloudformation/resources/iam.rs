//! Roles, instance profiles and policies.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "only some kinds or shapes of value matter here, and the rest is one case"
)]

use serde_json::{Value, json};

use super::{PLAIN, Provider, Replace, at, only, with};
use crate::sandbox::Service::Iam;
use crate::sandbox::cloudformation::engine::{Bench, Failure, Pace, Voice};
use crate::sandbox::cloudformation::template::plain_text;

pub(super) const PROVIDERS: &[Provider] = &[
    Provider {
        kind: "AWS::IAM::Role",
        voice: Voice::Handler("Iam"),
        required: &["AssumeRolePolicyDocument"],
        replace: Replace::On(&["RoleName", "Path"]),
        create: create_role,
        settle: |bench| {
            let answer = bench.call(Iam, "GetRole", json!({"RoleName": bench.physical}))?;
            Ok(Pace::Ready(json!({
                "Arn": at(&answer, "Role/Arn"),
                "RoleId": at(&answer, "Role/RoleId"),
            })))
        },
        update: update_role,
        remove: remove_role,
        pace: 16,
        ..PLAIN
    },
    Provider {
        kind: "AWS::IAM::InstanceProfile",
        voice: Voice::Handler("Iam"),
        required: &["Roles"],
        replace: Replace::On(&["InstanceProfileName", "Path"]),
        create: create_profile,
        settle: |bench| {
            let params = json!({"InstanceProfileName": bench.physical});
            let answer = bench.call(Iam, "GetInstanceProfile", params)?;
            Ok(Pace::Ready(json!({"Arn": at(&answer, "InstanceProfile/Arn")})))
        },
        update: |bench| {
            detach_roles(bench)?;
            attach_roles(bench)
        },
        remove: |bench| {
            detach_roles(bench)?;
            let params = json!({"InstanceProfileName": bench.physical});
            bench.call(Iam, "DeleteInstanceProfile", params)?;
            Ok(Pace::Ready(()))
        },
        // Two minutes for a profile: IAM is slow to be seen everywhere, and CloudFormation waits.
        pace: 120,
        ..PLAIN
    },
    Provider {
        kind: "AWS::IAM::Policy",
        voice: Voice::Handler("Iam"),
        required: &["PolicyDocument", "PolicyName"],
        replace: Replace::On(&["PolicyName"]),
        create: |bench| {
            put_policy(bench)?;
            Ok(bench.new_name(128))
        },
        update: put_policy,
        remove: |bench| {
            let name = bench.text("PolicyName");
            for role in bench.texts("Roles") {
                let params = json!({"RoleName": role, "PolicyName": name});
                bench.call(Iam, "DeleteRolePolicy", params)?;
            }
            Ok(Pace::Ready(()))
        },
        pace: 16,
        ..PLAIN
    },
    Provider {
        kind: "AWS::IAM::ManagedPolicy",
        voice: Voice::Handler("Iam"),
        required: &["PolicyDocument"],
        create: create_managed,
        settle: |bench| Ok(Pace::Ready(json!({"PolicyArn": bench.physical}))),
        remove: remove_managed,
        pace: 16,
        ..PLAIN
    },
];

/// A document as the text that IAM takes.
fn document(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn create_role(bench: &mut Bench<'_>) -> Result<String, Failure> {
    let name = bench.text("RoleName").unwrap_or_else(|| bench.new_name(64));
    let params = with(
        only(&bench.properties, &["Description", "MaxSessionDuration", "Path"]),
        json!({
            "RoleName": name,
            "AssumeRolePolicyDocument": document(bench.property("AssumeRolePolicyDocument")),
            "Tags": bench.tag_list(),
        }),
    );
    bench.call(Iam, "CreateRole", params)?;
    bench.physical.clone_from(&name);
    let attached = bench.texts("ManagedPolicyArns");
    let inline = inline(&bench.properties);
    grant(bench, &attached, &inline)?;
    Ok(name)
}

/// The policies written in a role itself.
fn inline(properties: &Value) -> Vec<(String, Value)> {
    let policies = properties.get("Policies").and_then(Value::as_array).into_iter().flatten();
    policies.map(|policy| (at(policy, "PolicyName"), policy["PolicyDocument"].clone())).collect()
}

fn grant(
    bench: &mut Bench<'_>,
    attached: &[String],
    inline: &[(String, Value)],
) -> Result<(), Failure> {
    for arn in attached {
        let params = json!({"RoleName": bench.physical, "PolicyArn": arn});
        bench.call(Iam, "AttachRolePolicy", params)?;
    }
    for (name, policy) in inline {
        let params = json!({
            "RoleName": bench.physical,
            "PolicyName": name,
            "PolicyDocument": document(policy),
        });
        bench.call(Iam, "PutRolePolicy", params)?;
    }
    Ok(())
}

fn withdraw(bench: &mut Bench<'_>, properties: &Value) -> Result<(), Failure> {
    let attached = properties.get("ManagedPolicyArns").and_then(Value::as_array);
    for arn in attached.into_iter().flatten().map(plain_text) {
        let params = json!({"RoleName": bench.physical, "PolicyArn": arn});
        forgiving(bench.call(Iam, "DetachRolePolicy", params))?;
    }
    for (name, _) in inline(properties) {
        let params = json!({"RoleName": bench.physical, "PolicyName": name});
        forgiving(bench.call(Iam, "DeleteRolePolicy", params))?;
    }
    Ok(())
}

/// What is gone already need not be taken away.
fn forgiving(answer: crate::sandbox::Answer) -> Result<(), Failure> {
    match answer {
        Err(fault) if fault.code != "NoSuchEntity" => Err(fault.into()),
        Ok(_) | Err(_) => Ok(()),
    }
}

fn update_role(bench: &mut Bench<'_>) -> Result<(), Failure> {
    let params = json!({
        "RoleName": bench.physical,
        "PolicyDocument": document(bench.property("AssumeRolePolicyDocument")),
    });
    bench.call(Iam, "UpdateAssumeRolePolicy", params)?;
    let old = bench.old.clone();
    withdraw(bench, &old)?;
    let attached = bench.texts("ManagedPolicyArns");
    let inline = inline(&bench.properties);
    grant(bench, &attached, &inline)
}

/// Takes from a role what the stack gave it; what others gave it makes IAM refuse.
fn remove_role(bench: &mut Bench<'_>) -> Result<Pace<()>, Failure> {
    let properties = bench.properties.clone();
    withdraw(bench, &properties)?;
    bench.call(Iam, "DeleteRole", json!({"RoleName": bench.physical}))?;
    Ok(Pace::Ready(()))
}

fn create_profile(bench: &mut Bench<'_>) -> Result<String, Failure> {
    let name = bench.text("InstanceProfileName").unwrap_or_else(|| bench.new_name(128));
    let params = with(only(&bench.properties, &["Path"]), json!({"InstanceProfileName": name}));
    bench.call(Iam, "CreateInstanceProfile", params)?;
    bench.physical.clone_from(&name);
    attach_roles(bench)?;
    Ok(name)
}

fn attach_roles(bench: &mut Bench<'_>) -> Result<(), Failure> {
    for role in bench.texts("Roles") {
        let params = json!({"InstanceProfileName": bench.physical, "RoleName": role});
        bench.call(Iam, "AddRoleToInstanceProfile", params)?;
    }
    Ok(())
}

fn detach_roles(bench: &mut Bench<'_>) -> Result<(), Failure> {
    let params = json!({"InstanceProfileName": bench.physical});
    let answer = bench.call(Iam, "GetInstanceProfile", params)?;
    let roles = answer.pointer("/InstanceProfile/Roles").and_then(Value::as_array).cloned();
    for role in roles.into_iter().flatten() {
        let params = json!({
            "InstanceProfileName": bench.physical,
            "RoleName": at(&role, "RoleName"),
        });
        bench.call(Iam, "RemoveRoleFromInstanceProfile", params)?;
    }
    Ok(())
}

fn put_policy(bench: &mut Bench<'_>) -> Result<(), Failure> {
    let name = bench.text("PolicyName");
    let policy = document(bench.property("PolicyDocument"));
    for role in bench.texts("Roles") {
        let params = json!({"RoleName": role, "PolicyName": name, "PolicyDocument": policy});
        bench.call(Iam, "PutRolePolicy", params)?;
    }
    Ok(())
}

fn create_managed(bench: &mut Bench<'_>) -> Result<String, Failure> {
    let name = bench.text("ManagedPolicyName").unwrap_or_else(|| bench.new_name(128));
    let params = with(
        only(&bench.properties, &["Description", "Path"]),
        json!({
            "PolicyName": name,
            "PolicyDocument": document(bench.property("PolicyDocument")),
        }),
    );
    let answer = bench.call(Iam, "CreatePolicy", params)?;
    let arn = at(&answer, "Policy/Arn");
    for role in bench.texts("Roles") {
        let params = json!({"RoleName": role, "PolicyArn": arn});
        bench.call(Iam, "AttachRolePolicy", params)?;
    }
    Ok(arn)
}

fn remove_managed(bench: &mut Bench<'_>) -> Result<Pace<()>, Failure> {
    for role in bench.texts("Roles") {
        let params = json!({"RoleName": role, "PolicyArn": bench.physical});
        forgiving(bench.call(Iam, "DetachRolePolicy", params))?;
    }
    bench.call(Iam, "DeletePolicy", json!({"PolicyArn": bench.physical}))?;
    Ok(Pace::Ready(()))
}
