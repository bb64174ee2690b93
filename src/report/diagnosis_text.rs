//! A diagnosis for the screen: is it found, whose fault is it, what will happen, how long, is
//! there a way back.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::diagnosis_json::{name, role};
use super::header::Header;
use super::page::{BOLD, CYAN, DIM, GREEN, Page, RED, YELLOW, styled};
use super::words::{clock_time, count, lasting, list, sentence};
use super::{plain, redacted, route};
use crate::check::{Diagnosis, Evidence, Finding, NotChecked, Role, Trigger, Verdict};
use crate::plan::{Plan, Refusal, Risk, Step, Undo};
use crate::world::Snapshot;

/// A diagnosis to be shown, with what belongs to the run that made it.
#[derive(Clone, Debug)]
pub struct DiagnosisText<'a> {
    /// What was seen.
    pub snapshot: &'a Snapshot,
    /// What was found in it.
    pub diagnosis: &'a Diagnosis,
    /// What would repair it.
    pub plan: Option<&'a Plan>,
    /// How long it took to look.
    pub took: Option<Duration>,
    /// The command to go on with.
    pub next: Option<String>,
    /// How wide the screen is.
    pub width: usize,
}

/// A plan alone, for whoever has seen the diagnosis.
pub fn plan_text(plan: &Plan, width: usize) -> String {
    let mut page = Page::new(width);
    plan_lines(&mut page, plan);
    page.text()
}

/// Where the text of a finding begins.
const INDENT: &str = "            ";
/// Facts shown for one finding; all are in the JSON and in the report.
// More than four push the plan off the first screen of a small terminal.
const FACTS: usize = 4;

impl DiagnosisText<'_> {
    /// The screen.
    pub fn render(&self) -> String {
        let mut page = Page::new(self.width);
        let quiet = self.diagnosis.findings.iter().all(|finding| finding.role == Role::Risk);
        self.header(&mut page);
        if self.diagnosis.verdict == Verdict::Healthy && quiet {
            self.all_clear(&mut page);
        } else {
            page.gap();
            self.verdict(&mut page);
        }
        self.findings(&mut page);
        if let Some(plan) = self.plan {
            plan_lines(&mut page, plan);
        }
        not_checked(&mut page, &self.diagnosis.not_checked);
        self.footer(&mut page);
        page.text()
    }

    fn header(&self, page: &mut Page) {
        let header = Header::new(self.snapshot, self.diagnosis);
        // The name may be longer than the column that the rest begins at.
        let space = INDENT.len().saturating_sub(header.name.chars().count()).max(2);
        let head = format!("{}{}", styled(BOLD, &header.name), " ".repeat(space));
        page.block(&head, &header.place);
        if let Some(platform) = &header.platform {
            page.block(INDENT, platform);
        }
        page.block(INDENT, &header.state);
    }

    fn all_clear(&self, page: &mut Page) {
        let checks = count(self.diagnosis.checks_run, "check");
        let (style, what) = match self.limit() {
            None => (GREEN, "nothing found wrong"),
            // What could not be read may be what is broken: no all-clear.
            Some(_) => (YELLOW, "nothing found wrong in what could be read"),
        };
        let limit = self.limit().unwrap_or_default();
        page.block(INDENT, &format!("{} ({checks}{limit})", styled(style, what)));
    }

    /// How what could not be read limits the verdict.
    fn limit(&self) -> Option<String> {
        if self.diagnosis.not_checked.is_empty() {
            return None;
        }
        let left = crate::check::all().len().saturating_sub(self.diagnosis.checks_run);
        Some(match left {
            0 => "; some of them saw only a part, see below".to_owned(),
            left => format!("; {} could not be made, see below", count(left, "check")),
        })
    }

    fn verdict(&self, page: &mut Page) {
        let causes = self.diagnosis.causes().count();
        let (style, word) = match self.diagnosis.verdict {
            Verdict::Healthy => (GREEN, "Healthy"),
            Verdict::Degraded => (YELLOW, "Degraded"),
            Verdict::Stuck => (RED, "Stuck"),
            Verdict::Terminated => (YELLOW, "Terminated"),
        };
        let because = match (self.diagnosis.verdict, causes) {
            (Verdict::Healthy, _) => "no cause for worry was found".to_owned(),
            (_, 0) => format!(
                "none of {} says why; the events and logs of the environment may",
                count(self.diagnosis.checks_run, "check")
            ),
            (_, causes) => format!("{} found", count(causes, "cause")),
        };
        let because = match self.limit() {
            None => because,
            Some(limit) => format!("{because} in what could be read{limit}"),
        };
        page.block("  ", &format!("{}: {because}", styled(style, word)));
    }

    fn findings(&self, page: &mut Page) {
        let findings = &self.diagnosis.findings;
        for (number, finding) in (1..).zip(findings.iter().filter(|finding| finding.is_cause())) {
            page.gap();
            cause(page, number, finding, self.snapshot);
        }
        let others: Vec<&Finding> = findings.iter().filter(|one| !one.is_cause()).collect();
        if !others.is_empty() {
            page.gap();
        }
        for finding in others {
            aside(page, finding);
        }
    }

    fn footer(&self, page: &mut Page) {
        page.gap();
        let calls = self.snapshot.calls.len();
        let mut parts = Vec::new();
        if calls > 0 {
            let time = self.took.map(|took| format!(", {:.1} s", took.as_secs_f64()));
            parts.push(format!("{}{}.  ", count(calls, "call"), time.unwrap_or_default()));
        }
        if let Some(next) = &self.next {
            parts.push(format!("Next: {}", styled(CYAN, next)));
        }
        if !parts.is_empty() {
            page.raw(&format!("  {}", parts.concat()));
        }
    }
}

