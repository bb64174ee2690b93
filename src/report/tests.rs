//! Hand-made diagnoses of the example worlds, shown as text and JSON.

use super::*;
use crate::check::{
    Diagnosis, Evidence, Finding, FindingKind, NetworkFault, NotChecked, Role, StackFault, Trigger,
    Verdict,
};
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
    let longest = shown(60).lines().map(|line| line.chars().count()).max();
    assert!(longest <= Some(60), "{longest:?}\n{}", shown(60));
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
