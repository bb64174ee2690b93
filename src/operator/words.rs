//! What is asked and told, in words; pure, so that it can be read in tests.

use anstyle::{AnsiColor, Style};
use console::measure_text_width;

use super::question::{News, Progress, Purpose, Question};
use crate::journal::{Approval, Decline, WaitEnd};
use crate::plan::{Action, EnvironmentAction, Risk, Undo};

pub(super) const GOOD: Style = AnsiColor::Green.on_default();
pub(super) const BAD: Style = AnsiColor::Red.on_default();
pub(super) const CAREFUL: Style = AnsiColor::Yellow.on_default();
pub(super) const QUIET: Style = Style::new().dimmed();
pub(super) const STRONG: Style = Style::new().bold();

/// A text in a style.
pub(super) fn in_style(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// A risk in its colour.
fn risk(risk: Risk) -> String {
    let style = match risk {
        Risk::Safe => GOOD,
        Risk::Disruptive => CAREFUL,
        Risk::Destructive => BAD,
    };
    in_style(style, risk.as_str())
}

/// The lines of a question, above the prompt.
pub(super) fn question(question: &Question<'_>, width: usize) -> Vec<String> {
    let step = question.step;
    let verb = match question.purpose {
        Purpose::Do => "Action",
        Purpose::TakeBack => "Take back action",
    };
    let because = if step.because.is_empty() || width < 60 {
        String::new()
    } else {
        in_style(QUIET, &format!(" · because {}", step.because.join(", ")))
    };
    let (number, of) = (question.number, question.of);
    let mut lines = vec![String::new()];
    lines.push(format!("  {verb} {number} of {of} · {}{because}", risk(question.risk)));
    lines.extend(wrapped(&title(question), "  ", width).iter().map(|line| in_style(STRONG, line)));
    if question.purpose == Purpose::Do {
        lines.extend(wrapped(&step.effect, "     ", width));
        lines.extend(entry("way back", &way_back(&step.undo), width));
    }
    if !step.data_loss.is_empty() && question.purpose == Purpose::Do {
        let lost = format!("{} is lost for good", step.data_loss.join(", "));
        lines.extend(entry("data", &lost, width));
    }
    // Whole, however long: it is there to be copied.
    lines.extend(entry("by hand", &question.action.command(), usize::MAX));
    if !question.dependants.is_empty() {
        lines.extend(entry("if no", &skipped(question), width));
    }
    lines
}

/// The lines that *details* adds.
pub(super) fn details(question: &Question<'_>, width: usize) -> Vec<String> {
    let step = question.step;
    let mut lines = entry("id", &question.key.to_string(), width);
    lines.extend(entry("because", &step.because.join(", "), width));
    lines.extend(entry("kind", question.action.kind(), width));
    lines.extend(entry("target", &question.action.target(), width));
    lines.extend(entry("needs", &question.action.permissions().join(", "), width));
    for condition in &step.guard {
        lines.extend(entry("only if", &condition.to_string(), width));
    }
    if !step.wait.what.is_empty() {
        let usual = duration(step.wait.expected.usual_seconds);
        let at_most = duration(step.wait.expected.at_most_seconds);
        let text = format!("{} (usually {usual}, at most {at_most})", step.wait.what);
        lines.extend(entry("waits for", &text, width));
    }
    for condition in &step.expect {
        lines.extend(entry("then", &condition.to_string(), width));
    }
    lines
}

fn title(question: &Question<'_>) -> String {
    match question.purpose {
        Purpose::Do => question.step.title.clone(),
        Purpose::TakeBack => format!("{} (was: {})", question.action, question.step.title),
    }
}

/// What an answer of no leaves undone besides.
fn skipped(question: &Question<'_>) -> String {
    let ids: Vec<String> = question.dependants.iter().map(|step| step.id.to_string()).collect();
    match question.purpose {
        Purpose::Do => format!("{} cannot be done either", ids.join(", ")),
        Purpose::TakeBack => format!("{} has to stay as well", ids.join(", ")),
    }
}

fn way_back(undo: &Undo) -> String {
    match undo {
        Undo::By(back) => format!("`ebrescue undo`: {back}"),
        Undo::NotNeeded => "not needed: nothing is changed".to_owned(),
        Undo::Impossible { why } => format!("none: {why}"),
    }
}

/// Where the text beside a label begins.
const INDENT: &str = "                ";

/// A labelled line, wrapped under its own beginning.
fn entry(label: &str, text: &str, width: usize) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    // On a narrow terminal the label's column would leave no room for the text.
    let indent = if width < 2 * INDENT.len() + 16 { "       " } else { INDENT };
    let mut lines = wrapped(text, indent, width);
    let label = format!("     {label:<9}  ");
    if indent == INDENT {
        lines[0].replace_range(..INDENT.len(), &label);
    } else {
        lines.insert(0, label.trim_end().to_owned());
    }
    lines
}

