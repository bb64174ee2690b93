//! What matters of a sandbox's state, without the names and times that differ from run to run.

use std::collections::BTreeMap;

use serde_json::Value;

use super::stage::Stage;

/// The parts of the network that are compared.
const NETWORK: [&str; 9] = [
    "vpcs",
    "subnets",
    "route_tables",
    "internet_gateways",
    "nat_gateways",
    "acls",
    "groups",
    "endpoints",
    "peerings",
];

/// A world in words that can be compared: each part's resources, sorted.
pub(super) type Fingerprint = BTreeMap<String, Vec<String>>;

/// What matters of a stage's world.
pub(super) fn fingerprint(stage: &Stage) -> Fingerprint {
    let dump = stage.sandbox.with(|account| account.dump());
    let here = &dump["regions"][&stage.sandbox.region];
    let mut all: Fingerprint =
        NETWORK.iter().map(|part| ((*part).to_owned(), rows(&here["ec2"][part]))).collect();
    let environments = items(&here["beanstalk"]["environments"]);
    let told = |one: &&Value| {
        let facts = ["name", "status", "version", "platform"].map(|key| plain(&one[key]));
        // "Info" is "Ok" a moment after an operation.
        let health = plain(&one["health"]).replace("Info", "Ok");
        format!("{} {health}", facts.join(" "))
    };
    all.insert("environments".to_owned(), sorted(environments.iter().map(told)));
    let stacks = items(&here["cloudformation"]["stacks"]);
    let living = stacks.iter().filter(|one| !plain(&one["status"]).contains("DELETE_COMPLETE"));
    let told = |one: &&Value| format!("{} {}", plain(&one["name"]), plain(&one["status"]));
    all.insert("stacks".to_owned(), sorted(living.map(told)));
    let iam = &dump["global"]["iam"];
    for part in ["roles", "profiles"] {
        let names = iam[part].as_object().into_iter().flatten();
        all.insert(part.to_owned(), sorted(names.map(|(name, _)| masked(name))));
    }
    all
}

/// What two worlds have apart, in words.
pub(super) fn difference(one: &Fingerprint, other: &Fingerprint) -> Vec<String> {
    let mut apart = Vec::new();
    for (part, rows) in one {
        let others = &other[part];
        let gone = rows.iter().filter(|row| !others.contains(row));
        apart.extend(gone.map(|row| format!("- {part}: {row}")));
        let new = others.iter().filter(|row| !rows.contains(row));
        apart.extend(new.map(|row| format!("+ {part}: {row}")));
        if rows.len() != others.len() {
            apart.push(format!("{part}: {} or {}", rows.len(), others.len()));
        }
    }
    apart
}

fn rows(part: &Value) -> Vec<String> {
    let living = |one: &&&Value| {
        let state = plain(&one["state"]).to_lowercase();
        !["deleted", "deleting", "failed"].iter().any(|gone| state.contains(gone))
    };
    let all = items(part);
    sorted(all.iter().filter(living).map(|one| plain(one)))
}

fn items(part: &Value) -> Vec<&Value> {
    match part {
        Value::Array(all) => all.iter().collect(),
        Value::Object(all) => all.values().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

fn sorted(rows: impl Iterator<Item = String>) -> Vec<String> {
    let mut rows: Vec<String> = rows.collect();
    rows.sort();
    rows
}

/// A value as text, names and times masked. Lists are sorted: their order means nothing here.
fn plain(value: &Value) -> String {
    match value {
        Value::Object(all) => {
            let pairs = all.iter().map(|(key, value)| format!("{}={}", masked(key), plain(value)));
            format!("{{{}}}", sorted(pairs).join(" "))
        }
        Value::Array(all) => format!("[{}]", sorted(all.iter().map(plain)).join(" ")),
        Value::String(text) => masked(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// A text without what an identifier or a time makes of it.
fn masked(text: &str) -> String {
    if text.parse::<jiff::Timestamp>().is_ok() {
        return "(time)".to_owned();
    }
    let parts: Vec<&str> = text.split('-').collect();
    let mask = |(place, part): (usize, &&str)| {
        let hex = part.len() >= 8 && part.chars().all(|c| c.is_ascii_hexdigit());
        // `e-mw4kzq2ptx`: ten letters and digits.
        let environment = place > 0 && parts[place - 1].ends_with('e') && part.len() == 10;
        if hex || environment { "#".to_owned() } else { (*part).to_owned() }
    };
    parts.iter().enumerate().map(mask).collect::<Vec<_>>().join("-")
}
