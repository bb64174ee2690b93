//! A call as a line for the AWS CLI.

use std::fmt::Display;

/// The words of an AWS CLI line in the making.
#[derive(Clone, Debug)]
pub(super) struct Line(Vec<String>);

impl Line {
    pub(super) fn new(service: &str, operation: &str) -> Self {
        Self(vec![service.to_owned(), operation.to_owned()])
    }

    /// A word that is no option, such as a waiter's name.
    pub(super) fn flagless(mut self, word: &str) -> Self {
        self.0.push(word.to_owned());
        self
    }

    /// An option with its value.
    pub(super) fn with(mut self, option: &str, value: impl Display) -> Self {
        self.0.extend([format!("--{option}"), value.to_string()]);
        self
    }

    /// An option with its value, if there is one.
    pub(super) fn with_some(self, option: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.with(option, value),
            None => self,
        }
    }

    /// An option without a value.
    pub(super) fn flag(mut self, option: &str) -> Self {
        self.0.push(format!("--{option}"));
        self
    }

    /// An option without a value, or `--no-` and its name.
    pub(super) fn switch(mut self, option: &str, on: bool) -> Self {
        self.0.push(if on { format!("--{option}") } else { format!("--no-{option}") });
        self
    }

    /// An option with several values; left out if there are none.
    pub(super) fn list(
        mut self,
        option: &str,
        values: impl IntoIterator<Item = impl Display>,
    ) -> Self {
        let values: Vec<String> = values.into_iter().map(|value| value.to_string()).collect();
        if !values.is_empty() {
            self.0.push(format!("--{option}"));
            self.0.extend(values);
        }
        self
    }

    /// The whole line, quoted for a POSIX shell.
    pub(super) fn text(&self) -> String {
        let words: Vec<String> = self.0.iter().map(|word| quoted(word)).collect();
        format!("aws {}", words.join(" "))
    }
}

/// A word as a POSIX shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// A value inside the CLI's shorthand (`Key=Name,Value=…`): quoted where a comma or a bracket
/// would end it.
///
/// Source: AWS CLI user guide, "Using shorthand syntax": double quotes around values with
/// special characters, a backslash before a double quote.
pub(super) fn shorthand(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@+ ".contains(c);
    if !value.is_empty() && value.chars().all(plain) {
        value.to_owned()
    } else {
        format!("\"{}\"", value.replace('\\', r"\\").replace('"', "\\\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_read_otherwise_is_quoted() {
        let line = Line::new("ec2", "create-route").with("table", "<made by a1>");
        assert_eq!(line.text(), "aws ec2 create-route --table '<made by a1>'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }

    #[test]
    fn a_value_with_a_comma_is_quoted_in_shorthand() {
        assert_eq!(shorthand("a,b"), "\"a,b\"");
        assert_eq!(shorthand("shop-private"), "shop-private");
    }
}
