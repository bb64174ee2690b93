//! Hand-made diagnoses of the example worlds, shown as text and JSON.

use super::*;
use crate::check::{
    Diagnosis, Evidence, Finding, FindingKind, NetworkFault, NotChecked, Role, StackFault, Trigger,
    Verdict,
};
use crate::journal;
use crate::plan::{Action, Goal, NetworkAction, Plan, Ref, Risk, Step, StepId, Undo, Wait};
use crate::world::examples::{self, MAIN_TABLE, PRIVATE, PRIVATE_TABLE, VPC};
use crate::world::{Snapshot, StackName};

fn finding(kind: FindingKind, role: Role, title: &str) -> Finding {
    Finding {
        kind,
        role,
        title: title.to_owned(),
        explanation: "Packets to AWS have nowhere to go, so no instance can report.".to_owned(),
        resources: vec![PRIVATE[0].to_owned(), MAIN_TABLE.to_owned()],
        evidence: vec![Evidence {
            supports: true,
            source: "ec2:DescribeRouteTables".to_owned(),
            statement: format!("{} uses {MAIN_TABLE}, which has only the local route", PRIVATE[0]),
        }],
        trigger: None,
        weight: 90,
    }
}

fn diagnosis() -> Diagnosis {
    let fault = NetworkFault::NoEgress {
        vpc: VPC.into(),
        subnets: vec![PRIVATE[0].into()],
        tables: vec![MAIN_TABLE.into()],
        lost: None,
    };
    let title = "The instances cannot reach AWS: their subnets have lost their route table";
    let mut cause = finding(FindingKind::Network(fault), Role::Cause, title);
    cause.trigger = Some(Trigger {
        at: examples::ago(160),
        user: "p.novak".to_owned(),
        principal: None,
        call: "DeleteRouteTable".to_owned(),
        resource: PRIVATE_TABLE.to_owned(),
        event: "e0d1".to_owned(),
    });
    let fault = StackFault::GroupReferenced {
        stack: StackName::from("stack"),
        logical: "AWSEBSecurityGroup".to_owned(),
        group: "sg-05e1".into(),
        references: Vec::new(),
    };
    let title = "\u{1b}[31mAnother team's\u{1b}[0m rule names the environment's group";
    let symptom = finding(FindingKind::Stack(fault), Role::Symptom, title);
    let not_checked = ["network ACLs", "return paths"].map(|what| NotChecked {
        what: what.to_owned(),
        needs: "ec2:DescribeNetworkAcls".to_owned(),
        reason: "AccessDenied".to_owned(),
    });
    Diagnosis {
        verdict: Verdict::Stuck,
        findings: vec![cause, symptom],
        not_checked: not_checked.to_vec(),
        checks_run: 24,
    }
}

fn plan(world: &Snapshot) -> Plan {
    let table = NetworkAction::CreateRouteTable { vpc: VPC.into(), name: None };
    let made = Ref::MadeBy(StepId("a1".to_owned()));
    let step = Step {
        id: StepId("a1".to_owned()),
        action: Action::Network(table),
        risk: Risk::Safe,
        because: vec!["NET-01".to_owned()],
        title: "Make a route table like rtb-07f1".to_owned(),
        effect: "Nobody notices.".to_owned(),
        data_loss: Vec::new(),
        after: Vec::new(),
        guard: Vec::new(),
        wait: Wait::none(),
        expect: Vec::new(),
        undo: Undo::By(Box::new(Action::Network(NetworkAction::DeleteRouteTable { table: made }))),
    };
    Plan {
        format: 1,
        scope: world.scope().expect("the example has an environment"),
        based_on: world.id(),
        goal: Goal::Healthy,
        playbook: "instances-not-reporting".to_owned(),
        steps: vec![step],
        alternatives: Vec::new(),
        refusals: Vec::new(),
        beyond: Vec::new(),
        tell: Vec::new(),
    }
}

fn shown(width: usize) -> String {
    let world = examples::lost_route_table();
    let (diagnosis, plan) = (diagnosis(), plan(&world));
    let text = DiagnosisText {
        snapshot: &world,
        diagnosis: &diagnosis,
        plan: Some(&plan),
        took: None,
        next: Some("ebrescue repair shop-prod".to_owned()),
        width,
    };
    anstream::adapter::strip_str(&text.render()).to_string()
}

