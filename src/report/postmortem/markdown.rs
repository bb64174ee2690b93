//! A post-mortem as Markdown, for the wiki, a pull request or chat.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::escape::{code, text};
use super::impact::WHOLE;
use super::{Blocked, CausePart, DoneAction, Entry, Holds, Lane, Phase, Postmortem, Todo, Who};
use crate::report::words::{capital, count, lasting, moment};

/// More lines than this nobody reads in a wiki; the HTML and the JSON have them all.
const LINES: usize = 400;

/// Writes it down.
pub fn markdown(report: &Postmortem) -> String {
    let mut page = Page::default();
    page.line(&format!("# {}", text(&report.title)));
    for warning in &report.warnings {
        page.block(&format!("> **Note:** {}", text(warning)));
    }
    let summary: Vec<String> = report.summary.iter().map(|sentence| text(sentence)).collect();
    page.section("Summary", &summary.join(" "));
    page.impact(report);
    page.timeline(report);
    page.causes(&report.causes);
    page.tried(report);
    page.actions(&report.actions);
    page.bullets("What is left as it is", &report.left);
    page.todos(&report.prevention);
    page.bullets("What is not known", &report.unknown);
    page.bullets("Notes", &report.notes);
    page.appendix(report);
    page.text
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn line(&mut self, line: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{line}");
    }

    fn block(&mut self, block: &str) {
        if !block.is_empty() {
            self.line("");
            self.line(block);
        }
    }

    fn section(&mut self, title: &str, block: &str) {
        self.block(&format!("## {title}"));
        self.block(block);
    }

    fn bullets(&mut self, title: &str, items: &[String]) {
        if items.is_empty() {
            return;
        }
        self.section(title, "");
        self.line("");
        for item in items {
            self.line(&format!("- {}", text(item)));
        }
    }

    fn impact(&mut self, report: &Postmortem) {
        self.section("Impact", &format!("Severity: {}.", text(&report.severity)));
        if report.impact.is_empty() {
            self.block("No moment is known at which it began.");
            return;
        }
        self.line("");
        self.line("| Phase | From | Until | How long | Known from |");
        self.line("| --- | --- | --- | --- | --- |");
        for Phase { what, from, until, seconds, known_from } in &report.impact {
            let until = until.map_or_else(|| "it goes on".to_owned(), moment);
            let long = seconds.map(|seconds| lasting(SignedDuration::from_secs(seconds)));
            let what = if what == WHOLE { format!("**{what}**") } else { what.clone() };
            self.line(&format!(
                "| {what} | {} | {until} | {} | {} |",
                moment(*from),
                long.unwrap_or_default(),
                text(known_from)
            ));
        }
    }

    fn causes(&mut self, causes: &[CausePart]) {
        self.section("Cause", "");
        if causes.is_empty() {
            self.block("Nothing was found wrong.");
        }
        for cause in causes.iter().filter(|cause| is_told_at_length(cause)) {
            self.cause(cause);
        }
        let asides: Vec<&CausePart> =
            causes.iter().filter(|cause| !is_told_at_length(cause)).collect();
        if !asides.is_empty() {
            self.block("Beside it:");
            self.line("");
        }
        for aside in asides {
            let CausePart { code, role, title, .. } = aside;
            self.line(&format!("- {role} {code}: {}", text(title)));
        }
    }

    fn cause(&mut self, cause: &CausePart) {
        let CausePart { code, role, title, .. } = cause;
        self.block(&format!("### {code}: {} ({role})", text(title)));
        self.block(&text(&cause.explanation));
        if let Some(trigger) = &cause.trigger {
            self.block(&format!("**Who and when:** {}", text(trigger)));
        }
        self.ways(cause);
        if let Some(blocked) = &cause.blocked {
            let lines: Vec<String> = in_words(blocked);
            self.block("What held what:");
            self.line("");
            for line in lines {
                self.line(&format!("- {}", text(&line)));
            }
        }
        self.facts("Evidence for it:", &cause.supporting);
        self.facts("Evidence against it, or against a rival:", &cause.against);
        match (&cause.now, cause.gone) {
            (Some(now), Some(false)) => self.block(&format!("**{}**", text(now))),
            (Some(now), _) => self.block(&text(now)),
            (None, _) => {}
        }
    }

    /// The way of packets before, in the incident and after the repair.
    fn ways(&mut self, cause: &CausePart) {
        let groups = [
            ("before", &cause.paths_before),
            ("in the incident", &cause.paths),
            ("after the repair", &cause.paths_after),
        ];
        let shown: Vec<_> = groups.into_iter().filter(|(_, ways)| !ways.is_empty()).collect();
        if shown.is_empty() {
            return;
        }
        self.block("The way of packets:");
        self.block("```text");
        for (name, ways) in shown {
            self.line(name);
            // Three backticks in a name would end the block.
            for way in ways {
                self.line(&format!("  {}", way.drawn.replace('`', "'").replace('<', "‹")));
            }
        }
        self.line("```");
        if !cause.known_from.is_empty() {
            let known_from: Vec<String> = cause.known_from.iter().map(|from| text(from)).collect();
            self.block(&format!("How it was before is known from {}.", known_from.join("; ")));
        }
    }

    fn facts(&mut self, title: &str, facts: &[super::Fact]) {
        if facts.is_empty() {
            return;
        }
        self.block(title);
        self.line("");
        for fact in facts {
            let from =
                if fact.why.is_empty() { String::new() } else { format!(" ({})", code(&fact.why)) };
            self.line(&format!("- {}{from}", text(&fact.what)));
        }
    }

    fn tried(&mut self, report: &Postmortem) {
        if report.tried.is_empty() {
            return;
        }
        self.section("What was tried, and why it did not help", "");
        self.line("");
        for tried in &report.tried {
            self.line(&format!("- {}: {}", text(&tried.what), text(&tried.why)));
        }
    }

    fn actions(&mut self, actions: &[DoneAction]) {
        if actions.is_empty() {
            return;
        }
        self.section("What was done", "");
        self.line("");
        self.line("| | Action | Risk | Result | Called | Took |");
        self.line("| --- | --- | --- | --- | --- | --- |");
        for action in actions {
            let DoneAction { id, title, risk, status, started, seconds, .. } = action;
            let called = started.map(|at| parts(at).1).unwrap_or_default();
            let took = seconds.map(|seconds| lasting(SignedDuration::from_secs(seconds)));
            let (title, took) = (text(title), took.unwrap_or_default());
            self.line(&format!("| {id} | {title} | {risk} | {status} | {called} | {took} |"));
        }
        for action in actions {
            self.action(action);
        }
    }

    fn action(&mut self, action: &DoneAction) {
        let DoneAction { id, title, risk, status, .. } = action;
        self.block(&format!("### {id}: {} ({risk}, {status})", text(title)));
        self.line("");
        self.line(&format!("- {}", text(&decision(action))));
        if let Some(started) = action.started {
            self.line(&format!("- Called {}{}", moment(started), until_verified(action)));
        }
        if !action.result.is_empty() {
            self.line(&format!("- Result: {}", text(&action.result)));
        }
        if !action.request_ids.is_empty() {
            let ids: Vec<String> = action.request_ids.iter().map(|id| code(id)).collect();
            self.line(&format!("- AWS request ids: {}", ids.join(", ")));
        }
        self.line(&format!("- By hand: {}", code(&action.command)));
        let way_back = &action.way_back;
        let way_back = if way_back.starts_with("aws ") { code(way_back) } else { text(way_back) };
        self.line(&format!("- Way back: {way_back}"));
        if !action.data_loss.is_empty() {
            self.line(&format!("- **Data lost:** {}", text(&action.data_loss.join(", "))));
        }
        self.line(&format!("- Because of {}", action.because.join(", ")));
    }

    /// The short timeline: without what is routine.
    fn timeline(&mut self, report: &Postmortem) {
        self.section("Timeline", "All times are UTC. ✗ failed, ✓ went well.");
        let told: Vec<&Entry> = report.timeline.iter().filter(|entry| !entry.routine).collect();
        self.events(&told);
        let routine = report.timeline.len() - told.len();
        let left = match (routine, report.left_out) {
            (0, 0) => return,
            (routine, 0) => count(routine, "routine event"),
            (0, left_out) => format!("{} of the stack's resources", count(left_out, "event")),
            (routine, left_out) => {
                let routine = count(routine, "routine event");
                format!("{routine} and {} of the stack's resources", count(left_out, "event"))
            }
        };
        self.block(&format!("{left} left out; the HTML and the JSON have the routine ones."));
    }

    fn events(&mut self, entries: &[&Entry]) {
        if entries.is_empty() {
            self.block("No events.");
            return;
        }
        self.line("");
        self.line("| Time | Who | | What |");
        self.line("| --- | --- | --- | --- |");
        let (first, last) = if entries.len() > LINES {
            (&entries[..LINES / 2], &entries[entries.len() - LINES / 2..])
        } else {
            (entries, &entries[..0])
        };
        let mut day = None;
        for entry in first {
            self.event(entry, &mut day);
        }
        if !last.is_empty() {
            let between = entries.len() - first.len() - last.len();
            self.line(&format!("| … | | | {between} more in the HTML and the JSON |"));
        }
        for entry in last {
            self.event(entry, &mut day);
        }
    }

    fn event(&mut self, entry: &Entry, day: &mut Option<String>) {
        let Entry { at, lane, who, what, tone, .. } = entry;
        let (date, time) = parts(*at);
        let shown = if day.as_ref() == Some(&date) { time } else { format!("{date} {time}") };
        *day = Some(date);
        let who = self::who(who, *lane);
        let what = format!("{}{}", text(what), again(entry));
        self.line(&format!("| {shown} | {who} | {} | {what} |", tone.sign()));
    }

    fn todos(&mut self, todos: &[Todo]) {
        if todos.is_empty() {
            return;
        }
        self.section("What stays to do, so that it does not come back", "");
        self.line("");
        for todo in todos {
            let (what, why) = (text(&todo.what), text(&todo.why));
            self.line(&format!("- [ ] **{what}** (owner: ____): {why}"));
            if let Some(command) = &todo.command {
                self.line(&format!("      {}", code(command)));
            }
        }
    }

    fn appendix(&mut self, report: &Postmortem) {
        let appendix = &report.appendix;
        self.section("Appendix", "");
        self.line("");
        self.line("| Fact | Value |");
        self.line("| --- | --- |");
        for fact in &appendix.facts {
            self.line(&format!("| {} | {} |", text(&fact.what), code(&fact.why)));
        }
        self.block(&format!("Journal: {}", text(&appendix.journal)));
        if appendix.calls.is_empty() {
            return;
        }
        let calls = count(appendix.calls.len(), "call");
        self.block(&format!("<details><summary>{calls} made to look</summary>"));
        self.line("");
        self.line("| Time | Call | Request id | Outcome |");
        self.line("| --- | --- | --- | --- |");
        for call in &appendix.calls {
            let request = call.request.as_deref().map(code).unwrap_or_default();
            let (date, time) = parts(call.at);
            let (operation, outcome) = (text(&call.operation), text(&call.outcome));
            self.line(&format!("| {date} {time} | {operation} | {request} | {outcome} |"));
        }
        self.block("</details>");
    }
}

