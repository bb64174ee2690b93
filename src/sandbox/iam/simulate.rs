//! Simulation: what somebody may do, by the policies there are.

use serde_json::{Value, json};

use super::grants::Grants;
use super::{Iam, absent};
use crate::sandbox::access::{Decision, decide};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A policy that is looked at: its id and type as results tell them, and its text.
struct Source {
    id: String,
    kind: &'static str,
    text: String,
}

impl Source {
    /// A policy that grants.
    fn granting(id: String, text: String) -> Self {
        Self { id, kind: "IAM Policy", text }
    }
}

/// The policies of a role or user.
fn sources(iam: &Iam, grants: &Grants, holder: &str) -> Vec<Source> {
    let attached = grants.attached.iter().filter_map(|arn| {
        let id = arn.rsplit('/').next().unwrap_or(arn).to_owned();
        Some(Source::granting(id, iam.document(arn)?))
    });
    let inline = grants
        .inline
        .iter()
        .map(|(name, text)| Source::granting(format!("{holder}_{name}"), text.clone()));
    attached.chain(inline).collect()
}

/// What grants say about an action.
pub(super) fn decided(iam: &Iam, grants: &Grants, action: &str, resource: &str) -> Decision {
    let (decision, _) = judge(&sources(iam, grants, ""), action, resource);
    bounded(iam, grants, action, resource).map_or(decision, |(refusal, _)| refusal)
}

/// The refusal of a permissions boundary, which must allow what the policies allow, and the
/// statements of it that say so.
fn bounded(
    iam: &Iam,
    grants: &Grants,
    action: &str,
    resource: &str,
) -> Option<(Decision, Vec<Value>)> {
    let arn = grants.boundary.as_ref()?;
    let id = arn.rsplit('/').next().unwrap_or(arn).to_owned();
    let text = iam.document(arn)?;
    let source = Source { id, kind: "Permissions Boundary Policy", text };
    match judge(&[source], action, resource) {
        (Decision::Allowed, _) => None,
        refusal @ (Decision::Denied | Decision::NotMentioned, _) => Some(refusal),
    }
}

/// What policies together say, and which statements say so.
fn judge(sources: &[Source], action: &str, resource: &str) -> (Decision, Vec<Value>) {
    let (mut allowing, mut denying) = (Vec::new(), Vec::new());
    for source in sources {
        let Ok(tree) = serde_json::from_str::<Value>(&source.text) else { continue };
        let statements = match tree.get("Statement") {
            Some(Value::Array(statements)) => statements.clone(),
            Some(single) => vec![single.clone()],
            None => Vec::new(),
        };
        for (index, statement) in statements.iter().enumerate() {
            let one = json!({"Statement": [statement]});
            match decide(&one, action, resource) {
                Decision::Allowed => allowing.push(matched(source, index)),
                Decision::Denied => denying.push(matched(source, index)),
                Decision::NotMentioned => {}
            }
        }
    }
    if !denying.is_empty() {
        (Decision::Denied, denying)
    } else if !allowing.is_empty() {
        (Decision::Allowed, allowing)
    } else {
        (Decision::NotMentioned, Vec::new())
    }
}

/// A statement as results name it: its policy, and where in its text it stands.
fn matched(source: &Source, index: usize) -> Value {
    let (start, end) = span(&source.text, index);
    json!({
        "SourcePolicyId": source.id,
        "SourcePolicyType": source.kind,
        "StartPosition": position(&source.text, start),
        "EndPosition": position(&source.text, end),
    })
}

/// The bytes of the statement with a number: from the end of what stands before it, a bracket or
/// a comma, to the end of its closing brace. (Recorded of first statements; that the others start
/// after the comma is assumed.)
fn span(text: &str, index: usize) -> (usize, usize) {
    let from = text.find("\"Statement\"").unwrap_or(0);
    let (mut depth, mut seen, mut start, mut quoted) = (0_usize, 0_usize, from, false);
    let mut ended = from;
    let mut previous = ' ';
    for (at, letter) in text[from..].char_indices() {
        if letter == '"' && previous != '\\' {
            quoted = !quoted;
        } else if !quoted && letter == '{' {
            if depth == 0 {
                start = ended;
            }
            depth += 1;
        } else if !quoted && letter == '}' && depth > 0 {
            depth -= 1;
            if depth == 0 {
                if seen == index {
                    return (start, from + at + 1);
                }
                seen += 1;
            }
        }
        if depth == 0 && !quoted && matches!(letter, ':' | '[' | ',') {
            ended = from + at + 1;
        }
        previous = letter;
    }
    (start, text.len())
}

