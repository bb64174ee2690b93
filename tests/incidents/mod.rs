//! The incident catalogue against the program: each record's code and page, and each of its texts.
//!
//! `docs/messages.md` is this test's own account; `EBRESCUE_UPDATE=1` writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use ebrescue::check::messages::{codes_for, recognise};
use ebrescue::check::{all, by_code};
use serde::Deserialize;

use crate::stage::written;

/// One record.
#[derive(Deserialize)]
struct Record {
    id: String,
    title: String,
    observable_by: Vec<String>,
    messages: Vec<Message>,
}

/// One text that was seen.
#[derive(Deserialize)]
struct Message {
    text: String,
    #[serde(rename = "where")]
    place: String,
    origin: String,
}

impl Message {
    /// Whether it is a sentence about AWS rather than one that AWS writes.
    fn is_statement(&self) -> bool {
        self.place.starts_with("docs-") || self.place == "user-text"
    }
}

fn catalogue() -> Vec<Record> {
    serde_json::from_str(include_str!("catalogue.json")).unwrap()
}

/// Which records quote a text.
fn shared(records: &[Record]) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut shared: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for record in records {
        for message in &record.messages {
            shared.entry(&message.text).or_default().insert(&record.id);
        }
    }
    shared
}

#[test]
fn every_text_of_an_incident_is_recognised_as_one_of_the_codes_that_share_it() {
    let records = catalogue();
    let shared = shared(&records);
    let mut missed = String::new();
    let mut texts = 0;
    for record in &records {
        for message in record.messages.iter().filter(|message| !message.is_statement()) {
            texts += 1;
            let found = recognise(&message.text).map_or(&[][..], |row| row.codes);
            let own = &shared[message.text.as_str()];
            if !found.iter().any(|code| own.contains(code)) {
                writeln!(missed, "{}: {} -> {found:?}", record.id, message.text).unwrap();
            }
        }
    }
    assert!(texts > 250, "{texts} texts were looked at");
    assert!(missed.is_empty(), "{missed}");
}

#[test]
fn statements_of_the_documentation_are_on_the_page_of_their_code() {
    let mut missed = String::new();
    for record in catalogue() {
        for message in record.messages.iter().filter(|message| message.is_statement()) {
            let by_text =
                recognise(&message.text).is_some_and(|row| row.codes.contains(&&*record.id));
            let on_page = codes_for(&message.text).iter().any(|code| code.0 == record.id);
            if !by_text && !on_page {
                writeln!(missed, "{}: {}", record.id, message.text).unwrap();
            }
        }
    }
    assert!(missed.is_empty(), "{missed}");
}