#[test]
fn the_screen_answers_in_the_order_people_ask() {
    insta::assert_snapshot!(shown(100));
}

#[test]
fn a_narrow_screen_is_not_overrun_by_sentences() {
    // A station of a drawn path stays whole, for its id may be copied.
    let text = shown(60);
    let sentences = text.lines().filter(|line| !line.contains("──"));
    let longest = sentences.map(|line| line.chars().count()).max();
    assert!(longest <= Some(60), "{longest:?}\n{text}");
}

#[test]
fn nothing_wrong_is_one_short_block() {
    let world = examples::healthy();
    let diagnosis = Diagnosis {
        verdict: Verdict::Healthy,
        findings: Vec::new(),
        not_checked: Vec::new(),
        checks_run: 24,
    };
    let text = DiagnosisText {
        snapshot: &world,
        diagnosis: &diagnosis,
        plan: None,
        took: None,
        next: None,
        width: 100,
    };
    let text = anstream::adapter::strip_str(&text.render()).to_string();
    assert!(text.contains("nothing found wrong (24 checks)"), "{text}");
    assert_eq!(text.trim_end().lines().count(), 4, "{text}");
}

#[test]
fn the_document_fits_its_schema_and_keeps_the_names_of_the_contract() {
    let world = examples::lost_route_table();
    let document = DiagnosisDocument::new(&world, &diagnosis(), Some(&plan(&world)));
    let document = serde_json::to_value(&document).unwrap();
    let schema = serde_json::to_value(schemars::schema_for!(DiagnosisDocument)).unwrap();
    jsonschema::validate(&schema, &document).unwrap();
    assert_eq!(document["schema"], "ebrescue.diagnosis/1");
    assert_eq!(document["verdict"], "stuck");
    assert_eq!(document["environment"]["stack"]["status"], "DELETE_FAILED");
    let finding = &document["findings"][0];
    assert_eq!((&finding["code"], &finding["name"]), (&"NET-01".into(), &"no-egress".into()));
    assert_eq!(
        document["findings"][1]["title"],
        "Another team's rule names the environment's group"
    );
    let action = &document["plan"]["actions"][0];
    assert_eq!(action["command"], "aws ec2 create-route-table --vpc-id vpc-0a10");
    assert_eq!(action["undo"], "aws ec2 delete-route-table --route-table-id '<made by a1>'");
    assert_eq!(document["not_checked"][0]["needs"], "ec2:DescribeNetworkAcls");
}

/// A session in which the first action was made, and one after it was not approved.
fn session(world: &Snapshot) -> (Vec<journal::Record>, journal::History) {
    use journal::{Event, Journal as _, SessionEvent, StepEvent, StepKey};
    let mut plan = plan(world);
    let mut second = plan.steps[0].clone();
    second.id = StepId("a2".to_owned());
    second.title = "Give \u{202e}the <b>route</b> | back".to_owned();
    second.risk = Risk::Disruptive;
    plan.steps.push(second);
    let header = journal::Header {
        format: journal::FORMAT,
        program: "0.1.0".to_owned(),
        scope: plan.scope.clone(),
        goal: Goal::Healthy,
        invocation: journal::Invocation {
            command: "repair".to_owned(),
            principal: Some("arn:aws:iam::210987654321:user/jane".to_owned()),
            flags: vec!["--approve safe".to_owned()],
        },
    };
    let mut records = journal::MemoryJournal::new(examples::ago(10), header);
    let mut at = -10;
    let mut put = |event: Event| {
        at += 1;
        records.append(examples::ago(-at), event).unwrap();
    };
    let step = |id: &str, event: StepEvent| Event::Step {
        step: StepKey { round: 1, step: StepId(id.to_owned()) },
        event: Box::new(event),
    };
    let flag = "--approve safe".to_owned();
    let action = Box::new(plan.steps[0].action.clone());
    put(Event::Session(Box::new(SessionEvent::Planned { plan: Box::new(plan) })));
    put(step("a1", StepEvent::Approved { how: journal::Approval::Flag { flag } }));
    let since = examples::ago(8);
    put(step("a1", StepEvent::Started { token: "t1".to_owned(), action, since, foreseen: false }));
    let accepted =
        journal::Accepted { request: Some("7d1e-1".into()), made: Some("rtb-0new".to_owned()) };
    put(step("a1", StepEvent::Applied(accepted)));
    put(step("a1", StepEvent::Verified { seen: vec!["rtb-0new is there".to_owned()] }));
    let risk = Risk::Disruptive;
    put(step("a2", StepEvent::Declined { why: journal::Decline::NotApproved { risk } }));
    put(Event::Session(Box::new(SessionEvent::Finished {
        outcome: journal::Outcome::NotApproved,
        summary: "1 of 2 actions done".to_owned(),
    })));
    (records.records().to_vec(), records.history().clone())
}

