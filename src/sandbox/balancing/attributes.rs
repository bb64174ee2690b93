//! Attributes of load balancers and target groups: all values are texts.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Balancing, balancer, invalid, target_group};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// Attributes of an application load balancer and their defaults.
///
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html>
const OF_APPLICATION: &[(&str, &str)] = &[
    ("access_logs.s3.bucket", ""),
    ("access_logs.s3.enabled", "false"),
    ("access_logs.s3.prefix", ""),
    ("client_keep_alive.seconds", "3600"),
    ("connection_logs.s3.bucket", ""),
    ("connection_logs.s3.enabled", "false"),
    ("connection_logs.s3.prefix", ""),
    ("deletion_protection.enabled", "false"),
    ("idle_timeout.timeout_seconds", "60"),
    ("load_balancing.cross_zone.enabled", "true"),
    ("routing.http.desync_mitigation_mode", "defensive"),
    ("routing.http.drop_invalid_header_fields.enabled", "false"),
    ("routing.http.preserve_host_header.enabled", "false"),
    ("routing.http.x_amzn_tls_version_and_cipher_suite.enabled", "false"),
    ("routing.http.xff_client_port.enabled", "false"),
    ("routing.http.xff_header_processing.mode", "append"),
    ("routing.http2.enabled", "true"),
    ("waf.fail_open.enabled", "false"),
    ("zonal_shift.config.enabled", "false"),
];

/// Attributes of a target group and their defaults.
const OF_TARGET_GROUP: &[(&str, &str)] = &[
    ("deregistration_delay.timeout_seconds", "300"),
    ("load_balancing.algorithm.anomaly_mitigation", "off"),
    ("load_balancing.algorithm.type", "round_robin"),
    ("load_balancing.cross_zone.enabled", "use_load_balancer_configuration"),
    ("slow_start.duration_seconds", "0"),
    ("stickiness.app_cookie.cookie_name", ""),
    ("stickiness.app_cookie.duration_seconds", "86400"),
    ("stickiness.enabled", "false"),
    ("stickiness.lb_cookie.duration_seconds", "86400"),
    ("stickiness.type", "lb_cookie"),
    ("target_group_health.dns_failover.minimum_healthy_targets.count", "1"),
    ("target_group_health.dns_failover.minimum_healthy_targets.percentage", "off"),
    ("target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", "1"),
    ("target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage", "off"),
];

/// All attributes: those that were set, and the defaults of the others.
pub(super) fn all(
    defaults: &[(&str, &str)],
    set: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut all: BTreeMap<_, _> =
        defaults.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    all.extend(set.clone());
    all
}

/// All attributes of a target group.
pub(super) fn target_group(set: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    all(OF_TARGET_GROUP, set)
}

fn rows(attributes: &BTreeMap<String, String>) -> Value {
    let rows: Vec<Value> =
        attributes.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    json!({"Attributes": rows})
}

/// What a call sets, refused where a value cannot be.
fn given(call: &Call, known: &[(&str, &str)]) -> Result<BTreeMap<String, String>, Fault> {
    let mut set = BTreeMap::new();
    for attribute in call.params.list("Attributes") {
        let key = attribute.text("Key").unwrap_or_default();
        let value = attribute.text("Value").unwrap_or_default();
        if !known.iter().any(|(name, _)| *name == key) {
            let text = format!("Load balancer attribute key '{key}' is not recognized");
            return Err(Fault::new("InvalidConfigurationRequest", text));
        }
        if key.ends_with("s3.prefix") && (value.starts_with('/') || value.ends_with('/')) {
            return Err(invalid(format!("The value of '{key}' cannot start or end with '/'")));
        }
        set.insert(key.to_owned(), value.to_owned());
    }
    Ok(set)
}

fn balancer_attributes<'a>(
    balancing: &'a mut Balancing,
    call: &Call,
) -> Result<&'a mut BTreeMap<String, String>, Fault> {
    let arn = call.params.need("LoadBalancerArn")?;
    let found = balancing.balancers.get_mut(arn).ok_or_else(balancer::absent)?;
    Ok(&mut found.attributes)
}

pub(super) fn of_balancer(account: &mut Account, call: &Call) -> Answer {
    let set = balancer_attributes(&mut account.here.balancing, call)?;
    Ok(rows(&all(OF_APPLICATION, set)))
}

pub(super) fn change_balancer(account: &mut Account, call: &Call) -> Answer {
    let new = given(call, OF_APPLICATION)?;
    let set = balancer_attributes(&mut account.here.balancing, call)?;
    set.extend(new);
    Ok(rows(&all(OF_APPLICATION, set)))
}

fn group_attributes<'a>(
    balancing: &'a mut Balancing,
    call: &Call,
) -> Result<&'a mut BTreeMap<String, String>, Fault> {
    let arn = call.params.need("TargetGroupArn")?;
    let found = balancing.target_groups.get_mut(arn).ok_or_else(target_group::absent)?;
    Ok(&mut found.attributes)
}

pub(super) fn of_target_group(account: &mut Account, call: &Call) -> Answer {
    let set = group_attributes(&mut account.here.balancing, call)?;
    Ok(rows(&target_group(set)))
}

pub(super) fn change_target_group(account: &mut Account, call: &Call) -> Answer {
    let new = given(call, OF_TARGET_GROUP)?;
    let set = group_attributes(&mut account.here.balancing, call)?;
    set.extend(new);
    Ok(rows(&target_group(set)))
}