/// A place in a text as line and column, from one.
fn position(text: &str, at: usize) -> Value {
    let before = &text[..at.min(text.len())];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
    json!({"Line": line, "Column": column})
}

/// The policies of the principal an ARN names. A caller that does not exist in IAM is held
/// against the policy that was set from outside, as its calls are.
fn principal_sources(
    account: &Account,
    call: &Call,
    arn: &str,
) -> Result<(Vec<Source>, Grants), Fault> {
    let iam = &account.everywhere.iam;
    let name = arn.rsplit('/').next().unwrap_or(arn);
    if arn.contains(":role/") || arn.contains(":assumed-role/") {
        // An assumed role's ARN ends with the session: the role's name stands before it.
        let name = if arn.contains(":assumed-role/") {
            arn.split('/').nth(1).unwrap_or(name)
        } else {
            name
        };
        if let Some(role) = iam.roles.get(name) {
            let holder = format!("role_{name}");
            return Ok((sources(iam, &role.grants, &holder), role.grants.clone()));
        }
    }
    if arn.contains(":user/")
        && let Some(user) = iam.users.get(name)
    {
        let holder = format!("user_{name}");
        return Ok((sources(iam, &user.grants, &holder), user.grants.clone()));
    }
    if arn == call.caller.arn {
        let text = match &account.access.policy {
            Some(policy) => policy.to_string(),
            None => iam.document("arn:aws:iam::aws:policy/AdministratorAccess").unwrap_or_default(),
        };
        let id = if account.access.policy.is_some() { "access" } else { "AdministratorAccess" };
        return Ok((vec![Source::granting(id.to_owned(), text)], Grants::default()));
    }
    Err(absent("Unable to retrieve specified IAM entity."))
}

pub(super) fn principal(account: &mut Account, call: &Call) -> Answer {
    let arn = call.params.need("PolicySourceArn")?.to_owned();
    let (mut sources, grants) = principal_sources(account, call, &arn)?;
    sources.extend(given(call));
    results(&account.everywhere.iam, call, &sources, &grants)
}

pub(super) fn custom(account: &mut Account, call: &Call) -> Answer {
    results(&account.everywhere.iam, call, &given(call), &Grants::default())
}

/// The policies that a call brings itself.
fn given(call: &Call) -> Vec<Source> {
    let texts = call.params.texts("PolicyInputList").into_iter().enumerate();
    texts
        .map(|(index, text)| Source::granting(format!("PolicyInputList.{}", index + 1), text))
        .collect()
}

fn results(iam: &Iam, call: &Call, sources: &[Source], grants: &Grants) -> Answer {
    let resources = match call.params.texts("ResourceArns") {
        none if none.is_empty() => vec!["*".to_owned()],
        some => some,
    };
    let mut rows = Vec::new();
    for action in call.params.texts("ActionNames") {
        for resource in &resources {
            let (mut decision, mut statements) = judge(sources, &action, resource);
            let limit = bounded(iam, grants, &action, resource);
            let within = limit.is_none();
            if let Some((refusal, denying)) = limit {
                decision = refusal;
                statements.extend(denying);
            }
            let word = match decision {
                Decision::Allowed => "allowed",
                Decision::Denied => "explicitDeny",
                Decision::NotMentioned => "implicitDeny",
            };
            let boundary =
                grants.boundary.as_ref().map(|_| json!({"AllowedByPermissionsBoundary": within}));
            rows.push(json!({
                "EvalActionName": action,
                "EvalResourceName": resource,
                "EvalDecision": word,
                "MatchedStatements": statements,
                "MissingContextValues": [],
                "PermissionsBoundaryDecisionDetail": boundary,
            }));
        }
    }
    Ok(json!({"EvaluationResults": rows, "IsTruncated": false}))
}
