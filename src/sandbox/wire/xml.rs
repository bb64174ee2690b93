//! Writing the XML of ec2Query and awsQuery.

use std::fmt::Write as _;

use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use serde_json::Value;

use super::{Protocol, Response, recognise};
use crate::sandbox::{Answer, Call, Fault, Service};

/// Writes an answer.
pub(super) fn write(
    call: &Call,
    version: Option<&str>,
    protocol: Protocol,
    answer: &Answer,
) -> Response {
    let (status, body) = match answer {
        Ok(tree) => (200, accepted(call, version, protocol, tree)),
        Err(fault) => (fault.status, refused(call, protocol, fault)),
    };
    Response {
        status,
        headers: vec![("content-type".to_owned(), "text/xml;charset=UTF-8".to_owned())],
        body: body.into_bytes(),
    }
}

fn accepted(call: &Call, version: Option<&str>, protocol: Protocol, tree: &Value) -> String {
    let operation = &call.operation;
    let namespace = namespace(call.service, version);
    let mut body = Writer::new(Vec::new());
    let mut root = BytesStart::new(format!("{operation}Response"));
    root.push_attribute(("xmlns", namespace.as_str()));
    let end = root.to_end().into_owned();
    put(&mut body, Event::Start(root));
    if protocol == Protocol::Ec2 {
        element(&mut body, call.service, "requestId", &Value::String(call.request_id.clone()));
        members(&mut body, call.service, tree);
    } else {
        element(&mut body, call.service, &format!("{operation}Result"), tree);
        let metadata = serde_json::json!({ "RequestId": call.request_id });
        element(&mut body, call.service, "ResponseMetadata", &metadata);
    }
    put(&mut body, Event::End(end));
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", text_of(body))
}

fn refused(call: &Call, protocol: Protocol, fault: &Fault) -> String {
    let (code, message) = (escaped(&fault.code), escaped(&fault.message));
    let id = &call.request_id;
    if protocol == Protocol::Ec2 {
        return format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{code}</Code>\
             <Message>{message}</Message></Error></Errors><RequestID>{id}</RequestID></Response>"
        );
    }
    let at_fault = if fault.status < 500 { "Sender" } else { "Receiver" };
    let namespace = recognise::namespace(call.service);
    format!(
        "<ErrorResponse xmlns=\"{namespace}\"><Error><Type>{at_fault}</Type><Code>{code}</Code>\
         <Message>{message}</Message></Error><RequestId>{id}</RequestId></ErrorResponse>"
    )
}

/// EC2 answers in the namespace of the version that was asked for.
fn namespace(service: Service, version: Option<&str>) -> String {
    match (service, version) {
        (Service::Ec2, Some(version)) => {
            format!("http://ec2.amazonaws.com/doc/{}/", escaped(version))
        }
        _ => recognise::namespace(service).to_owned(),
    }
}

/// Writes a tree's members without an element around them.
pub(super) fn members(body: &mut Writer<Vec<u8>>, service: Service, tree: &Value) {
    if let Value::Object(members) = tree {
        for (name, value) in members {
            element(body, service, name, value);
        }
    }
}

/// Writes one element with all that is in it; nothing for `null`.
fn element(body: &mut Writer<Vec<u8>>, service: Service, name: &str, value: &Value) {
    let text = match value {
        Value::Null => return,
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => escaped(text),
        Value::Array(items) => {
            if service == Service::S3 || flattened(service, name) {
                for item in items {
                    element(body, service, name, item);
                }
                return;
            }
            put(body, Event::Start(BytesStart::new(name)));
            let inner = item_name(service, name);
            for item in items {
                element(body, service, inner, item);
            }
            put(body, Event::End(BytesEnd::new(name)));
            return;
        }
        Value::Object(map) if is_map(service, name) => {
            put(body, Event::Start(BytesStart::new(name)));
            for (key, value) in map {
                let entry = serde_json::json!({ "key": key, "value": value });
                element(body, service, "entry", &entry);
            }
            put(body, Event::End(BytesEnd::new(name)));
            return;
        }
        Value::Object(_) => {
            put(body, Event::Start(BytesStart::new(name)));
            members(body, service, value);
            put(body, Event::End(BytesEnd::new(name)));
            return;
        }
    };
    put(body, Event::Start(BytesStart::new(name)));
    put(body, Event::Text(BytesText::from_escaped(text)));
    put(body, Event::End(BytesEnd::new(name)));
}

fn put(body: &mut Writer<Vec<u8>>, event: Event<'_>) {
    body.write_event(event).expect("writing to memory succeeds");
}