fn postmortem() -> Postmortem {
    let world = examples::lost_route_table();
    let (records, history) = session(&world);
    let (found, after) = (diagnosis(), diagnosis());
    Postmortem::new(&Case {
        session: Some(postmortem::SessionCase {
            id: "20260312-125000-shop-prod-1f3a",
            records: &records,
            history: &history,
        }),
        before: &world,
        found: &found,
        altered: None,
        plan: None,
        after: Some((&world, &after)),
        program: "0.1.0",
        notes: &["Paid for by <team>, password=hunter2".to_owned()],
        mask_account: true,
    })
}

#[test]
fn a_post_mortem_reads_like_one() {
    insta::assert_snapshot!(postmortem::markdown(&postmortem()));
}

#[test]
fn the_same_session_gives_the_same_bytes_without_secrets_or_account() {
    let text = postmortem::markdown(&postmortem());
    assert_eq!(text, postmortem::markdown(&postmortem()));
    for planted in ["hunter2", "210987654321", "<b>", "\u{202e}", "\u{1b}"] {
        assert!(!text.contains(planted), "{planted:?}");
    }
}

/// What nobody may find raw: markup, links, escape sequences, turned-around writing, secrets, a
/// key, a mail address, and a word that no page could hold.
fn hostile() -> String {
    let word = "x".repeat(5000);
    format!(
        "<img src=x onerror=alert(1)> [x](javascript:1) | \u{1b}[31mred \u{202e}evil \u{7} \
         password=hunter2 AKIAIOSFODNN7EXAMPLE jane.doe@example.com `<b>` {word}"
    )
}

/// Keys of a snapshot that hold what AWS or a user wrote freely.
const FREE: [&str; 16] = [
    "application",
    "cause",
    "description",
    "details",
    "error",
    "health_status",
    "logical",
    "message",
    "name",
    "outcome",
    "physical",
    "reason",
    "user",
    "version_label",
    "severity",
    "cname",
];

/// Plants a text in every free field of a document, however deep.
#[expect(clippy::wildcard_enum_match_arm, reason = "whatever else it is, it is looked into")]
fn plant(value: &mut serde_json::Value, text: &str, planted: &mut usize) {
    match value {
        serde_json::Value::Object(members) => {
            for (key, value) in members {
                match value {
                    serde_json::Value::String(own) if FREE.contains(&key.as_str()) => {
                        own.push(' ');
                        own.push_str(text);
                        *planted += 1;
                    }
                    serde_json::Value::Array(items) if key == "resources" => {
                        for item in items.iter_mut() {
                            if item.is_string() {
                                *item = format!("{} {text}", item.as_str().unwrap()).into();
                                *planted += 1;
                            }
                        }
                        plant(value, text, planted);
                    }
                    other => plant(other, text, planted),
                }
            }
        }
        serde_json::Value::Array(items) => {
            for item in items.iter_mut() {
                plant(item, text, planted);
            }
        }
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_) => {}
    }
}