/// A cause with all that makes it believable.
fn cause(page: &mut Page, number: usize, finding: &Finding, snapshot: &Snapshot) {
    let head = format!("  {number}  {}  ", styled(RED, "CAUSE"));
    let title = styled(BOLD, &redacted(&finding.title));
    page.tailed(&head, &title, &styled(CYAN, finding.code().0));
    if !finding.explanation.is_empty() {
        page.block(INDENT, &redacted(&finding.explanation));
    }
    for path in route::broken(snapshot, finding) {
        page.block(INDENT, &plain(&path.draw()));
    }
    if let Some(before) = route::before(finding) {
        page.styled_block(INDENT, &before, DIM);
    }
    if let Some(trigger) = &finding.trigger {
        page.styled_block(INDENT, &triggered(trigger, snapshot.taken_at), YELLOW);
    }
    // A path that is drawn above needs no second line.
    let facts = finding.evidence.iter().filter(|fact| !fact.statement.contains("─╳─"));
    for fact in facts.clone().take(FACTS) {
        evidence(page, fact);
    }
    let more = facts.count().saturating_sub(FACTS);
    if more > 0 {
        let more = format!("and {}: --format json", count(more, "more fact"));
        page.styled_block(INDENT, &more, DIM);
    }
}

/// One fact, with the call it was read by.
fn evidence(page: &mut Page, fact: &Evidence) {
    let mark = if fact.supports { "+" } else { "−" };
    let source =
        if fact.source.is_empty() { String::new() } else { format!("  ({})", fact.source) };
    let text = format!("{}{}", redacted(&fact.statement), styled(DIM, &plain(&source)));
    page.block(&format!("{INDENT}{} ", styled(DIM, mark)), &text);
}

/// Who did it and when.
pub(super) fn triggered(trigger: &Trigger, now: Timestamp) -> String {
    redacted(&format!(
        "{} called {} on {} at {} (CloudTrail)",
        trigger.user,
        trigger.call,
        trigger.resource,
        clock_time(trigger.at, now)
    ))
}

/// A finding beside the causes, in a line.
fn aside(page: &mut Page, finding: &Finding) {
    let (style, word) = match finding.role {
        Role::Cause => (RED, "cause"),
        Role::Contributing => (YELLOW, "also"),
        Role::Symptom => (DIM, "shows"),
        Role::Risk => (YELLOW, "risk"),
    };
    let head = format!("     {}{}", styled(style, word), " ".repeat(7 - word.len()));
    page.tailed(&head, &redacted(&finding.title), &styled(CYAN, finding.code().0));
}

