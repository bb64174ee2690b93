//! Links to the AWS console behind identifiers, where a terminal knows them (OSC 8).
//!
//! Added to finished text, so that no layout has to know of them.

use crate::world::Region;

/// Where the console shows one sort of resource: how its identifiers begin, the console's part,
/// and the place within it.
///
/// Source: the addresses that the AWS console itself shows for these pages.
const PAGES: &[(&str, &str, &str)] = &[
    ("e-", "elasticbeanstalk", "/environment/dashboard?environmentId="),
    ("i-", "ec2", "InstanceDetails:instanceId="),
    ("sg-", "ec2", "SecurityGroup:groupId="),
    ("eni-", "ec2", "NetworkInterface:networkInterfaceId="),
    ("vpc-", "vpcconsole", "VpcDetails:VpcId="),
    ("rtb-", "vpcconsole", "RouteTableDetails:RouteTableId="),
    ("subnet-", "vpcconsole", "SubnetDetails:subnetId="),
    ("nat-", "vpcconsole", "NatGatewayDetails:natGatewayId="),
    ("igw-", "vpcconsole", "InternetGateway:internetGatewayId="),
    ("acl-", "vpcconsole", "NetworkAclDetails:networkAclId="),
    ("vpce-", "vpcconsole", "EndpointDetails:vpcEndpointId="),
];

/// The text with a link behind every whole identifier that the console has a page for.
pub fn linked(text: &str, region: &Region) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        // An escape sequence is copied as it is; its last letter must not join a word.
        let length = if first == '\u{1b}' { sequence(rest) } else { word(rest) };
        let (part, after) = rest.split_at(length.max(first.len_utf8()));
        match page(part, region) {
            Some(address) => {
                out.push_str(&format!("\u{1b}]8;;{address}\u{1b}\\{part}\u{1b}]8;;\u{1b}\\"));
            }
            None => out.push_str(part),
        }
        rest = after;
    }
    out
}

/// How long the escape sequence is that a text begins with (`ESC [ … letter`).
fn sequence(text: &str) -> usize {
    let end = text.char_indices().skip(2).find(|(_, c)| c.is_ascii_alphabetic());
    end.map_or(text.len(), |(index, c)| index + c.len_utf8())
}

/// How long the word is that a text begins with; nothing where it begins with something else.
fn word(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(text.len())
}

/// The console's page for an identifier.
fn page(word: &str, region: &Region) -> Option<String> {
    let region = region.as_str();
    let (_, part, place) = PAGES.iter().find(|(begins, ..)| {
        word.strip_prefix(begins).is_some_and(|rest| is_identifier(begins, rest))
    })?;
    // Source: the AWS General Reference's partitions: China and GovCloud have consoles apart.
    let domain = match region {
        _ if region.starts_with("cn-") => "console.amazonaws.cn",
        _ if region.starts_with("us-gov-") => "console.amazonaws-us-gov.com",
        _ => "console.aws.amazon.com",
    };
    Some(format!("https://{region}.{domain}/{part}/home?region={region}#{place}{word}"))
}

/// Whether what follows the beginning is that of a whole identifier: 8 or 17 hexadecimal digits,
/// or ten letters and digits of Elastic Beanstalk's.
fn is_identifier(begins: &str, rest: &str) -> bool {
    if begins == "e-" {
        let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        return rest.len() == 10 && rest.chars().all(fine);
    }
    (rest.len() == 8 || rest.len() == 17) && rest.chars().all(|c| c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        linked(text, &"us-west-2".into())
    }

    #[test]
    fn a_whole_identifier_gets_a_link_and_the_text_stays() {
        let text = shown("see rtb-0123456789abcdef0, please");
        let address = "https://us-west-2.console.aws.amazon.com/vpcconsole/home?region=us-west-2\
                       #RouteTableDetails:RouteTableId=rtb-0123456789abcdef0";
        let link = format!("\u{1b}]8;;{address}\u{1b}\\rtb-0123456789abcdef0\u{1b}]8;;\u{1b}\\");
        assert_eq!(text, format!("see {link}, please"));
    }

    #[test]
    fn a_colour_just_before_does_not_hide_one() {
        assert!(shown("\u{1b}[36me-mw4kzq2ptx\u{1b}[0m").contains("environmentId=e-mw4kzq2ptx"));
    }

    #[test]
    fn what_only_looks_like_one_stays_as_it_is() {
        for text in ["awseb-e-mw4kzq2ptx-stack", "rtb-07f1", "e-mail", "i-am", "größe rtb-"] {
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn china_has_a_console_of_its_own() {
        let text = linked("i-0123456789abcdef0", &"cn-north-1".into());
        assert!(text.contains("https://cn-north-1.console.amazonaws.cn/ec2/"), "{text}");
    }
}