/// A text that fits in a cell of a table, as code.
fn cell(text: &str) -> String {
    let text: Vec<&str> = text.split_whitespace().collect();
    let text = text.join(" ").replace('|', "\\|");
    let fence = if text.contains('`') { "``" } else { "`" };
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// The operations that a record is observable by: `ec2:DescribeRouteTables`.
fn operations(record: &Record) -> BTreeSet<String> {
    let service = |word: &str| {
        let Some((service, operation)) = word.split_once(':') else { return false };
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        !service.is_empty()
            && service.chars().all(plain)
            && operation.starts_with(|c: char| c.is_ascii_uppercase())
    };
    let split = |c: char| !(c.is_ascii_alphanumeric() || c == ':');
    let words = record.observable_by.iter().flat_map(|line| line.split(split));
    let words = words.map(|word| word.trim_end_matches(':'));
    words.filter(|word| service(word)).map(str::to_owned).collect()
}

fn document(records: &[Record]) -> String {
    let mut text = String::from(
        "# What AWS's texts mean\n\n\
         Written by `EBRESCUE_UPDATE=1 cargo nextest run --locked -E 'test(incidents)'` from the incident catalogue and \
         from the rules\nof `src/check/messages.rs`. In a rule `*` stands for whatever changes; the first rule that fits \
         counts.\n\nA *sure* rule proves the first of its codes. The others prove nothing alone: several faults write the \
         same text, and\nwhat decides between them is asked for. Sentences of documentation are no messages; they stand on the \
         page of their\ncode (`ebrescue explain`).\n\n\
         | text | seen in | record | recognised as | rule | asked for besides |\n\
         | --- | --- | --- | --- | --- | --- |\n",
    );
    let by_id: BTreeMap<&str, &Record> = records.iter().map(|one| (one.id.as_str(), one)).collect();
    for record in records {
        for message in record.messages.iter().filter(|message| !message.is_statement()) {
            let Some(row) = recognise(&message.text) else { continue };
            let asked = if row.sure {
                "nothing: the text is sure".to_owned()
            } else {
                let of = row.codes.iter().filter_map(|code| by_id.get(code));
                let all: BTreeSet<String> = of.flat_map(|record| operations(record)).collect();
                all.into_iter().collect::<Vec<_>>().join(", ")
            };
            writeln!(
                text,
                "| {} | {} ({}) | {} | {} | {} | {asked} |",
                cell(&message.text),
                message.place.replace('|', "\\|"),
                message.origin,
                record.id,
                row.codes.join(", "),
                cell(row.text),
            )
            .unwrap();
        }
    }
    text
}

#[test]
fn the_table_of_messages_is_current() {
    let current = written("docs/messages.md", &document(&catalogue()));
    assert!(current, "docs/messages.md is not current: EBRESCUE_UPDATE=1 writes it anew");
}

#[test]
fn a_text_that_alone_proves_nothing_names_what_else_is_looked_at() {
    let records = catalogue();
    let by_id: BTreeMap<&str, &Record> = records.iter().map(|one| (one.id.as_str(), one)).collect();
    let mut silent = BTreeSet::new();
    for message in records.iter().flat_map(|record| &record.messages) {
        let Some(row) = recognise(&message.text).filter(|row| !row.sure) else { continue };
        let of = row.codes.iter().filter_map(|code| by_id.get(code));
        if of.flat_map(|record| &record.observable_by).next().is_none() {
            silent.insert(row.text);
        }
    }
    assert!(silent.is_empty(), "{silent:?}");
}

#[test]
fn every_record_has_a_check_and_a_page_that_says_all_four_things() {
    let records = catalogue();
    assert_eq!(records.len(), 150);
    let mut wrong = String::new();
    for record in &records {
        let Some(check) = by_code(&record.id) else {
            writeln!(wrong, "{} {}: no check", record.id, record.title).unwrap();
            continue;
        };
        for part in ["## What it is", "## How it shows", "## How it is repaired"] {
            let section = check.docs.split_once(part).map(|(_, rest)| rest.trim_start());
            if section.is_none_or(|text| text.is_empty() || text.starts_with("## ")) {
                writeln!(wrong, "{}: nothing under {part}", record.id).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(all().len() >= records.len());
}

/// Codes that no test shows in a world of its own, and why.
const WITHOUT_WORLD: &[(&str, &str)] = &[
    ("ATL-05", "nothing of it is in AWS's state: only whoever runs the migration sees it"),
    ("ATL-06", "the cluster's tier is known to the database's host alone"),
];

#[test]
fn every_record_is_shown_by_a_world() {
    let worlds = [
        include_str!("../../src/check/tests/mod.rs"),
        include_str!("../../src/check/tests/near/application.rs"),
        include_str!("../../src/check/tests/near/capacity.rs"),
        include_str!("../../src/check/tests/near/ends.rs"),
        include_str!("../../src/check/tests/near/mail.rs"),
        include_str!("../../src/check/tests/near/network.rs"),
        include_str!("../../src/check/tests/near/peering.rs"),
        include_str!("../../src/check/tests/near/permission.rs"),
        include_str!("../../src/check/tests/near/placement.rs"),
        include_str!("../../src/check/tests/near/platform.rs"),
        include_str!("../../src/check/tests/near/stack.rs"),
        include_str!("../../src/check/tests/near/stack_texts.rs"),
        include_str!("../../src/check/tests/near/state.rs"),
        include_str!("../../src/check/tests/network.rs"),
        include_str!("../../src/check/tests/others.rs"),
        include_str!("../../src/check/tests/rare.rs"),
        include_str!("../../src/check/tests/roles.rs"),
        include_str!("../../src/check/tests/stack.rs"),
        include_str!("../../src/check/tests/texts.rs"),
        include_str!("../accuracy/expected.rs"),
    ];
    let shown = |id: &str| worlds.iter().any(|text| text.contains(&format!("\"{id}\"")));
    let excused = |id: &str| WITHOUT_WORLD.iter().any(|(own, _)| *own == id);
    let without: Vec<String> = catalogue()
        .into_iter()
        .map(|record| record.id)
        .filter(|id| shown(id) == excused(id))
        .collect();
    assert!(without.is_empty(), "without a world, or excused without need: {without:?}");
}

/// `docs/runbook.md` names no check that is not there, and no call that a diagnosis would not make.
#[test]
fn what_awss_runbook_looks_at_is_looked_at() {
    let page = std::fs::read_to_string(crate::house::checkout("docs/runbook.md")).unwrap();
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| ")).skip(2).collect();
    let words = page.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    let is_code = |word: &&str| {
        word.split_once('-').is_some_and(|(group, number)| {
            group.chars().all(|c| c.is_ascii_uppercase()) && number.parse::<u32>().is_ok()
        })
    };
    for code in words.filter(is_code) {
        assert!(by_code(code).is_some(), "{code} has no check");
    }
    let policy = std::process::Command::new(env!("CARGO_BIN_EXE_ebrescue"))
        .args(["policy", "--read-only"])
        .output()
        .unwrap();
    let policy = String::from_utf8(policy.stdout).unwrap();
    let calls = rows.iter().filter_map(|row| row.rsplit('`').nth(1));
    let calls: Vec<&str> = calls.filter(|call| call.contains(':')).collect();
    assert_eq!(calls.len(), 10);
    for call in calls {
        assert!(policy.contains(&format!("\"{call}\"")), "{call} is not read");
    }
}