/// Who approved it, how and when.
pub(super) fn decision(action: &DoneAction) -> String {
    let Who { how, by, at } = &action.approval;
    let by = by.as_ref().map(|by| format!(", run by {by}")).unwrap_or_default();
    let at = at.map(|at| format!(", {}", moment(at))).unwrap_or_default();
    format!("{}{by}{at}", capital(how))
}

/// How long it took, after the time it was called.
pub(super) fn until_verified(action: &DoneAction) -> String {
    match action.seconds {
        None => String::new(),
        Some(0) => ", settled at once".to_owned(),
        Some(seconds) => {
            format!(", settled after {}", lasting(SignedDuration::from_secs(seconds)))
        }
    }
}

/// ` (21 times until 07:52:57)`, for what was said again and again.
pub(super) fn again(entry: &Entry) -> String {
    entry.until.map_or_else(String::new, |until| {
        format!(" ({} times until {})", entry.times, parts(until).1)
    })
}

/// What held what, one sentence each.
pub(super) fn in_words(blocked: &Blocked) -> Vec<String> {
    let Blocked { things, holds } = blocked;
    holds
        .iter()
        .map(|Holds { holder, held, how }| {
            format!("{} ─ {how} ─▶ {}", things[*holder], things[*held])
        })
        .collect()
}

/// Who said or did something; a service's own resource with the service.
fn who(who: &str, lane: Lane) -> String {
    if who.starts_with(lane.name()) || lane == Lane::People || lane == Lane::Ebrescue {
        text(who)
    } else {
        format!("{} ({})", text(who), lane.name())
    }
}

/// Causes and what stands beside them are told at length, symptoms and risks in a line.
fn is_told_at_length(cause: &CausePart) -> bool {
    matches!(cause.role, "cause" | "contributing")
}

/// Day and time.
fn parts(at: Timestamp) -> (String, String) {
    let at = at.to_zoned_datetime(TimeZone::UTC);
    (at.strftime("%Y-%m-%d").to_string(), at.strftime("%H:%M:%S").to_string())
}
