//! DHCP option sets: above all, who resolves names.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::listing::{self, Kind};
use super::{Ec2, Handler, done, in_use, need, tag, vpc, wanted};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A DHCP option set.
#[derive(Clone, Debug, Serialize)]
pub struct DhcpOptions {
    /// `dopt-…`.
    pub id: String,
    /// Its options.
    pub options: BTreeMap<String, Vec<String>>,
}

impl DhcpOptions {
    /// The resolvers it gives out.
    pub fn name_servers(&self) -> &[String] {
        self.options.get("domain-name-servers").map_or(&[], Vec::as_slice)
    }
}

const KIND: Kind = Kind {
    set: "dhcpOptionsSet",
    ids: "DhcpOptionsId",
    code: "InvalidDhcpOptionID.NotFound",
    noun: "dhcpOption ID",
    prefix: "dopt",
    filters: &[
        ("dhcp-options-id", "dhcpOptionsId"),
        ("key", "dhcpConfigurationSet.key"),
        ("value", "dhcpConfigurationSet.valueSet.value"),
        ("owner-id", "ownerId"),
    ],
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "CreateDhcpOptions" => Some(create),
        "DeleteDhcpOptions" => Some(delete),
        "DescribeDhcpOptions" => Some(describe),
        "AssociateDhcpOptions" => Some(associate),
        _ => None,
    }
}

/// The set that networks start with; made when the first one needs it.
pub(super) fn default_set(account: &mut Account) -> String {
    let domain = if account.region == "us-east-1" {
        "ec2.internal".to_owned()
    } else {
        format!("{}.compute.internal", account.region)
    };
    let options = BTreeMap::from([
        ("domain-name".to_owned(), vec![domain]),
        ("domain-name-servers".to_owned(), vec!["AmazonProvidedDNS".to_owned()]),
    ]);
    let same = account.here.ec2.dhcp_options.values().find(|set| set.options == options);
    if let Some(set) = same {
        return set.id.clone();
    }
    let id = account.id("dopt");
    account.here.ec2.dhcp_options.insert(id.clone(), DhcpOptions { id: id.clone(), options });
    id
}

fn find<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a DhcpOptions, Fault> {
    KIND.checked(id)?;
    ec2.dhcp_options.get(id).ok_or_else(|| KIND.missing(id))
}

fn tree(account: &str, set: &DhcpOptions) -> Value {
    let options: Value = set
        .options
        .iter()
        .map(|(key, values)| {
            let values: Value = values.iter().map(|value| json!({ "value": value })).collect();
            json!({ "key": key, "valueSet": values })
        })
        .collect();
    json!({ "dhcpOptionsId": set.id, "ownerId": account, "dhcpConfigurationSet": options })
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &account.here.ec2;
    let all = ec2.dhcp_options.values().map(|set| (set.id.as_str(), || tree(&account.id, set)));
    listing::list(ec2, call, &KIND, all)
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let mut options = BTreeMap::new();
    for option in call.params.list("DhcpConfiguration") {
        let key = option.text("Key").unwrap_or_default();
        let known = [
            "domain-name",
            "domain-name-servers",
            "ntp-servers",
            "netbios-name-servers",
            "netbios-node-type",
            "ipv6-address-preferred-lease-time",
        ];
        if !known.contains(&key) {
            return Err(Fault::invalid_value(format!(
                "Value ({key}) for parameter name is invalid. Unknown DHCP option"
            )));
        }
        options.insert(key.to_owned(), option.texts("Value"));
    }
    if options.is_empty() {
        return Err(wanted("dhcpConfigurationSet"));
    }
    let id = account.id("dopt");
    let ec2 = &mut account.here.ec2;
    ec2.dhcp_options.insert(id.clone(), DhcpOptions { id: id.clone(), options });
    tag::apply(ec2, &call.params, &id);
    let tree = listing::tagged(ec2, &id, tree(&account.id, &ec2.dhcp_options[&id]));
    Ok(json!({ "dhcpOptions": tree }))
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "DhcpOptionsId")?;
    let ec2 = &mut account.here.ec2;
    find(ec2, id)?;
    if ec2.vpcs.values().any(|vpc| vpc.dhcp_options == id) {
        return Err(in_use("dhcpOptions", id));
    }
    ec2.dhcp_options.remove(id);
    ec2.untag(id);
    done()
}

fn associate(account: &mut Account, call: &Call) -> Answer {
    let (id, vpc) = (need(call, "DhcpOptionsId")?, need(call, "VpcId")?);
    let ec2 = &mut account.here.ec2;
    vpc::find(ec2, vpc)?;
    // `default` takes the network off every set: it has no resolver then.
    if id != "default" {
        find(ec2, id)?;
    }
    if let Some(vpc) = ec2.vpcs.get_mut(vpc) {
        id.clone_into(&mut vpc.dhcp_options);
    }
    done()
}
