//! Prefix lists: AWS's own for the services with gateway endpoints, and the account's.

use ipnet::Ipv4Net;
use serde::Serialize;
use serde_json::{Value, json};

use super::listing::{self, Kind};
use super::{Ec2, Handler, block, need, tag};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A prefix list.
#[derive(Clone, Debug, Serialize)]
pub struct PrefixList {
    /// `pl-…`.
    pub id: String,
    /// Its name; AWS's own are `com.amazonaws.REGION.SERVICE`.
    pub name: String,
    /// Whether it is AWS's own.
    pub is_aws: bool,
    /// Its blocks, each with a description.
    pub entries: Vec<(Ipv4Net, Option<String>)>,
    /// How many entries it may have.
    pub max_entries: i64,
    /// How often it was changed.
    pub version: i64,
}

impl PrefixList {
    /// Whether an address is on the list.
    pub fn contains(&self, address: std::net::Ipv4Addr) -> bool {
        self.entries.iter().any(|(block, _)| block.contains(&address))
    }
}

const KIND: Kind = Kind {
    set: "prefixListSet",
    ids: "PrefixListId",
    code: "InvalidPrefixListID.NotFound",
    noun: "prefix list ID",
    prefix: "pl",
    filters: &[
        ("prefix-list-id", "prefixListId"),
        ("prefix-list-name", "prefixListName"),
        ("owner-id", "ownerId"),
    ],
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "DescribePrefixLists" => Some(describe_aws),
        "DescribeManagedPrefixLists" => Some(describe),
        "GetManagedPrefixListEntries" => Some(entries),
        "CreateManagedPrefixList" => Some(create),
        "ModifyManagedPrefixList" => Some(modify),
        "DeleteManagedPrefixList" => Some(delete),
        _ => None,
    }
}

/// AWS's own lists: blocks out of those that `ip-ranges.json` gives for the services.
pub(super) fn furnish(account: &mut Account) {
    const SERVICES: [(&str, &str); 2] = [("s3", "52.216.0.0/15"), ("dynamodb", "52.94.0.0/22")];
    for (service, cidr) in SERVICES {
        // Older ids, with eight digits, as AWS's own lists have.
        let id = format!("pl-{}", account.hex(8));
        let name = format!("com.amazonaws.{}.{service}", account.region);
        let entries = cidr.parse().map(|block| vec![(block, None)]).unwrap_or_default();
        let list =
            PrefixList { id: id.clone(), name, is_aws: true, entries, max_entries: 1, version: 1 };
        account.here.ec2.prefix_lists.insert(id, list);
    }
}

/// The id of AWS's own list for a service.
pub(super) fn of_service(ec2: &Ec2, short: &str) -> Option<String> {
    let end = format!(".{short}");
    let lists = ec2.prefix_lists.values();
    lists
        .into_iter()
        .find(|list| list.is_aws && list.name.ends_with(&end))
        .map(|list| list.id.clone())
}

fn find<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a PrefixList, Fault> {
    KIND.checked(id)?;
    ec2.prefix_lists.get(id).ok_or_else(|| KIND.missing(id))
}

/// The refusal to change what is AWS's.
fn own<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a PrefixList, Fault> {
    let list = find(ec2, id)?;
    if list.is_aws {
        return Err(Fault::new(
            "OperationNotPermitted",
            format!("The prefix list {id} is managed by AWS and cannot be changed."),
        ));
    }
    Ok(list)
}

fn describe_aws(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &account.here.ec2;
    let lists = ec2.prefix_lists.values().filter(|list| list.is_aws).map(|list| {
        let tree = || {
            let blocks: Value =
                list.entries.iter().map(|(block, _)| json!(block.to_string())).collect();
            json!({ "prefixListId": list.id, "prefixListName": list.name, "cidrSet": blocks })
        };
        (list.id.as_str(), tree)
    });
    let mut answer = listing::list(ec2, call, &KIND, lists)?;
    // This older call tells no tags.
    for list in answer["prefixListSet"].as_array_mut().into_iter().flatten() {
        if let Some(members) = list.as_object_mut() {
            members.remove("tagSet");
        }
    }
    Ok(answer)
}

