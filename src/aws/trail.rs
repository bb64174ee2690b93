//! CloudTrail: who changed what, of the last 90 days, usually within 15 minutes of the call.

use aws_sdk_cloudtrail::types::{self as sdk, LookupAttributeKey};
use jiff::Timestamp;
use serde_json::Value;

use super::convert::{filled, sdk_time, time};
use super::{Aws, Reading, redact};
use crate::world::TrailEvent;

/// What a lookup asks for; CloudTrail takes one attribute in a call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TrailQuery {
    /// All calls that changed something.
    Changes,
    /// Calls of one name, `DeleteRouteTable`.
    Named(String),
    /// Calls that CloudTrail lists under a resource.
    About(String),
}

impl Aws {
    /// Looks calls up, newest first, at most so many pages of 50.
    pub async fn trail(
        &self,
        query: &TrailQuery,
        since: Timestamp,
        pages: usize,
    ) -> Reading<Vec<TrailEvent>> {
        let attribute = attribute(query);
        let found = self
            .pages(
                "cloudtrail:LookupEvents",
                pages,
                |token| {
                    let request = self.cloudtrail().lookup_events();
                    request
                        .lookup_attributes(attribute.clone())
                        .start_time(sdk_time(since))
                        .max_results(50)
                        .set_next_token(token)
                        .send()
                },
                |page| (page.events, page.next_token),
            )
            .await?;
        Ok(found.map(|found| {
            let read = found.into_iter().filter_map(event);
            // Some emulators ignore the attribute.
            read.filter(|event| match query {
                TrailQuery::Named(name) => event.name == *name,
                TrailQuery::Changes | TrailQuery::About(_) => true,
            })
            .collect()
        }))
    }
}

fn attribute(query: &TrailQuery) -> sdk::LookupAttribute {
    let (key, value) = match query {
        TrailQuery::Changes => (LookupAttributeKey::ReadOnly, "false"),
        TrailQuery::Named(name) => (LookupAttributeKey::EventName, name.as_str()),
        TrailQuery::About(resource) => (LookupAttributeKey::ResourceName, resource.as_str()),
    };
    sdk::LookupAttribute::builder()
        .attribute_key(key)
        .attribute_value(value)
        .build()
        .expect("key and value are set")
}

fn event(event: sdk::Event) -> Option<TrailEvent> {
    let record = event.cloud_trail_event.as_deref().unwrap_or("null");
    let record: Value = serde_json::from_str(record).unwrap_or(Value::Null);
    let text = |path: &str| record.pointer(path).and_then(Value::as_str).map(redact::mail);
    let member = |name: &str| redact::tree(record.get(name).cloned().unwrap_or(Value::Null));
    let resources = event.resources.unwrap_or_default().into_iter();
    let user = filled(event.username).map(|user| redact::mail(&user));
    Some(TrailEvent {
        id: event.event_id.unwrap_or_default(),
        at: time(event.event_time.as_ref())?,
        name: event.event_name.unwrap_or_default(),
        service: event.event_source.unwrap_or_default(),
        user: user
            .or_else(|| text("/userIdentity/userName"))
            .or_else(|| text("/userIdentity/invokedBy"))
            .or_else(|| text("/userIdentity/type"))
            .unwrap_or_default(),
        principal: text("/userIdentity/arn").map(Into::into),
        source_ip: text("/sourceIPAddress"),
        error: text("/errorCode"),
        request: member("requestParameters"),
        response: member("responseElements"),
        resources: resources.filter_map(|resource| filled(resource.resource_name)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_and_what_are_read_from_the_record() {
        let record = r#"{"userIdentity": {"type": "AssumedRole",
            "arn": "arn:aws:sts::1:assumed-role/Ops/p.novak@example.com"},
            "sourceIPAddress": "203.0.113.7", "errorCode": null,
            "requestParameters": {"routeTableId": "rtb-1"}, "responseElements": {"_return": true}}"#;
        let read = event(
            sdk::Event::builder()
                .event_id("1")
                .event_name("DeleteRouteTable")
                .event_time(aws_smithy_types::DateTime::from_secs(60))
                .username("p.novak@example.com")
                .cloud_trail_event(record)
                .build(),
        )
        .expect("the event has a time");
        assert_eq!(read.user, "p.novak@…");
        assert_eq!(read.request["routeTableId"], "rtb-1");
        assert_eq!(read.error, None);
        assert!(!format!("{read:?}").contains("example.com"));
    }

    #[test]
    fn a_record_that_is_no_json_costs_only_its_details() {
        let read = event(
            sdk::Event::builder()
                .event_name("X")
                .event_time(aws_smithy_types::DateTime::from_secs(60))
                .cloud_trail_event("<html>")
                .build(),
        );
        assert_eq!(read.map(|event| event.request), Some(Value::Null));
    }
}
