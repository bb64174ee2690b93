//! `CFN-09`: an export that other stacks import keeps its stack from being deleted or changed.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::situation::Situation;
use crate::check::told::between;
use crate::check::{Finding, Role, StackFault, messages};
use crate::world::{Gap, Snapshot, StackFacts, StackName};

/// `CFN-09`.
pub(super) fn run(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::proofs(world, "CFN-09");
    let mut findings = Vec::new();
    for (name, facts) in &world.stacks {
        if let Some(finding) = stack(world, name, facts, &told) {
            findings.push(finding);
        }
    }
    if findings.is_empty()
        && let Some(first) = told.first()
    {
        let export = export_of(&first.text).unwrap_or_default();
        let exporter = exporter(world, &export).unwrap_or_default();
        findings.push(finding(world, &exporter, &export, &importers_of(&first.text), &told));
    }
    Ok(findings)
}

/// The export in AWS's sentence, in its three wordings.
fn export_of(text: &str) -> Option<String> {
    let after = ["Cannot delete export ", "Export "];
    let start = after.iter().find_map(|word| text.find(word).map(|at| at + word.len()))?;
    text[start..].split_whitespace().next().map(|word| word.trim_end_matches('.').to_owned())
}

/// The importers in AWS's sentence: `… in use by A and B`, `… in use by A, B`.
fn importers_of(text: &str) -> Vec<StackName> {
    let rest = between(text, "in use by ", "").or_else(|| between(text, "imported by stack ", ""));
    let names = rest.unwrap_or_default().replace(" and ", ",");
    let names = names.split(',').map(|name| name.trim().trim_end_matches('.'));
    names
        .filter_map(|name| name.split_whitespace().next())
        .filter(|name| !name.is_empty())
        .map(StackName::from)
        .collect()
}

fn exporter(world: &Snapshot, export: &str) -> Option<StackName> {
    let exports = |facts: &StackFacts| {
        facts
            .stack
            .value()
            .is_some_and(|stack| stack.exports.iter().any(|(name, _)| name == export))
    };
    world.stacks.iter().find(|(_, facts)| exports(facts)).map(|(name, _)| name.clone())
}

fn stack(
    world: &Snapshot,
    name: &StackName,
    facts: &StackFacts,
    told: &[messages::Hit],
) -> Option<Finding> {
    let own = facts.stack.value()?;
    let reason = own.reason.as_deref().filter(|reason| {
        reason.contains("as it is in use by") || reason.contains("is imported by stack")
    });
    let used = facts.importers.items().iter().find(|(_, importers)| !importers.is_empty());
    let is_own = world.environment.value().is_some_and(|own| own.stack_name() == *name);
    let deleting = is_own && Situation::of(world).termination_failed();
    let (export, importers) = match (reason, used) {
        (Some(reason), _) => {
            let export = export_of(reason)?;
            let listed = facts.importers.items().iter().find(|(own, _)| *own == export);
            let importers = listed.map_or_else(|| importers_of(reason), |(_, all)| all.clone());
            (export, importers)
        }
        (None, Some((export, importers))) if deleting => (export.clone(), importers.clone()),
        (None, _) => return None,
    };
    let mut found = finding(world, name, &export, &importers, told);
    if let Some(reason) = reason {
        found = found.because(&facts.stack, format!("{name} ({}): {reason}", own.status));
    }
    Some(found)
}

fn finding(
    world: &Snapshot,
    name: &StackName,
    export: &str,
    importers: &[StackName],
    told: &[messages::Hit],
) -> Finding {
    let cycle = is_cycle(world, name, importers);
    let kind = StackFault::ExportInUse {
        stack: name.clone(),
        export: export.to_owned(),
        importers: importers.to_vec(),
        cycle,
    };
    let mut finding = Finding::new(
        kind,
        Role::Cause,
        "The stack cannot be deleted or changed: another stack imports what it exports",
        "CloudFormation keeps an export as it is while another stack imports it. The call returns, and the stack goes back to the status it had. The importing stacks have to be changed first, the exporting one last.",
    )
    .on([name.as_str(), export])
    .on(importers)
    .weighing(89)
    .with(messages::evidence(told));
    if let Some(facts) = world.stacks.get(name) {
        let names: Vec<&str> = importers.iter().map(StackName::as_str).collect();
        let text = format!("{export} of {name} is imported by {}", names.join(", "));
        finding = finding.because(&facts.importers, text);
    }
    finding
}

/// Whether an importer's own exports lead back to the stack.
fn is_cycle(world: &Snapshot, name: &StackName, importers: &[StackName]) -> bool {
    let uses: BTreeMap<&StackName, BTreeSet<&StackName>> = world
        .stacks
        .iter()
        .map(|(name, facts)| {
            let importers = facts.importers.items().iter().flat_map(|(_, importers)| importers);
            (name, importers.collect())
        })
        .collect();
    let mut seen: BTreeSet<&StackName> = BTreeSet::new();
    let mut open: Vec<&StackName> = importers.iter().collect();
    while let Some(next) = open.pop() {
        if next == name {
            return true;
        }
        if seen.insert(next) {
            open.extend(uses.get(next).into_iter().flatten());
        }
    }
    false
}
