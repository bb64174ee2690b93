//! A post-mortem as Markdown, for the wiki, a pull request or chat.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{Appendix, CausePart, DoneAction, Entry, Lane, Phase, Postmortem, Todo, Way};
use crate::report::words::{count, lasting, moment};

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
    page.causes(&report.causes);
    page.tried(report);
    page.actions(&report.actions);
    page.timeline(report);
    page.bullets("What is left as it is", &report.left);
    page.todos(&report.prevention);
    page.bullets("What is not known", &report.unknown);
    page.bullets("Notes", &report.notes);
    page.appendix(&report.appendix);
    page.text
}

/// A text in which nothing is markup, on one line and in a table's cell too.
fn text(plain: &str) -> String {
    let mut safe = String::with_capacity(plain.len());
    let quoted = plain.split('`').count() % 2 == 1;
    let mut code = false;
    let mut before = ' ';
    let mut letters = plain.chars().peekable();
    while let Some(c) = letters.next() {
        let inside_word =
            before.is_alphanumeric() && letters.peek().is_some_and(|next| next.is_alphanumeric());
        before = c;
        match c {
            // Our own sentences quote commands in pairs of backticks; what is between them is
            // shown as it is, and what could end a table's cell is escaped even there.
            '`' if quoted => {
                code = !code;
                safe.push('`');
            }
            '|' => safe.push_str("\\|"),
            '<' if code => safe.push('‹'),
            '>' if code => safe.push('›'),
            _ if code => safe.push(c),
            // AWS's statuses are full of these, and inside a word they mean nothing.
            '_' if inside_word => safe.push(c),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '~' | '!' | '$' => {
                safe.push('\\');
                safe.push(c);
            }
            // A mention or an address would be made a link, and people would be told.
            '@' => safe.push_str("&#64;"),
            _ => safe.push(c),
        }
    }
    safe
}

/// A text between backticks, as many as it takes.
fn code(plain: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for c in plain.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    let space = if plain.starts_with('`') || plain.ends_with('`') { " " } else { "" };
    // In code nothing can be escaped, so that brackets are replaced by their look-alikes.
    let plain = plain.replace('<', "‹").replace('>', "›").replace('|', "\\|");
    format!("{fence}{space}{plain}{space}{fence}")
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
        self.picture("How packets go, and where they end:", &cause.paths);
        if let Some(before) = &cause.before {
            self.block(&format!("How it was {}", text(before)));
        }
        if !cause.known_from.is_empty() {
            self.block("This is known from:");
            self.line("");
            for from in &cause.known_from {
                self.line(&format!("- {}", text(from)));
            }
        }
        self.picture("How packets went after the repair:", &cause.paths_after);
        if let Some(trigger) = &cause.trigger {
            self.block(&format!("**Who and when:** {}", text(trigger)));
        }
        self.facts("Evidence for it:", &cause.supporting);
        self.facts("Evidence against it, or against a rival:", &cause.against);
        match cause.gone {
            Some(true) => self.block("In the last look it was gone."),
            Some(false) => self.block("**In the last look it was still there.**"),
            None => {}
        }
    }

    fn picture(&mut self, title: &str, ways: &[Way]) {
        if ways.is_empty() {
            return;
        }
        self.block(title);
        self.block("```text");
        // Three backticks in a name would end the block.
        for way in ways {
            self.line(&way.drawn.replace('`', "'").replace('<', "‹"));
        }
        self.line("```");
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
        for action in actions {
            self.action(action);
        }
    }

    fn action(&mut self, action: &DoneAction) {
        let DoneAction { id, title, risk, status, .. } = action;
        self.block(&format!("### {id}: {} ({risk}, {status})", text(title)));
        self.line("");
        self.line(&format!("- {}", text(&super::super::words::capital(&action.approval.how))));
        if let Some(started) = action.started {
            let lasted = action.seconds.map(|seconds| {
                format!(", {} until verified", lasting(SignedDuration::from_secs(seconds)))
            });
            self.line(&format!("- Called {}{}", moment(started), lasted.unwrap_or_default()));
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

    fn timeline(&mut self, report: &Postmortem) {
        self.section("Timeline", "All times are UTC.");
        if report.timeline.is_empty() {
            self.block("No events.");
            return;
        }
        self.line("");
        self.line("| Time | Who | | What |");
        self.line("| --- | --- | --- | --- |");
        let mut day = None;
        for Entry { at, lane, who, what, tone } in &report.timeline {
            let (date, time) = parts(*at);
            let shown = if day.as_ref() == Some(&date) { time } else { format!("{date} {time}") };
            day = Some(date);
            let who = self::who(who, *lane);
            self.line(&format!("| {shown} | {who} | {} | {} |", tone.sign(), text(what)));
        }
        if report.left_out > 0 {
            let left_out = count(report.left_out, "routine event");
            self.block(&format!("{left_out} of CloudFormation left out."));
        }
    }

    fn todos(&mut self, todos: &[Todo]) {
        if todos.is_empty() {
            return;
        }
        self.section("What stays to do, so that it does not come back", "");
        self.line("");
        for todo in todos {
            self.line(&format!(
                "- [ ] **{}** (owner: ____): {}",
                text(&todo.what),
                text(&todo.why)
            ));
        }
    }

    fn appendix(&mut self, appendix: &Appendix) {
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
        self.block("<details><summary>Calls that were made to look</summary>");
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

/// Who said or did something; a service's own resource with the service.
fn who(who: &str, lane: Lane) -> String {
    if who == lane.name() || lane == Lane::People {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_aws_is_markup() {
        let hostile = "<script>alert(1)</script> **bold** [x](http://y) | a `b @all #1";
        let safe = text(hostile);
        assert!(!safe.contains("<script") && !safe.contains("**bold") && !safe.contains("[x]"));
        assert!(!safe.contains(" | ") && !safe.contains('@'));
        assert_eq!(code("a`b"), "``a`b``");
        assert!(!code("<img>|").contains('<'));
    }
}