/// A text in lines of at most a width, each indented; a word that is longer stays whole.
pub(super) fn wrapped(text: &str, indent: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = measure_text_width(&line) + 1 + measure_text_width(word);
        if !line.is_empty() && indent.len().saturating_add(longer) > width {
            lines.push(format!("{indent}{line}"));
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(format!("{indent}{line}"));
    }
    lines
}

/// A line of news in lines of at most `width` columns, each further one under the text of the first:
/// after its mark, or after the time of an event.
pub(super) fn fitted(line: &str, width: usize) -> Vec<String> {
    let rest = line.trim_start();
    let separator = if rest.split(' ').nth(1) == Some("") { "  " } else { " " };
    let parts = rest.split_once(separator).filter(|_| measure_text_width(line) > width);
    let Some((mark, text)) = parts else { return vec![line.to_owned()] };
    let head = format!("{}{mark}{separator}", " ".repeat(line.len() - rest.len()));
    let mut lines = wrapped(text, &" ".repeat(measure_text_width(&head)), width);
    if let Some(first) = lines.first_mut() {
        *first = format!("{head}{}", first.trim_start());
    }
    lines
}

/// Whether only the target's whole name is a yes.
///
/// That is so for what cannot be taken back, and for the end or the rebuild of an environment
/// that looks like production.
pub(super) fn wants_the_name(question: &Question<'_>) -> bool {
    match question.purpose {
        Purpose::TakeBack => false,
        Purpose::Do => {
            question.risk == Risk::Destructive
                || (ends_environment(question.action) && is_production(&question.scope.name))
        }
    }
}

fn ends_environment(action: &Action) -> bool {
    matches!(
        action,
        Action::Environment(
            EnvironmentAction::Terminate { .. } | EnvironmentAction::Rebuild { .. }
        )
    )
}

/// Whether a name says production: one of its words is prod, production, prd or live.
fn is_production(name: &str) -> bool {
    let mut words = name.split(|c: char| !c.is_ascii_alphabetic()).map(str::to_ascii_lowercase);
    words.any(|word| ["prod", "production", "prd", "live"].contains(&word.as_str()))
}

/// News as lines; none for what is told in another way.
pub(super) fn news(news: &News<'_>) -> Vec<String> {
    let tick = |text: &str| vec![format!("  {} {text}", in_style(GOOD, "✓"))];
    let cross = |text: &str| vec![format!("  {} {text}", in_style(BAD, "✗"))];
    let dot = |text: &str| vec![format!("  {} {text}", in_style(QUIET, "·"))];
    match news {
        News::Begins { dry_run: true, .. } => vec!["Dry run: nothing is changed.".to_owned()],
        News::Begins { .. } | News::Waiting(_) | News::Ended { .. } => Vec::new(),
        News::Turn { step, number, of, purpose } => {
            let back = match purpose {
                Purpose::Do => "",
                Purpose::TakeBack => "take back: ",
            };
            vec![format!("{number}/{of}  {}  {back}{}", risk(step.risk), step.title)]
        }
        News::Approved { how } => dot(&approval(how)),
        News::Declined { why } => dot(&decline(why)),
        News::Skipped { because } => dot(&format!(
            "skipped: it needs {} ({}), which was not done",
            because.id, because.title
        )),
        News::AlreadyThere => tick("nothing to do: it is so already"),
        News::WouldDo { command } => dot(&format!("would call: {command}")),
        News::Applied { request, made } => {
            let made = made.map(|id| format!(", made {id}")).unwrap_or_default();
            let request = request.map(|id| format!(" (request {id})")).unwrap_or_default();
            tick(&format!("accepted{made}{request}"))
        }
        News::Refused(refused) => cross(&format!("AWS refused: {refused}")),
        News::InDoubt { why } => {
            dot(&format!("no certain answer ({why}); looking whether it was carried out"))
        }
        News::Settled { happened: true, evidence } => tick(&format!("it was: {evidence}")),
        News::Settled { happened: false, evidence } => dot(&format!("it was not: {evidence}")),
        News::Happened(happening) => {
            let time = happening.at.strftime("%H:%M:%S");
            let text = happening.to_string();
            let text = if happening.is_bad() { in_style(CAREFUL, &text) } else { text };
            vec![format!("    {}  {text}", in_style(QUIET, &time.to_string()))]
        }
        News::Waited { what, end } => waited(what, end).into_iter().collect(),
        News::Verified { seen } => tick(&format!("verified: {}", seen.join("; "))),
        News::Unverified { why } => cross(&format!("not as expected: {why}")),
        News::Moved { what } => cross(&format!("the world has moved: {}", what.join("; "))),
        News::Note(text) => dot(text),
    }
}

