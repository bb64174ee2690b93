//! Quotas: what an account may have of things, and Service Quotas, which tells and raises them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};

use super::{Account, Answer, Call, Fault, Params};

/// The quotas of a region that differ from the defaults, and requests to raise them.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Quotas {
    /// Values by quota code.
    pub applied: BTreeMap<String, usize>,
    /// Requests by id.
    pub requests: BTreeMap<String, Value>,
}

/// A quota.
#[derive(Clone, Copy, Debug)]
pub struct Quota {
    /// The service's code, `vpc`.
    pub service: &'static str,
    /// `L-F678F1CE`.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What every account may have.
    pub default: usize,
}

impl Quota {
    /// What this account may have in the region at hand.
    pub fn value(&self, account: &Account) -> usize {
        account.here.quotas.applied.get(self.code).copied().unwrap_or(self.default)
    }
}

const fn quota(
    service: &'static str,
    code: &'static str,
    name: &'static str,
    default: usize,
) -> Quota {
    Quota { service, code, name, default }
}

// Codes, names and defaults as Service Quotas and the guides of the services tell them.

/// Networks in a region.
pub const VPCS: Quota = quota("vpc", "L-F678F1CE", "VPCs per Region", 5);
/// Internet gateways in a region. AWS raises it together with that of networks.
pub const INTERNET_GATEWAYS: Quota = quota("vpc", "L-A4707A72", "Internet gateways per Region", 5);
/// NAT gateways in a zone.
pub const NAT_GATEWAYS: Quota = quota("vpc", "L-FE5A380F", "NAT gateways per Availability Zone", 5);
/// Security groups in a region.
pub const SECURITY_GROUPS: Quota =
    quota("vpc", "L-E79EC296", "VPC security groups per Region", 2500);
/// Rules of a security group, each way.
pub const RULES: Quota =
    quota("vpc", "L-0EA8095F", "Inbound or outbound rules per security group", 60);
/// Security groups of an interface.
pub const GROUPS_PER_INTERFACE: Quota =
    quota("vpc", "L-2AFB9258", "Security groups per network interface", 5);
/// Routes of a table.
pub const ROUTES: Quota = quota("vpc", "L-93826ACB", "Routes per route table", 50);
/// Elastic IP addresses in a region.
pub const ADDRESSES: Quota = quota("ec2", "L-0263D0A3", "EC2-VPC Elastic IPs", 5);
/// Processors of running instances. AWS starts new accounts with 5 and raises that by itself as
/// they grow; this is what an account has after some time.
pub const VCPUS: Quota = quota(
    "ec2",
    "L-1216C47A",
    "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
    256,
);
/// Environments of Elastic Beanstalk.
pub const ENVIRONMENTS: Quota = quota("elasticbeanstalk", "L-8EFC1C51", "Environments", 200);
/// Applications of Elastic Beanstalk.
pub const APPLICATIONS: Quota = quota("elasticbeanstalk", "L-1CEABD17", "Applications", 75);
/// Application versions of Elastic Beanstalk.
pub const APPLICATION_VERSIONS: Quota =
    quota("elasticbeanstalk", "L-D64F1F14", "Application versions", 1000);
/// Stacks.
pub const STACKS: Quota = quota("cloudformation", "L-0485CB21", "Stack count", 2000);
/// Auto Scaling groups.
pub const SCALING_GROUPS: Quota =
    quota("autoscaling", "L-CDE20ADC", "Auto Scaling groups per region", 500);
/// Application load balancers.
pub const LOAD_BALANCERS: Quota =
    quota("elasticloadbalancing", "L-53DA6B97", "Application Load Balancers per Region", 50);
/// Classic load balancers.
pub const CLASSIC_LOAD_BALANCERS: Quota =
    quota("elasticloadbalancing", "L-E9E9831D", "Classic Load Balancers per Region", 20);
/// Databases.
pub const DATABASES: Quota = quota("rds", "L-7B6409FD", "DB instances", 40);

const ALL: [Quota; 17] = [
    VPCS,
    INTERNET_GATEWAYS,
    NAT_GATEWAYS,
    SECURITY_GROUPS,
    RULES,
    GROUPS_PER_INTERFACE,
    ROUTES,
    ADDRESSES,
    VCPUS,
    ENVIRONMENTS,
    APPLICATIONS,
    APPLICATION_VERSIONS,
    STACKS,
    SCALING_GROUPS,
    LOAD_BALANCERS,
    CLASSIC_LOAD_BALANCERS,
    DATABASES,
];

/// Seconds until a request to raise a quota is granted. On AWS small ones take minutes, large
/// ones days and a person.
const IS_GRANTED: i64 = 1800;

