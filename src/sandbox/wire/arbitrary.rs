//! Arbitrary bytes at the request decoder, and arbitrary answers at the writers.
//!
//! `PROPTEST_CASES=1000000 cargo test wire::arbitrary` runs longer.

#![expect(clippy::wildcard_enum_match_arm, reason = "only text and elements are counted")]

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::{Request, Surroundings, read, write};
use crate::sandbox::Fault;

fn around() -> Surroundings {
    Surroundings {
        account: "123456789012".to_owned(),
        region: "eu-west-1".to_owned(),
        request_id: "id-1".to_owned(),
        source: "127.0.0.1".to_owned(),
    }
}

const SERVICES: [&str; 15] = [
    "ec2",
    "cloudformation",
    "elasticbeanstalk",
    "autoscaling",
    "elasticloadbalancing",
    "rds",
    "iam",
    "sts",
    "cloudtrail",
    "sqs",
    "sns",
    "servicequotas",
    "monitoring",
    "ses",
    "s3",
];

const TYPES: [&str; 5] = [
    "application/x-www-form-urlencoded; charset=utf-8",
    "application/x-amz-json-1.1",
    "application/x-amz-json-1.0",
    "application/json",
    "",
];

/// Bytes that look a little like what clients send, and bytes that do not.
fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        "(Action|Version|A\\.[0-9]{1,25}|[A-Z][a-z]{1,6}(\\.member)?\\.[0-9]{1,3}(\\.[A-Z][a-z]{1,4})?|%[0-9A-G]{1,2}|\\+|\\.){1,8}=.{0,30}(&.{0,40}){0,6}"
            .prop_map(String::into_bytes),
        "[\\[{\"a-z:0-9,}\\]]{0,60}".prop_map(String::into_bytes),
        "<[A-Z][a-z]{1,8}>.{0,40}(</[A-Z][a-z]{1,8}>)?".prop_map(String::into_bytes),
    ]
}

fn request() -> impl Strategy<Value = Request> {
    let method = prop_oneof!["GET|POST|PUT|DELETE|HEAD|PATCH", "[A-Z]{1,8}"];
    let scope = (prop::sample::select(&SERVICES[..]), any::<bool>(), ".{0,40}");
    let path = prop_oneof![Just("/".to_owned()), "/[a-z%0-9./-]{0,40}", ".{0,30}"];
    let target =
        prop::option::of(prop_oneof!["[A-Za-z_0-9]{1,30}\\.[A-Z][A-Za-z]{1,20}", ".{0,30}"]);
    (method, path, ".{0,60}", scope, prop::sample::select(&TYPES[..]), target, body()).prop_map(
        |(method, path, query, (service, whole, junk), kind, target, body)| {
            let scope = if whole {
                format!(
                    "AWS4-HMAC-SHA256 Credential=AKIA1/20260302/eu-central-1/{service}/aws4_request, \
                     SignedHeaders=host, Signature=00"
                )
            } else {
                junk
            };
            let mut headers: std::collections::BTreeMap<String, String> =
                [("authorization".to_owned(), scope), ("content-type".to_owned(), kind.to_owned())]
                    .into();
            headers.extend(target.map(|target| ("x-amz-target".to_owned(), target)));
            Request { method, path, query, headers, body }
        },
    )
}

/// Names of members, as services have them and as they must not get through unescaped.
fn tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let name = prop_oneof![
            "[A-Za-z][A-Za-z0-9]{0,12}",
            Just("Attributes".to_owned()),
            Just("tagSet".to_owned()),
            Just("Events".to_owned()),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..5)
                .prop_map(|members| Value::from(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Whether a text is well-formed XML, read to its end.
fn well_formed(text: &[u8]) -> Result<(), String> {
    let mut reader = quick_xml::Reader::from_reader(text);
    let mut open = 0_i64;
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            quick_xml::events::Event::Eof => {
                return if open == 0 { Ok(()) } else { Err(format!("{open} elements left open")) };
            }
            quick_xml::events::Event::Start(_) => open += 1,
            quick_xml::events::Event::End(_) => open -= 1,
            quick_xml::events::Event::Text(text) => {
                let text: &str = &text;
                // What XML 1.0 cannot hold must not be there, escaped or not.
                if let Some(bad) = text.chars().find(|it| *it < ' ' && !"\t\n\r".contains(*it)) {
                    return Err(format!("control character {:x}", u32::from(bad)));
                }
            }
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_request_is_too_odd_to_be_answered(request in request()) {
        match read(&request, &around()) {
            Ok(decoded) => prop_assert!(!decoded.call.operation.contains('\0') || !decoded.call.operation.is_empty()),
            Err(response) => prop_assert!((400..600).contains(&response.status), "{}", response.status),
        }
    }

    #[test]
    fn every_answer_is_well_formed(
        service in prop::sample::select(&["ec2", "cloudformation", "autoscaling", "rds", "iam", "sns"][..]),
        tree in tree(),
        fault in prop::option::weighted(0.2, any::<String>()),
    ) {
        let scope = format!(
            "AWS4-HMAC-SHA256 Credential=AKIA1/20260302/eu-central-1/{service}/aws4_request"
        );
        let request = Request {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            headers: [
                ("authorization".to_owned(), scope),
                ("content-type".to_owned(), TYPES[0].to_owned()),
            ].into(),
            body: b"Action=DescribeThings&Version=2016-11-15".to_vec(),
            ..Request::default()
        };
        let Ok(decoded) = read(&request, &around()) else { panic!("{service} is known") };
        let answer = match fault {
            Some(message) => Err(Fault::new("Odd", message)),
            None => Ok(if tree.is_object() { tree } else { serde_json::json!({ "Thing": tree }) }),
        };
        let now = "2026-03-02T08:00:00Z".parse().expect("a time");
        let response = write(&decoded, &answer, now);
        let ends = well_formed(&response.body);
        prop_assert!(ends.is_ok(), "{:?} {}", ends, String::from_utf8_lossy(&response.body));
    }
}
