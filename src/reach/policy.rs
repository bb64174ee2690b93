//! Endpoint policies: whether one lets pass what instances of Elastic Beanstalk need.
//!
//! Not an IAM evaluator: it claims a denial only where the document leaves no doubt.

use serde_json::Value;

/// What a policy does with what is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    Allows,
    Denies,
    Unclear,
}

/// Judges an endpoint's policy for a service in an account and region.
pub(super) fn judge(policy: &str, service: &str, account: &str, region: &str) -> Says {
    let Ok(document) = serde_json::from_str::<Value>(policy) else { return Says::Unclear };
    let written = &document["Statement"];
    let statements: Vec<&Value> =
        written.as_array().map_or_else(|| vec![written], |all| all.iter().collect());
    if !statements.iter().all(|statement| statement.is_object()) {
        return Says::Unclear;
    }
    let needed = needs(service, account, region);
    let verdicts: Vec<Says> = needed.iter().map(|need| judge_one(&statements, need)).collect();
    if verdicts.contains(&Says::Denies) {
        Says::Denies
    } else if verdicts.contains(&Says::Unclear) {
        Says::Unclear
    } else {
        Says::Allows
    }
}

/// An action on a resource.
struct Need {
    action: String,
    resource: String,
}

/// What instances ask of a service.
///
/// Source: incident NET-13: the S3 endpoint must allow the buckets `elasticbeanstalk-*-<account>`,
/// `elasticbeanstalk-platform-assets-<region>` and `elasticbeanstalk-env-resources-<region>`.
fn needs(service: &str, account: &str, region: &str) -> Vec<Need> {
    let need = |action: &str, resource: String| Need { action: action.to_owned(), resource };
    match service {
        "s3" => vec![
            need("s3:GetObject", format!("arn:aws:s3:::elasticbeanstalk-{region}-{account}/x")),
            need(
                "s3:GetObject",
                format!("arn:aws:s3:::elasticbeanstalk-platform-assets-{region}/x"),
            ),
        ],
        "elasticbeanstalk" => {
            vec![need("elasticbeanstalk:PutInstanceStatistics", "*".to_owned())]
        }
        "cloudformation" => vec![need("cloudformation:SignalResource", "*".to_owned())],
        "sqs" => vec![need("sqs:ReceiveMessage", "*".to_owned())],
        _ => Vec::new(),
    }
}

fn judge_one(statements: &[&Value], need: &Need) -> Says {
    let (mut allowed, mut unclear) = (false, false);
    for statement in statements {
        let odd = ["NotAction", "NotResource", "NotPrincipal", "Condition"]
            .iter()
            .any(|key| !statement[*key].is_null());
        let action = any_matches(&statement["Action"], &need.action);
        // A need on `*` means some resource of the account: any resource at all will do.
        let resource = need.resource == "*" || any_matches(&statement["Resource"], &need.resource);
        let everyone = principal_is_everyone(&statement["Principal"]);
        let deny = statement["Effect"] == "Deny";
        match (deny, action && resource, odd || !everyone) {
            (true, true, false) if need.resource != "*" || statement["Resource"] == "*" => {
                return Says::Denies;
            }
            (_, _, true) | (true, true, false) => unclear = true,
            (false, true, false) => allowed = true,
            (_, false, false) => {}
        }
    }
    match (allowed, unclear) {
        (true, false) => Says::Allows,
        (_, true) => Says::Unclear,
        (false, false) => Says::Denies,
    }
}

fn principal_is_everyone(principal: &Value) -> bool {
    principal.is_null() || principal == "*" || principal["AWS"] == "*"
}

fn any_matches(patterns: &Value, text: &str) -> bool {
    let one = patterns.as_str().into_iter();
    let many = patterns.as_array().into_iter().flatten().filter_map(Value::as_str);
    one.chain(many).any(|pattern| matches(pattern, text))
}

/// IAM's wildcards: `*` any run of characters, `?` one; actions compare without case.
fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        if p < pattern.len() && (pattern[p] == '?' || pattern[p] == text[t]) {
            (p, t) = (p + 1, t + 1);
        } else if p < pattern.len() && pattern[p] == '*' {
            star = Some((p, t));
            p += 1;
        } else if let Some((at, from)) = star {
            (p, t) = (at + 1, from + 1);
            star = Some((at, from + 1));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_policy_allows_everything() {
        let full =
            r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#;
        assert_eq!(judge(full, "s3", "1", "us-west-2"), Says::Allows);
    }

    #[test]
    fn a_policy_for_another_bucket_denies_the_bundle() {
        let other = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::reports/*"]}}"#;
        assert_eq!(judge(other, "s3", "1", "us-west-2"), Says::Denies);
    }

    #[test]
    fn a_condition_leaves_it_open() {
        let odd = r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}]}"#;
        assert_eq!(judge(odd, "s3", "1", "us-west-2"), Says::Unclear);
    }
}
