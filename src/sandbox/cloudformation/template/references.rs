//! What a part of a template refers to.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "only some kinds or shapes of value matter here, and the rest is one case"
)]

use std::collections::BTreeSet;

use serde_json::Value;

/// The names that `Ref`, `Fn::GetAtt` and `Fn::Sub` mention, parameters and pseudo parameters
/// included.
pub(super) fn of(value: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    visit(value, &mut |name, argument| match (name, argument) {
        ("Ref", Value::String(target)) => {
            names.insert(target.clone());
        }
        ("Fn::GetAtt", argument) => names.extend(attribute_owner(argument)),
        ("Fn::Sub", argument) => names.extend(substituted(argument)),
        _ => {}
    });
    names
}

/// The resources that `Fn::GetAtt` mentions.
pub(super) fn attribute_owners(value: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    visit(value, &mut |name, argument| {
        if name == "Fn::GetAtt" {
            names.extend(attribute_owner(argument));
        }
    });
    names
}

/// The conditions that `Fn::If` mentions.
pub(super) fn conditions(value: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    visit(value, &mut |name, argument| {
        if name == "Fn::If" {
            let condition = argument.get(0).and_then(Value::as_str);
            names.extend(condition.map(str::to_owned));
        }
    });
    names
}

/// Gives the argument of each `Fn::ImportValue` to a function.
pub(super) fn imports<'a>(value: &'a Value, found: &mut dyn FnMut(&'a Value)) {
    visit(value, &mut |name, argument| {
        if name == "Fn::ImportValue" {
            found(argument);
        }
    });
}

/// The logical ids in `DependsOn`.
pub(super) fn depends_on(declared: &Value) -> BTreeSet<String> {
    match declared.get("DependsOn") {
        Some(Value::String(name)) => BTreeSet::from([name.clone()]),
        Some(Value::Array(names)) => {
            names.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        _ => BTreeSet::new(),
    }
}

/// Gives every member of every object below a value to a function: functions are such members.
fn visit<'a>(value: &'a Value, found: &mut dyn FnMut(&str, &'a Value)) {
    match value {
        Value::Object(members) => {
            for (name, argument) in members {
                found(name, argument);
                visit(argument, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| visit(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The resource of an `Fn::GetAtt`, in either form of its argument.
fn attribute_owner(argument: &Value) -> Option<String> {
    match argument {
        Value::String(path) => path.split('.').next().map(str::to_owned),
        Value::Array(parts) => parts.first().and_then(Value::as_str).map(str::to_owned),
        _ => None,
    }
}

/// The names that an `Fn::Sub` puts in and does not define itself.
fn substituted(argument: &Value) -> Vec<String> {
    let (text, own) = match argument {
        Value::String(text) => (text.as_str(), None),
        Value::Array(parts) => (parts.first().and_then(Value::as_str).unwrap_or(""), parts.get(1)),
        _ => ("", None),
    };
    pieces(text)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Name(name) => Some(name.split('.').next().unwrap_or(name)),
            Piece::Text(_) => None,
        })
        .filter(|name| own.is_none_or(|own| own.get(name).is_none()))
        .map(str::to_owned)
        .collect()
}

/// A part of the text of an `Fn::Sub`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Text that stays.
    Text(&'a str),
    /// `${Name}`.
    Name(&'a str),
}

/// The text of an `Fn::Sub` in parts. `${!Name}` is text.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else { break };
        let name = &rest[start + 2..start + length];
        if name.starts_with('!') {
            pieces.push(Piece::Text(&rest[..start + 2]));
            pieces.push(Piece::Text(&rest[start + 3..=start + length]));
        } else {
            pieces.push(Piece::Text(&rest[..start]));
            pieces.push(Piece::Name(name.trim()));
        }
        rest = &rest[start + length + 1..];
    }
    pieces.push(Piece::Text(rest));
    pieces
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_found_wherever_they_stand() {
        let value = json!({
            "A": {"Fn::If": ["C", {"Ref": "B"}, {"Fn::GetAtt": ["D", "E"]}]},
            "F": [{"Fn::Sub": "x${G}y${H.Id}z${!I}"}, {"Fn::Sub": ["${J}${K}", {"J": {"Ref": "L"}}]}],
            "M": {"Fn::GetAtt": "N.O"},
        });
        let names: Vec<_> = of(&value).into_iter().collect();
        assert_eq!(names, ["B", "D", "G", "H", "K", "L", "N"]);
        assert_eq!(conditions(&value), BTreeSet::from(["C".to_owned()]));
    }

    #[test]
    fn an_escaped_name_is_text() {
        assert_eq!(pieces("a${!B}c"), [Piece::Text("a${"), Piece::Text("B}"), Piece::Text("c")]);
    }
}