/// The text that was written.
pub(super) fn text_of(body: Writer<Vec<u8>>) -> String {
    String::from_utf8(body.into_inner()).expect("only text was written")
}

/// Lists that stand without an element around them.
fn flattened(service: Service, name: &str) -> bool {
    // SQS's query protocol: `<Attribute>` and `<QueueUrl>` are repeated.
    service == Service::Sqs && matches!(name, "Attribute" | "QueueUrl")
}

/// Members that are maps and not structures, by the models of the services.
fn is_map(service: Service, name: &str) -> bool {
    match service {
        Service::Sns => matches!(name, "Attributes" | "attributes"),
        Service::Iam => matches!(name, "SummaryMap" | "EvalDecisionDetails"),
        Service::CloudFormation => name == "ResourceIdentifier",
        Service::ElasticBeanstalk
        | Service::Ec2
        | Service::AutoScaling
        | Service::LoadBalancing
        | Service::ClassicLoadBalancing
        | Service::Rds
        | Service::Sts
        | Service::CloudTrail
        | Service::Sqs
        | Service::ServiceQuotas
        | Service::CloudWatch
        | Service::Ses
        | Service::S3 => false,
    }
}

/// What a list's items are called.
fn item_name(service: Service, list: &str) -> &'static str {
    match service {
        Service::Ec2 => "item",
        Service::Rds => rds_item(list),
        Service::ElasticBeanstalk
        | Service::CloudFormation
        | Service::AutoScaling
        | Service::LoadBalancing
        | Service::ClassicLoadBalancing
        | Service::Iam
        | Service::Sts
        | Service::CloudTrail
        | Service::Sqs
        | Service::Sns
        | Service::ServiceQuotas
        | Service::CloudWatch
        | Service::Ses
        | Service::S3 => "member",
    }
}

/// RDS names the items of its lists one by one (service model 2014-10-31).
fn rds_item(list: &str) -> &'static str {
    const ITEMS: [(&str, &str); 34] = [
        ("AccountQuotas", "AccountQuota"),
        ("AssociatedRoles", "DBInstanceRole"),
        ("AttributeValues", "AttributeValue"),
        ("AvailabilityZones", "AvailabilityZone"),
        ("AvailableProcessorFeatures", "AvailableProcessorFeature"),
        ("DBClusters", "DBCluster"),
        ("DBEngineVersions", "DBEngineVersion"),
        ("DBInstances", "DBInstance"),
        ("DBParameterGroups", "DBParameterGroup"),
        ("DBSecurityGroups", "DBSecurityGroup"),
        ("DBSnapshotAttributes", "DBSnapshotAttribute"),
        ("DBSnapshots", "DBSnapshot"),
        ("DBSubnetGroups", "DBSubnetGroup"),
        ("DomainMemberships", "DomainMembership"),
        ("EC2SecurityGroups", "EC2SecurityGroup"),
        ("EventCategories", "EventCategory"),
        ("Events", "Event"),
        ("IPRanges", "IPRange"),
        ("OptionGroupMemberships", "OptionGroupMembership"),
        ("OptionGroupsList", "OptionGroup"),
        ("OrderableDBInstanceOptions", "OrderableDBInstanceOption"),
        ("Parameters", "Parameter"),
        ("PendingMaintenanceActions", "ResourcePendingMaintenanceActions"),
        ("ProcessorFeatures", "ProcessorFeature"),
        ("ReadReplicaDBClusterIdentifiers", "ReadReplicaDBClusterIdentifier"),
        ("ReadReplicaDBInstanceIdentifiers", "ReadReplicaDBInstanceIdentifier"),
        ("SourceRegions", "SourceRegion"),
        ("StatusInfos", "DBInstanceStatusInfo"),
        ("Subnets", "Subnet"),
        ("SupportedCharacterSets", "CharacterSet"),
        ("TagList", "Tag"),
        ("Tags", "Tag"),
        ("ValidUpgradeTarget", "UpgradeTarget"),
        ("VpcSecurityGroups", "VpcSecurityGroupMembership"),
    ];
    ITEMS.iter().find(|(name, _)| *name == list).map_or("member", |(_, item)| item)
}

/// A text as it may stand in XML 1.0: its marks escaped, and what no XML may hold replaced.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            // A reader would make a bare one a line feed.
            '\r' => safe.push_str("&#xD;"),
            '\t' | '\n' => safe.push(letter),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            '\u{7f}'..='\u{9f}' => {
                write!(safe, "&#x{:X};", u32::from(letter)).expect("writing to memory succeeds");
            }
            _ => safe.push(letter),
        }
    }
    safe
}
