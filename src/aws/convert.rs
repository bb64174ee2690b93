//! Small readings that all services share: times, texts, addresses.

use std::net::IpAddr;

use aws_smithy_types::DateTime;
use ipnet::IpNet;
use jiff::Timestamp;

/// A point in time, if it is one that a calendar knows.
pub(super) fn time(time: Option<&DateTime>) -> Option<Timestamp> {
    let time = time?;
    Timestamp::new(time.secs(), i32::try_from(time.subsec_nanos()).ok()?).ok()
}

/// A point in time as the SDK writes it.
pub(super) fn sdk_time(time: Timestamp) -> DateTime {
    DateTime::from_secs(time.as_second())
}

/// A text, or nothing if it is empty: some emulators send empty members where AWS sends none.
pub(super) fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// An identifier or other newtype, or nothing if the text is empty.
pub(super) fn id<T: From<String>>(text: Option<String>) -> Option<T> {
    filled(text).map(T::from)
}

/// An identifier that every answer of AWS has; empty where an emulator leaves it out.
pub(super) fn required<T: From<String>>(text: Option<String>) -> T {
    T::from(text.unwrap_or_default())
}

/// All texts of a list as identifiers.
pub(super) fn ids<T: From<String>>(texts: Option<Vec<String>>) -> Vec<T> {
    texts.unwrap_or_default().into_iter().map(T::from).collect()
}

/// A block of addresses; a single address is a block of its own.
pub(super) fn cidr(text: Option<&str>) -> Option<IpNet> {
    let text = text?;
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// An IP address.
pub(super) fn ip(text: Option<&str>) -> Option<IpAddr> {
    text?.parse().ok()
}

/// A number that cannot be negative.
pub(super) fn count(number: Option<i32>) -> u32 {
    number.and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
}

/// A port number.
pub(super) fn port(number: Option<i32>) -> Option<u16> {
    number.and_then(|number| u16::try_from(number).ok())
}

/// Key and value of each tag, whatever service's tags they are.
macro_rules! tags {
    ($tags:expr) => {
        $tags
            .unwrap_or_default()
            .into_iter()
            .map(|tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default()))
            .collect::<Vec<(String, String)>>()
    };
}
pub(super) use tags;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_sense_is_left_out() {
        assert_eq!(cidr(Some("10.0.0.0/99")), None);
        assert_eq!(cidr(Some("10.1.2.3")).map(|net| net.to_string()), Some("10.1.2.3/32".into()));
        assert_eq!(filled(Some(String::new())), None);
        assert_eq!(count(Some(-1)), 0);
        assert_eq!(port(Some(-1)), None);
        assert_eq!(time(Some(&DateTime::from_secs(i64::MAX))), None);
    }
}
