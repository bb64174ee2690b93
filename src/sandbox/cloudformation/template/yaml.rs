//! YAML with CloudFormation's short tags, read from the parser's events.
//!
//! Serde has no place for tags on arbitrary nodes, so the tree is built from the events that
//! serde-saphyr's own parser gives.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle, Tag};

/// Reads one YAML document; short tags become the long forms of their functions.
pub(super) fn read(text: &str) -> Result<Value, ()> {
    let mut reader = Reader { parser: Parser::new_from_str(text), anchors: BTreeMap::new() };
    loop {
        let event = reader.next()?;
        if matches!(event, Event::StreamEnd) {
            return Ok(Value::Null);
        }
        if begins_node(&event) {
            return reader.node(event);
        }
    }
}

/// Whether a node begins with an event.
fn begins_node(event: &Event<'_>) -> bool {
    matches!(
        event,
        Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..) | Event::Alias(_)
    )
}

/// The parser, and the nodes that aliases can name.
struct Reader<'text> {
    parser: Parser<'text, serde_saphyr::granit_parser::StrInput<'text>>,
    anchors: BTreeMap<usize, Value>,
}

impl<'text> Reader<'text> {
    /// The next event that is not a comment.
    fn next(&mut self) -> Result<Event<'text>, ()> {
        loop {
            match self.parser.next() {
                Some(Ok((Event::Comment(..), _))) => {}
                Some(Ok((event, _))) => return Ok(event),
                Some(Err(_)) => return Err(()),
                None => return Ok(Event::StreamEnd),
            }
        }
    }

    /// The node that begins with an event.
    fn node(&mut self, event: Event<'text>) -> Result<Value, ()> {
        let (anchor, value) = if let Event::Scalar(text, style, anchor, tag) = event {
            let plain = style == ScalarStyle::Plain && tag.is_none();
            let value = if plain { scalar(&text) } else { Value::String(text.into_owned()) };
            (anchor, tagged(tag.as_deref(), value))
        } else if let Event::SequenceStart(_, anchor, tag) = event {
            let value = Value::Array(self.items()?);
            (anchor, tagged(tag.as_deref(), value))
        } else if let Event::MappingStart(_, anchor, tag) = event {
            let value = Value::Object(self.members()?);
            (anchor, tagged(tag.as_deref(), value))
        } else if let Event::Alias(anchor) = event {
            return self.anchors.get(&anchor).cloned().ok_or(());
        } else {
            return Err(());
        };
        if anchor > 0 {
            self.anchors.insert(anchor, value.clone());
        }
        Ok(value)
    }

    /// The items of a sequence, up to its end.
    fn items(&mut self) -> Result<Vec<Value>, ()> {
        let mut items = Vec::new();
        loop {
            let event = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok(items);
            }
            items.push(self.node(event)?);
        }
    }

    /// The members of a mapping, up to its end.
    fn members(&mut self) -> Result<Map<String, Value>, ()> {
        let mut members = Map::new();
        loop {
            let event = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(members);
            }
            let Event::Scalar(key, ..) = event else { return Err(()) };
            let key = key.into_owned();
            let event = self.next()?;
            let value = self.node(event)?;
            match (key.as_str(), value) {
                ("<<", Value::Object(merged)) => {
                    for (name, value) in merged {
                        members.entry(name).or_insert(value);
                    }
                }
                (_, value) => {
                    members.insert(key, value);
                }
            }
        }
    }
}

/// A plain scalar by YAML's core schema. Dates stay texts, as `Version: 2010-09-09` wants it.
fn scalar(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    // Numbers with leading zeros are account numbers and the like: they stay as written.
    let digits = text.strip_prefix('-').unwrap_or(text);
    let padded = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    let numeric = digits.starts_with(|first: char| first.is_ascii_digit());
    if numeric && !padded {
        if let Ok(number) = text.parse::<i64>() {
            return Value::from(number);
        }
        if let Ok(number) = text.parse::<f64>() {
            return Value::from(number);
        }
    }
    Value::String(text.to_owned())
}

/// A value with the tag it carries, as the long form of the function that the tag stands for.
fn tagged(tag: Option<&Tag>, value: Value) -> Value {
    let Some(tag) = tag.filter(|tag| tag.handle() == "!") else { return value };
    let name = match tag.suffix() {
        "Ref" => "Ref".to_owned(),
        "Condition" => "Condition".to_owned(),
        other => format!("Fn::{other}"),
    };
    let value = match (tag.suffix(), value) {
        ("GetAtt", Value::String(path)) => match path.split_once('.') {
            Some((resource, attribute)) => Value::from(vec![resource, attribute]),
            None => Value::String(path),
        },
        (_, value) => value,
    };
    Value::Object(Map::from_iter([(name, value)]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn short_tags_become_long_forms() {
        let text = "A: !Ref B\nC: !GetAtt D.E.F\nG: !Sub '${H}'\nI: !If [J, !Ref K, 1]\n\
                    L: !Join\n  - ''\n  - - x\n    - !Ref M\nN: !Condition O\n";
        assert_eq!(
            read(text),
            Ok(json!({
                "A": {"Ref": "B"},
                "C": {"Fn::GetAtt": ["D", "E.F"]},
                "G": {"Fn::Sub": "${H}"},
                "I": {"Fn::If": ["J", {"Ref": "K"}, 1]},
                "L": {"Fn::Join": ["", ["x", {"Ref": "M"}]]},
                "N": {"Condition": "O"},
            }))
        );
    }

    #[test]
    fn dates_and_account_numbers_stay_texts() {
        let text = "Version: 2012-10-17\nAccount: 012345678901\nPort: 80\nOpen: true\n";
        assert_eq!(
            read(text),
            Ok(
                json!({"Version": "2012-10-17", "Account": "012345678901", "Port": 80, "Open": true})
            )
        );
    }

    #[test]
    fn anchors_and_merges_are_followed() {
        let text = "A: &a {x: 1}\nB: *a\nC:\n  <<: *a\n  y: 2\n";
        assert_eq!(read(text), Ok(json!({"A": {"x": 1}, "B": {"x": 1}, "C": {"x": 1, "y": 2}})));
    }

    #[test]
    fn broken_yaml_is_refused() {
        assert_eq!(read("A: [1, 2\nB: }"), Err(()));
    }
}