/// Answers a call to Service Quotas.
pub(super) fn handle(account: &mut Account, call: &Call) -> Answer {
    match call.operation.as_str() {
        "GetServiceQuota" => {
            let quota = find(call)?;
            Ok(json!({ "Quota": tree(account, &quota, quota.value(account)) }))
        }
        "GetAWSDefaultServiceQuota" => {
            let quota = find(call)?;
            Ok(json!({ "Quota": tree(account, &quota, quota.default) }))
        }
        "ListServiceQuotas" => Ok(list(account, call, |quota| quota.value(account))),
        "ListAWSDefaultServiceQuotas" => Ok(list(account, call, |quota| quota.default)),
        "RequestServiceQuotaIncrease" => request(account, call),
        "GetRequestedServiceQuotaChange" => {
            let id = call.params.text("RequestId").unwrap_or_default();
            let found = account.here.quotas.requests.get(id).cloned();
            found.map(|request| json!({ "RequestedQuota": request })).ok_or_else(no_such)
        }
        "ListRequestedServiceQuotaChangeHistory"
        | "ListRequestedServiceQuotaChangeHistoryByQuota" => {
            let requests = account.here.quotas.requests.values();
            let fits = |request: &&Value| {
                ["ServiceCode", "QuotaCode", "Status"].iter().all(|name| {
                    call.params.text(name).is_none_or(|it| request.text(name) == Some(it))
                })
            };
            let all: Vec<&Value> = requests.filter(fits).collect();
            Ok(json!({ "RequestedQuotas": all }))
        }
        "ListServices" => {
            let codes: BTreeSet<&str> = ALL.iter().map(|quota| quota.service).collect();
            let row = |code: &&str| json!({ "ServiceCode": code, "ServiceName": code });
            Ok(json!({ "Services": codes.iter().map(row).collect::<Vec<_>>() }))
        }
        _ => Err(Fault::invalid_action(&call.operation)),
    }
}

fn no_such() -> Fault {
    Fault::new(
        "NoSuchResourceException",
        "The request failed because the specified resource does not exist.",
    )
}

fn find(call: &Call) -> Result<Quota, Fault> {
    let (service, code) = (call.params.need("ServiceCode")?, call.params.need("QuotaCode")?);
    let found = ALL.iter().find(|quota| quota.service == service && quota.code == code);
    found.copied().ok_or_else(no_such)
}

fn tree(account: &Account, quota: &Quota, value: usize) -> Value {
    json!({
        "ServiceCode": quota.service,
        "ServiceName": quota.service,
        "QuotaArn": account.arn("servicequotas", &format!("{}/{}", quota.service, quota.code)),
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "Value": value,
        "Unit": "None",
        "Adjustable": true,
        "GlobalQuota": false,
    })
}

fn list(account: &Account, call: &Call, value: impl Fn(&Quota) -> usize) -> Value {
    let service = call.params.text("ServiceCode").unwrap_or_default();
    let quotas: Vec<Value> = ALL
        .iter()
        .filter(|quota| quota.service == service)
        .map(|quota| tree(account, quota, value(quota)))
        .collect();
    json!({ "Quotas": quotas })
}

fn request(account: &mut Account, call: &Call) -> Answer {
    let quota = find(call)?;
    let wanted = call.params.get("DesiredValue").and_then(Value::as_f64).unwrap_or(0.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to what a quota can be; fractions of things are cut off"
    )]
    let wanted = wanted.clamp(0.0, 1e9) as usize;
    if wanted <= quota.value(account) {
        return Err(Fault::new(
            "IllegalArgumentException",
            "You must provide a quota value greater than the current quota value.",
        ));
    }
    let id = account.hex(32);
    let tree = json!({
        "Id": id,
        "ServiceCode": quota.service,
        "ServiceName": quota.service,
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "DesiredValue": wanted,
        "Status": "PENDING",
        "Created": account.now().to_string(),
        "LastUpdated": account.now().to_string(),
        "Requester": json!({ "accountId": account.id }).to_string(),
        "GlobalQuota": false,
        "Unit": "None",
    });
    account.here.quotas.requests.insert(id.clone(), tree.clone());
    account.later(IS_GRANTED, move |account| {
        let now = account.now().to_string();
        account.here.quotas.applied.insert(quota.code.to_owned(), wanted);
        if let Some(request) = account.here.quotas.requests.get_mut(&id) {
            request["Status"] = json!("APPROVED");
            request["LastUpdated"] = json!(now);
        }
    });
    Ok(json!({ "RequestedQuota": tree }))
}