fn tree(account: &Account, list: &PrefixList) -> Value {
    let owner = if list.is_aws { "aws" } else { account.id.as_str() };
    json!({
        "prefixListId": list.id,
        "prefixListName": list.name,
        "prefixListArn": format!("arn:aws:ec2:{}:{owner}:prefix-list/{}", account.region, list.id),
        "ownerId": if list.is_aws { "AWS" } else { owner },
        "addressFamily": "IPv4",
        "state": if list.version == 1 { "create-complete" } else { "modify-complete" },
        "maxEntries": (!list.is_aws).then_some(list.max_entries),
        "version": (!list.is_aws).then_some(list.version),
    })
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let account = &*account;
    let ec2 = &account.here.ec2;
    let all = ec2.prefix_lists.values().map(|list| (list.id.as_str(), || tree(account, list)));
    listing::list(ec2, call, &KIND, all)
}

fn entries(account: &mut Account, call: &Call) -> Answer {
    let list = find(&account.here.ec2, need(call, "PrefixListId")?)?;
    let found = list
        .entries
        .iter()
        .map(
            |(block, description)| json!({ "cidr": block.to_string(), "description": description }),
        )
        .collect();
    listing::page(call, "entrySet", found)
}

type Entries = Vec<(Ipv4Net, Option<String>)>;

fn read(params: &Value, name: &str) -> Result<Entries, Fault> {
    let one = |entry: &Value| {
        let cidr = block("cidr", entry.text("Cidr").unwrap_or_default())?;
        Ok((cidr, entry.text("Description").map(str::to_owned)))
    };
    params.list(name).iter().map(one).collect()
}

fn too_many(entries: &Entries, most: i64) -> Result<(), Fault> {
    if i64::try_from(entries.len()).unwrap_or(i64::MAX) <= most {
        return Ok(());
    }
    Err(Fault::new(
        "PrefixListMaxEntriesExceeded",
        "You've reached the maximum number of entries for the prefix list.",
    ))
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let name = need(call, "PrefixListName")?.to_owned();
    need(call, "MaxEntries")?;
    let max_entries = call.params.number("MaxEntries").unwrap_or(1);
    let entries = read(&call.params, "Entry")?;
    too_many(&entries, max_entries)?;
    let id = account.id("pl");
    let list = PrefixList { id: id.clone(), name, is_aws: false, entries, max_entries, version: 1 };
    account.here.ec2.prefix_lists.insert(id.clone(), list);
    tag::apply(&mut account.here.ec2, &call.params, &id);
    let account = &*account;
    let ec2 = &account.here.ec2;
    let tree = listing::tagged(ec2, &id, tree(account, &ec2.prefix_lists[&id]));
    Ok(json!({ "prefixList": tree }))
}

fn modify(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "PrefixListId")?;
    let list = own(&account.here.ec2, id)?;
    let (add, gone) = (read(&call.params, "AddEntry")?, read(&call.params, "RemoveEntry")?);
    let mut entries = list.entries.clone();
    entries.retain(|(block, _)| !gone.iter().any(|(removed, _)| removed == block));
    for (block, description) in add {
        entries.retain(|(known, _)| *known != block);
        entries.push((block, description));
    }
    too_many(&entries, list.max_entries)?;
    if let Some(list) = account.here.ec2.prefix_lists.get_mut(id) {
        list.entries = entries;
        list.version += 1;
        if let Some(name) = call.params.text("PrefixListName") {
            name.clone_into(&mut list.name);
        }
    }
    Ok(json!({ "prefixList": tree(account, &account.here.ec2.prefix_lists[id]) }))
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "PrefixListId")?;
    own(&account.here.ec2, id)?;
    let mut tree = tree(account, &account.here.ec2.prefix_lists[id]);
    tree["state"] = json!("delete-complete");
    account.here.ec2.prefix_lists.remove(id);
    account.here.ec2.untag(id);
    Ok(json!({ "prefixList": tree }))
}
