//! Account numbers out of every text.

use super::{Case, CausePart, DoneAction, Fact, Postmortem};

/// What stands in place of an account number.
const MASKED: &str = "************";
/// How many digits an account number has.
const DIGITS: usize = 12;

/// A text without account numbers: this one's wherever it stands, in names of buckets too, others'
/// where they stand alone, as in ARNs.
fn masked(text: &str, own: Option<&str>) -> String {
    let text = own.map_or_else(|| text.to_owned(), |own| text.replace(own, MASKED));
    let mut safe = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let length = rest[start..].find(|letter: char| !letter.is_ascii_digit());
        let end = length.map_or(rest.len(), |length| start + length);
        // The last part of a UUID may be twelve digits too.
        let joined = |letter: char| letter.is_alphanumeric() || letter == '-';
        let before = rest[..start].chars().next_back().or(safe.chars().next_back());
        let alone = !before.is_some_and(joined) && !rest[end..].starts_with(joined);
        safe.push_str(&rest[..start]);
        safe.push_str(if alone && end - start == DIGITS { MASKED } else { &rest[start..end] });
        rest = &rest[end..];
    }
    safe.push_str(rest);
    safe
}

impl Postmortem {
    /// Masks account numbers wherever they stand, ARNs included.
    pub(super) fn mask_account(&mut self, case: &Case<'_>) {
        let caller = case.before.caller.value();
        let own = caller.map(|caller| caller.account.as_str()).filter(|own| !own.is_empty());
        self.each_text(&mut |text| *text = masked(text, own));
    }

    /// Every free text of the model, to be changed in place.
    fn each_text(&mut self, change: &mut dyn FnMut(&mut String)) {
        let Self {
            schema: _,
            title,
            session: _,
            outcome: _,
            severity,
            warnings,
            summary,
            impact,
            causes,
            tried,
            timeline,
            stretches: _,
            left_out: _,
            actions,
            left,
            prevention,
            unknown,
            notes,
            appendix,
        } = self;
        let lists = [warnings, summary, left, unknown, notes];
        for text in [title, severity].into_iter().chain(lists.into_iter().flatten()) {
            change(text);
        }
        for phase in impact {
            change(&mut phase.known_from);
        }
        for cause in causes {
            cause.each_text(change);
        }
        for entry in timeline {
            change(&mut entry.who);
            change(&mut entry.what);
        }
        for action in actions {
            action.each_text(change);
        }
        for todo in prevention {
            change(&mut todo.what);
            change(&mut todo.why);
            todo.command.iter_mut().for_each(&mut *change);
        }
        change(&mut appendix.journal);
        for fact in tried.iter_mut().chain(&mut appendix.facts) {
            fact.each_text(change);
        }
    }
}

impl CausePart {
    fn each_text(&mut self, change: &mut dyn FnMut(&mut String)) {
        let ways = self.paths.iter_mut().chain(&mut self.paths_after).chain(&mut self.paths_before);
        for way in ways {
            way.stations.iter_mut().chain(&mut way.ends).for_each(&mut *change);
            change(&mut way.drawn);
        }
        let single = [Some(&mut self.title), Some(&mut self.explanation)];
        let maybe = [self.trigger.as_mut(), self.before.as_mut(), self.now.as_mut()];
        let texts = single.into_iter().chain(maybe).flatten();
        for text in texts.chain(&mut self.known_from) {
            change(text);
        }
        for fact in self.supporting.iter_mut().chain(&mut self.against) {
            fact.each_text(change);
        }
        if let Some(blocked) = &mut self.blocked {
            blocked.things.iter_mut().for_each(&mut *change);
            blocked.holds.iter_mut().for_each(|one| change(&mut one.how));
        }
    }
}

impl DoneAction {
    fn each_text(&mut self, change: &mut dyn FnMut(&mut String)) {
        for text in [&mut self.title, &mut self.result, &mut self.command, &mut self.way_back] {
            change(text);
        }
        self.approval.by.iter_mut().for_each(&mut *change);
    }
}

impl Fact {
    fn each_text(&mut self, change: &mut dyn FnMut(&mut String)) {
        change(&mut self.what);
        change(&mut self.why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_numbers_go_and_other_numbers_stay() {
        let own = Some("210987654321");
        for (text, safe) in [
            ("arn:aws:iam::123456789012:user/jane", "arn:aws:iam::************:user/jane"),
            ("elasticbeanstalk-us-west-2-210987654321", "elasticbeanstalk-us-west-2-************"),
            ("e5df9f94-5ae3-bd49-a1b2-123456789012", "e5df9f94-5ae3-bd49-a1b2-123456789012"),
            ("1234567890123 and 12345", "1234567890123 and 12345"),
            ("owner 123456789012.", "owner ************."),
        ] {
            assert_eq!(masked(text, own), safe);
        }
    }
}