#[test]
fn nothing_hostile_or_secret_is_raw_in_any_format() {
    let mut world = serde_json::to_value(examples::lost_route_table()).unwrap();
    let mut planted = 0;
    plant(&mut world, &hostile(), &mut planted);
    assert!(planted > 100, "{planted} fields");
    let world: Snapshot = serde_json::from_value(world).unwrap();
    let (records, history) = session(&world);
    let mut found = diagnosis();
    for finding in &mut found.findings {
        finding.title.push_str(&hostile());
        finding.explanation.push_str(&hostile());
        finding.evidence[0].statement.push_str(&hostile());
        if let Some(trigger) = &mut finding.trigger {
            trigger.user.push_str(&hostile());
            trigger.resource.push_str(&hostile());
        }
    }
    found.not_checked[0].what.push_str(&hostile());
    let note = hostile();
    let report = Postmortem::new(&Case {
        session: Some(postmortem::SessionCase { id: "s", records: &records, history: &history }),
        before: &world,
        found: &found,
        altered: Some(hostile()),
        plan: None,
        after: Some((&world, &found)),
        program: "0.1.0",
        notes: &[note],
        mask_account: false,
    });
    let secrets =
        ["hunter2", "AKIAIOSFODNN7", "jane.doe", "\u{1b}", "\u{202e}", "\u{7}", &"x".repeat(500)];
    let markup = ["<img", "<b>", "[x](javascript"];
    for (format, text) in [
        ("md", postmortem::markdown(&report)),
        ("html", postmortem::html(&report)),
        ("json", postmortem::json(&report)),
    ] {
        for secret in secrets {
            assert!(!text.contains(secret), "{format} has {secret:?}");
        }
        // In JSON and in HTML brackets of a link mean nothing, in JSON markup neither.
        let raw = match format {
            "md" => &markup[..],
            "html" => &markup[..2],
            _ => &markup[..0],
        };
        for mark in raw {
            assert!(!text.contains(mark), "{format} has {mark:?}");
        }
        assert!(text.contains("alert(1)"), "{format} tells the text itself");
    }
}

#[test]
fn twenty_thousand_events_stay_few_to_read() {
    let mut world = examples::lost_route_table();
    let Some(events) = world.events.value_mut() else { panic!("the example has events") };
    let first = events[0].clone();
    let mut routine = Vec::new();
    for number in (0..20_000_i32).rev() {
        let mut event = first.clone();
        event.at = examples::ago(150) + jiff::SignedDuration::from_millis(450) * number;
        event.severity = "INFO".to_owned();
        event.message = format!("Added instance [i-{number:08x}] to your environment.");
        routine.push(event);
    }
    routine.append(events);
    *events = routine;
    let (records, history) = session(&world);
    let found = diagnosis();
    let report = Postmortem::new(&Case {
        session: Some(postmortem::SessionCase { id: "s", records: &records, history: &history }),
        before: &world,
        found: &found,
        altered: None,
        plan: None,
        after: Some((&world, &found)),
        program: "0.1.0",
        notes: &[],
        mask_account: false,
    });
    let (markdown, html) = (postmortem::markdown(&report), postmortem::html(&report));
    assert!(report.timeline.len() >= 20_000);
    let told = report.timeline.iter().filter(|entry| !entry.routine).count();
    assert!(told < 100, "{told} stand in the short timeline");
    assert!(markdown.lines().count() < 400 && html.contains("routine ones included"));
}

#[test]
fn a_report_on_a_diagnosis_alone_says_so_and_tells_what_would_be_done() {
    let world = examples::lost_route_table();
    let found = diagnosis();
    let plan = plan(&world);
    let report = Postmortem::new(&Case {
        session: None,
        before: &world,
        found: &found,
        altered: None,
        plan: Some(&plan),
        after: None,
        program: "0.1.0",
        notes: &[],
        mask_account: false,
    });
    assert_eq!(report.warnings, ["Nothing was done: this is a diagnosis alone."]);
    assert_eq!(report.actions[0].status, "planned");
    assert!(report.summary[2].contains("1 action would repair it"), "{:?}", report.summary);
    assert_eq!(report.impact.last().unwrap().until, None, "it goes on");
}

#[test]
fn a_run_fits_its_schema_and_names_what_was_declined() {
    let world = examples::lost_route_table();
    let (_, history) = session(&world);
    let before = DiagnosisDocument::new(&world, &diagnosis(), None);
    let outcome = journal::Outcome::NotApproved;
    let run =
        RunDocument::new("s", &history, outcome, "1 of 2", Some(before.clone()), Some(before));
    let run = serde_json::to_value(&run).unwrap();
    let schema = serde_json::to_value(schemars::schema_for!(RunDocument)).unwrap();
    jsonschema::validate(&schema, &run).unwrap();
    assert_eq!(run["actions"][0]["status"], "done");
    assert_eq!(run["actions"][0]["request_ids"][0], "7d1e-1");
    assert_eq!(run["actions"][1]["status"], "declined");
    assert_eq!(run["before"]["schema"], DIAGNOSIS_SCHEMA);
}
