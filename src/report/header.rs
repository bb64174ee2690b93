//! The first lines of every screen and report: which environment, and how it stands.

use jiff::Timestamp;

use super::words::{self, ago};
use super::{plain, redacted};
use crate::check::{Diagnosis, FindingKind, PlatformFault};
use crate::world::{Environment, Observed, Snapshot};

/// Which environment, on what, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Its name.
    pub name: String,
    /// `e-… · application · region · account`.
    pub place: String,
    /// `Node.js 20 on Amazon Linux 2023 6.4.3`.
    pub platform: Option<String>,
    /// `Terminating, changed 14 min ago · health Grey · stack DELETE_FAILED`.
    pub state: String,
}

impl Header {
    /// The header of a snapshot.
    pub(super) fn new(snapshot: &Snapshot, diagnosis: &Diagnosis) -> Self {
        let Some(environment) = snapshot.environment.value() else {
            return Self {
                name: "unknown environment".to_owned(),
                place: plain(snapshot.region.as_str()),
                platform: None,
                state: "could not be read".to_owned(),
            };
        };
        let account = snapshot.caller.value().map(|caller| caller.account.as_str());
        let place = [
            Some(environment.id.as_str()),
            Some(environment.application.as_str()),
            Some(snapshot.region.as_str()),
            account,
        ];
        Self {
            name: plain(&environment.name),
            place: plain(&place.into_iter().flatten().collect::<Vec<_>>().join(" · ")),
            platform: platform(environment, diagnosis),
            state: state(environment, snapshot),
        }
    }
}

/// Branch and version; where the platform was moved, from which version to which.
fn platform(environment: &Environment, diagnosis: &Diagnosis) -> Option<String> {
    let now = version_of(environment)?;
    let branch = branch_of(environment).unwrap_or_default();
    let moved = diagnosis.findings.iter().find_map(|finding| {
        let FindingKind::Platform(fault) = &finding.kind else { return None };
        let PlatformFault::Moved { worked, by_managed_update, .. } = fault else { return None };
        let how = if *by_managed_update { " (moved by a managed update)" } else { "" };
        worked.as_str().rsplit_once('/').map(|(_, version)| (version, how))
    });
    Some(match moved {
        Some((worked, how)) => format!("{branch} {} → {now}{how}", plain(worked)),
        None => format!("{branch} {now}"),
    })
    .map(|text| redacted(text.trim()))
}

fn version_of(environment: &Environment) -> Option<&str> {
    environment.platform_version()
}

/// `Node.js 20 on Amazon Linux 2023`, from either of the platform's names.
fn branch_of(environment: &Environment) -> Option<String> {
    let arn = environment.platform_arn.as_ref().and_then(|arn| {
        let (_, path) = arn.as_str().split_once(":platform/")?;
        Some(path.rsplit_once('/').map_or(path, |(branch, _)| branch).to_owned())
    });
    let named = arn.or_else(|| {
        // `64bit Amazon Linux 2023 v6.4.3 running Node.js 20`
        let (system, language) = environment.solution_stack.as_deref()?.split_once(" running ")?;
        let system = system.split(" v").next().unwrap_or(system);
        Some(format!("{language} running on {system}"))
    })?;
    Some(named.replace(" running on 64bit ", " on "))
}

fn state(environment: &Environment, snapshot: &Snapshot) -> String {
    let now = snapshot.taken_at;
    let mut parts = vec![status(environment, now)];
    let health: Vec<&str> = [&environment.health, &environment.health_status]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    if !health.is_empty() {
        parts.push(format!("health {}", health.join(", ")));
    }
    if let Some(stack) = snapshot.stack() {
        parts.push(match &stack.stack {
            Observed::Known { value, .. } => format!("stack {}", value.status),
            Observed::Absent { .. } => "no stack".to_owned(),
            Observed::Unreadable { .. } | Observed::NotCollected => "stack not read".to_owned(),
        });
    }
    plain(&parts.join(" · "))
}

fn status(environment: &Environment, now: Timestamp) -> String {
    let status = environment.status.as_str();
    match environment.updated {
        Some(updated) if environment.status.in_progress() => {
            format!("{status} for {}", words::lasting(now.duration_since(updated)))
        }
        Some(updated) => format!("{status}, changed {}", ago(updated, now)),
        None => status.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Verdict;
    use crate::world::examples;

    #[test]
    fn the_place_and_the_state_are_told_in_one_line_each() {
        let diagnosis = Diagnosis {
            verdict: Verdict::Healthy,
            findings: Vec::new(),
            not_checked: Vec::new(),
            checks_run: 1,
        };
        let header = Header::new(&examples::healthy(), &diagnosis);
        assert_eq!(header.place, "e-mw4kzq2ptx · shop · us-west-2 · 210987654321");
        assert_eq!(header.platform.as_deref(), Some("Node.js 20 on Amazon Linux 2023 6.4.3"));
        assert!(header.state.starts_with("Ready"), "{}", header.state);
        assert!(header.state.contains("health Green, Ok"), "{}", header.state);
    }
}