/// What would be done.
fn plan_lines(page: &mut Page, plan: &Plan) {
    if !plan.steps.is_empty() {
        page.gap();
        page.block("  ", &styled(BOLD, &summary(plan)));
        for step in &plan.steps {
            step_line(page, step);
        }
    }
    refusals(page, "Beyond repair by API:", &plan.beyond, RED);
    refusals(page, "Not done on purpose:", &plan.refusals, DIM);
    if !plan.alternatives.is_empty() {
        page.gap();
        page.block("  ", "Other ways:");
        for other in &plan.alternatives {
            let text = format!("{}: {}", redacted(&other.what), redacted(&other.why_not));
            page.styled_block("     ", &text, DIM);
        }
    }
}

fn refusals(page: &mut Page, title: &str, all: &[Refusal], style: anstyle::Style) {
    if all.is_empty() {
        return;
    }
    page.gap();
    page.block("  ", &styled(style, title));
    for one in all {
        page.block("     ", &format!("{}: {}", redacted(&one.what), redacted(&one.why)));
    }
}

/// `Plan: 6 actions, about 14 min, nothing is lost.`
pub(super) fn summary(plan: &Plan) -> String {
    let steps = &plan.steps;
    let seconds = steps.iter().map(|step| step.wait.expected.usual_seconds).sum::<u64>();
    let about = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    let time = if seconds < 60 {
        "under a minute".to_owned()
    } else {
        format!("about {}", lasting(minutes(about)))
    };
    let names: Vec<String> =
        steps.iter().flat_map(|step| &step.data_loss).map(|name| plain(name)).collect();
    let loss = if names.is_empty() {
        "nothing is lost".to_owned()
    } else {
        format!("data would be LOST: {}", list(&names))
    };
    let name = plain(&plan.playbook);
    let by = if name.is_empty() { String::new() } else { format!(" by playbook {name}") };
    sentence(&format!("Plan{by}: {}, {time}, {loss}", count(steps.len(), "action")))
}

/// Whole minutes, rounded up, because a plan's time is an estimate.
fn minutes(duration: SignedDuration) -> SignedDuration {
    SignedDuration::from_mins((duration.as_secs() + 59) / 60)
}

fn step_line(page: &mut Page, step: &Step) {
    let style = match step.risk {
        Risk::Safe => GREEN,
        Risk::Disruptive => YELLOW,
        Risk::Destructive => RED,
    };
    let risk = step.risk.as_str();
    let risk =
        format!("{}{}", styled(style, risk), " ".repeat(12_usize.saturating_sub(risk.len())));
    let head = format!("   {:>4} {risk}", step.id.to_string());
    let way_back = match &step.undo {
        Undo::Impossible { .. } => styled(DIM, "  no way back"),
        Undo::By(_) | Undo::NotNeeded => String::new(),
    };
    page.block(&head, &format!("{}{way_back}", redacted(&step.title)));
}

/// What could not be looked at; what one call would have told stands in one line.
fn not_checked(page: &mut Page, gaps: &[NotChecked]) {
    if gaps.is_empty() {
        return;
    }
    page.gap();
    let mut calls: Vec<(&str, &str, Vec<&str>)> = Vec::new();
    for gap in gaps {
        let same = |(needs, reason, _): &&mut (&str, &str, Vec<&str>)| {
            *needs == gap.needs && *reason == gap.reason
        };
        match calls.iter_mut().find(same) {
            Some((_, _, whats)) => whats.push(&gap.what),
            None => calls.push((&gap.needs, &gap.reason, vec![&gap.what])),
        }
    }
    let texts = calls.iter().map(|(needs, reason, whats)| {
        let call = if needs.is_empty() { String::new() } else { format!("{needs}: ") };
        redacted(&format!("{} ({call}{reason})", whats.join(", ")))
    });
    let text = texts.collect::<Vec<_>>().join("; ");
    page.styled_block("  ", &sentence(&format!("Not checked: {text}")), YELLOW);
}

/// A finding in one line of plain text, for lists: `NET-01 cause (no-egress): title`.
pub fn finding_line(finding: &Finding) -> String {
    let (code, role) = (finding.code(), role(finding.role));
    format!("{code} {role} ({}): {}", name(finding), redacted(&finding.title))
}