fn approval(how: &Approval) -> String {
    match how {
        Approval::Person => "approved".to_owned(),
        Approval::TypedName { name } => format!("approved by typing {name}"),
        Approval::Flag { flag } => format!("approved by {flag}"),
        Approval::NotNeeded => "nothing is changed".to_owned(),
    }
}

fn decline(why: &Decline) -> String {
    match why {
        Decline::Person => "skipped".to_owned(),
        Decline::NotApproved { risk } => {
            format!("not approved: needs --approve {}", risk.as_str())
        }
        Decline::DataLoss { names } => {
            let flags: Vec<String> =
                names.iter().map(|name| format!("--accept-data-loss {name}")).collect();
            format!("kept back: it would lose data; needs {}", flags.join(" "))
        }
    }
}

fn waited(what: &str, end: &WaitEnd) -> Option<String> {
    let text = match end {
        WaitEnd::Reached => return None,
        WaitEnd::Hopeless { why } => format!("no use to wait for {what}: {why}"),
        WaitEnd::TimedOut => format!("gave up waiting for {what}: it took longer than it may"),
        WaitEnd::OutOfTime => format!("out of time while waiting for {what}"),
        WaitEnd::Left => {
            format!("left the wait for {what}; it goes on, and `ebrescue resume` comes back to it")
        }
        WaitEnd::Blind { why } => format!("cannot see {what}: {why}"),
    };
    Some(format!("  {} {text}", in_style(BAD, "✗")))
}

/// How far a wait has come, in one line.
pub(super) fn progress(progress: &Progress<'_>) -> String {
    let elapsed = duration(progress.elapsed_seconds);
    let usual = duration(progress.usual_seconds);
    let at_most = duration(progress.at_most_seconds);
    format!("{}  {elapsed} of usually {usual}, at most {at_most}", progress.what)
}

/// A duration as people say it: `45 s`, `3 min 12 s`, `2 h 5 min`.
pub(super) fn duration(seconds: u64) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes, rest) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, 0, _) => format!("{hours} h"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_say_them() {
        let said: Vec<String> = [0, 45, 60, 192, 3600, 7500].map(duration).into();
        assert_eq!(said, ["0 s", "45 s", "1 min", "3 min 12 s", "1 h", "2 h 5 min"]);
    }

    #[test]
    fn news_hang_under_their_own_beginning() {
        let event =
            "    13:19:45  Rolling update initiated. Terminating 2 obsolete instance(s) in batches";
        assert_eq!(
            fitted(event, 50),
            [
                "    13:19:45  Rolling update initiated.",
                "              Terminating 2 obsolete instance(s)",
                "              in batches"
            ]
        );
        let told = format!("  {} verified: the environment is Ready", in_style(GOOD, "✓"));
        let lines = fitted(&told, 26);
        assert_eq!(lines[1..], ["    environment is Ready"]);
        assert_eq!(fitted("  short", 80), ["  short"]);
    }

    #[test]
    fn production_is_known_by_a_word_of_the_name() {
        for name in ["shop-prod", "prod", "Shop-PRODUCTION-eu", "live-shop", "prod2"] {
            assert!(is_production(name), "{name}");
        }
        for name in ["shop-staging", "product-catalogue", "reproduce", "olive-dev", "delivery"] {
            assert!(!is_production(name), "{name}");
        }
    }

    #[test]
    fn no_line_is_longer_than_the_terminal_unless_a_word_is() {
        let text = "reporting's database will not admit shop-prod until action 6 (about 9 min)";
        for width in [20, 40, 80] {
            for line in wrapped(text, "     ", width).iter().chain(&entry("way back", text, width))
            {
                assert!(line.chars().count() <= width.max(21), "{width}: {line:?}");
            }
        }
    }
}
