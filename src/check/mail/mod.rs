//! Checks of mail: SES, for environments that send any.

use crate::check::network::{filters, ids_of};
use crate::check::told::{Words, proven};
use crate::check::{Check, Evidence, Finding, MailFault, Role};
use crate::reach::{self, Destination, Outcome, View};
use crate::world::{Clue, Gap, MailAccount, Property, Snapshot, SubnetId};

use super::page;

/// The checks of this group, in the order of their codes.
pub(super) const CHECKS: &[Check] = &[
    page!("SES-01", "mail-not-verified", "mail-not-verified.md", not_verified),
    page!("SES-02", "mail-credentials", "mail-credentials.md", credentials),
    page!("SES-03", "mail-paused", "mail-paused.md", paused),
    page!("SES-04", "mail-region-mismatch", "mail-region-mismatch.md", region),
    page!("SES-05", "mail-port-25", "mail-port-25.md", port_25),
    page!("SES-06", "mail-quota", "mail-quota.md", quota),
    page!("SES-07", "mail-not-authorized", "mail-not-authorized.md", not_authorized),
    page!("SES-08", "mail-temporary-credentials", "mail-temporary-credentials.md", temporary),
    page!("SES-09", "mail-endpoint-unreachable", "mail-endpoint-unreachable.md", unreachable),
    page!("SES-10", "mail-configuration-set", "mail-configuration-set.md", configuration_set),
];

fn properties(world: &Snapshot) -> &[Property] {
    world.settings.value().map_or(&[], |settings| &settings.properties)
}

/// The region of the SMTP endpoint that a property names.
fn endpoint(world: &Snapshot) -> Option<(&str, &str)> {
    properties(world).iter().find_map(|property| {
        property.clues.iter().find_map(|clue| match clue {
            Clue::SmtpEndpoint { region } => Some((property.name.as_str(), region.as_str())),
            Clue::Port { .. }
            | Clue::AccessKey { .. }
            | Clue::HostedMongo
            | Clue::Host { .. }
            | Clue::Proxy => None,
        })
    })
}

/// Whether a property's name has SES as a word of its own: `AWS_SES_REGION`, and not `SESSION_KEY`.
fn names_ses(property: &Property) -> bool {
    property
        .name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| word.eq_ignore_ascii_case("ses"))
}

/// Whether the environment sends mail by SES, as its properties show. That it names a mail server or
/// a sender is no sign: most mail goes by others.
fn sends(world: &Snapshot) -> bool {
    endpoint(world).is_some() || properties(world).iter().any(names_ses)
}

fn is_about_mail(property: &Property) -> bool {
    let name = property.name.to_uppercase();
    names_ses(property) || ["SMTP", "MAIL"].iter().any(|word| name.contains(word))
}

/// What SES says of the account, for environments that send mail.
fn account(world: &Snapshot) -> Result<Option<&MailAccount>, Gap> {
    if !sends(world) {
        return Ok(None);
    }
    match world.mail.account.present() {
        Err(gap) if gap.needs.is_empty() => Ok(None),
        other => other,
    }
}

fn property_evidence(world: &Snapshot) -> Vec<Evidence> {
    let endpoint = endpoint(world);
    let tell = |(name, region): (&str, &str)| {
        let text = format!("{name} names the SMTP endpoint of {region}");
        Evidence::supporting(&world.settings, text)
    };
    endpoint.map(tell).into_iter().collect()
}

/// `SES-01`.
fn not_verified(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let Some(account) = account(world)? else { return Ok(Vec::new()) };
    let identities = world.mail.identities.items();
    let bad: Vec<String> =
        identities.iter().filter(|one| !one.verified).map(|one| one.name.clone()).collect();
    let none =
        world.mail.identities.value().is_some() && !identities.iter().any(|one| one.verified);
    if account.production && !none {
        return Ok(Vec::new());
    }
    let sandbox = !account.production;
    let title = if none {
        "No mail address or domain is verified in this region, so mail is rejected"
    } else {
        "The account is still in the mail sandbox, so mail goes to verified addresses only"
    };
    let kind = MailFault::NotVerified { sandbox, identities: bad.clone() };
    let finding = Finding::new(
        kind,
        Role::Cause,
        title,
        "In the sandbox both sender and recipient must be verified, each in the region that is used; 200 mails a day at most. Verifying in another region does not count. AWS takes an account out of the sandbox on request.",
    );
    let mut finding = finding
        .on(&bad)
        .weighing(70)
        .because(&world.mail.account, format!("ProductionAccessEnabled is {}", account.production))
        .with(property_evidence(world));
    if world.mail.identities.value().is_some() {
        let good = identities.len() - bad.len();
        let text = format!("{good} of {} identities are verified", identities.len());
        finding = finding.because(&world.mail.identities, text);
    }
    Ok(vec![finding])
}

/// `SES-02`.
fn credentials(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "SES-02",
        title: "The mail server refuses the user name and password",
        explanation: "SMTP wants its own credentials: the user name is an access key's id, the password is derived from its secret for the region. The secret itself, the IAM user's name or the console's password do not work, and a new key makes the old password invalid.",
        weight: 82,
    };
    let keys = world.identity.access_keys.items();
    let used = properties(world).iter().filter(|one| is_about_mail(one)).find_map(|property| {
        property.clues.iter().find_map(|clue| match clue {
            Clue::AccessKey { prefix, last_four } if prefix == "AKIA" => Some(last_four.clone()),
            Clue::AccessKey { .. }
            | Clue::SmtpEndpoint { .. }
            | Clue::Port { .. }
            | Clue::HostedMongo
            | Clue::Host { .. }
            | Clue::Proxy => None,
        })
    });
    let found = used.as_ref().and_then(|four| keys.iter().find(|(own, _)| own == four));
    let inactive = found.is_some_and(|(_, status)| status.eq_ignore_ascii_case("inactive"));
    let unlisted = used.is_some() && found.is_none() && !keys.is_empty();
    let kind = MailFault::Credentials { last_four: used.clone(), inactive };
    if !inactive && !unlisted {
        return proven(world, &words, |_| kind.clone().into());
    }
    let what = if inactive { "is switched off" } else { "does not exist in this account" };
    let text = format!("the access key ending in {} {what}", used.as_deref().unwrap_or_default());
    Ok(vec![
        Finding::new(kind, Role::Cause, words.title, words.explanation)
            .weighing(words.weight)
            .because(&world.identity.access_keys, text)
            .with(property_evidence(world)),
    ])
}

/// `SES-03`.
fn paused(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "SES-03",
        title: "Sending mail is paused for the whole account",
        explanation: "Either the account paused itself (an alarm on bounces), which it can undo, or AWS paused it after a review, which only answering AWS's case undoes. New credentials change nothing.",
        weight: 92,
    };
    let Some(account) = account(world)? else {
        let kind = MailFault::Paused { by_account: false, enforcement: None };
        return proven(world, &words, |_| kind.clone().into());
    };
    let by_aws = matches!(account.enforcement.as_deref(), Some("SHUTDOWN"));
    if account.sending && !by_aws {
        return Ok(Vec::new());
    }
    let enforcement = account.enforcement.clone();
    let kind = MailFault::Paused { by_account: !by_aws, enforcement: enforcement.clone() };
    let shown = enforcement.as_deref().unwrap_or("unknown");
    let text = format!("SendingEnabled is {}, EnforcementStatus is {shown}", account.sending);
    Ok(vec![
        Finding::new(kind, Role::Cause, words.title, words.explanation)
            .weighing(words.weight)
            .because(&world.mail.account, text)
            .with(property_evidence(world)),
    ])
}

/// `SES-04`.
fn region(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let Some((name, region)) = endpoint(world) else { return Ok(Vec::new()) };
    let here = world.region.as_str();
    let verified_here = world.mail.identities.items().iter().any(|one| one.verified);
    let elsewhere = world.mail.elsewhere.items();
    let with: Vec<String> = elsewhere
        .iter()
        .filter(|(_, verified)| *verified > 0)
        .map(|(region, _)| region.clone())
        .collect();
    let endpoint_has_some =
        if region == here { verified_here } else { with.iter().any(|own| own == region) };
    let somewhere_else = verified_here && region != here || with.iter().any(|own| own != region);
    if endpoint_has_some || !somewhere_else {
        return Ok(Vec::new());
    }
    let mut verified_in = with;
    if verified_here {
        verified_in.push(here.to_owned());
    }
    let kind =
        MailFault::RegionMismatch { endpoint: region.to_owned(), verified_in: verified_in.clone() };
    let finding = Finding::new(
        kind,
        Role::Cause,
        format!(
            "Mail is sent by {region}, but its senders are verified in {}",
            verified_in.join(", ")
        ),
        "Identities, SMTP credentials and the way out of the sandbox all belong to one region. The endpoint in the environment's properties is another region's.",
    );
    Ok(vec![
        finding
            .on([name])
            .weighing(88)
            .with(property_evidence(world))
            .because(&world.mail.identities, format!("verified in {}", verified_in.join(", "))),
    ])
}

/// The port that a property about mail names.
fn mail_ports(world: &Snapshot) -> Vec<(&str, u16)> {
    let about = properties(world).iter().filter(|property| is_about_mail(property));
    about
        .flat_map(|property| {
            property.clues.iter().filter_map(|clue| match clue {
                Clue::Port { port } => Some((property.name.as_str(), *port)),
                Clue::SmtpEndpoint { .. }
                | Clue::AccessKey { .. }
                | Clue::HostedMongo
                | Clue::Host { .. }
                | Clue::Proxy => None,
            })
        })
        .collect()
}

/// Whether a property about mail names a machine of a private network: a relay.
fn by_relay(world: &Snapshot) -> bool {
    let private = |clue: &Clue| {
        let Clue::Host { host } = clue else { return false };
        host.parse().is_ok_and(|ip: std::net::Ipv4Addr| ip.is_private() || ip.is_loopback())
    };
    let mut about = properties(world).iter().filter(|property| is_about_mail(property));
    about.any(|property| property.clues.iter().any(private))
}

/// `SES-05`.
fn port_25(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    // What EC2 restricts is port 25 of public addresses.
    if by_relay(world) {
        return Ok(Vec::new());
    }
    let names: Vec<String> = mail_ports(world)
        .into_iter()
        .filter(|(_, port)| *port == 25)
        .map(|(name, _)| name.to_owned())
        .collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let finding = Finding::new(
        MailFault::Port25 { properties: names.clone() },
        Role::Cause,
        "Mail is sent by port 25, which EC2 restricts",
        "EC2 slows or stops port 25 from all instances; opening it in a security group does not change that. SES answers on 587, 465, 2587 and 2465 too.",
    );
    let text = format!("{} names port 25", names.join(", "));
    Ok(vec![finding.on(&names).weighing(80).because(&world.settings, text)])
}

/// `SES-06`.
fn quota(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "SES-06",
        title: "The quota for mail is used up",
        explanation: "SES allows so many mails in 24 hours and a second. More are refused until the window moves on; a higher quota is asked for in the console, and mail should be tried again with growing pauses.",
        weight: 84,
    };
    let Some(account) = account(world)? else {
        return proven(world, &words, |_| MailFault::Quota { allowed: 0, sent: 0 }.into());
    };
    // -1 means no limit.
    if account.daily_quota < 0 || account.sent < account.daily_quota {
        return Ok(Vec::new());
    }
    let kind = MailFault::Quota { allowed: account.daily_quota, sent: account.sent };
    let text = format!("{} of {} mails were sent in 24 hours", account.sent, account.daily_quota);
    Ok(vec![
        Finding::new(kind, Role::Cause, words.title, words.explanation)
            .weighing(words.weight)
            .because(&world.mail.account, text)
            .with(property_evidence(world)),
    ])
}

/// `SES-07`.
fn not_authorized(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "SES-07",
        title: "The user that sends mail may not do so",
        explanation: "The SMTP user's policy, or the identity's own, does not allow ses:SendRawEmail for the sender.",
        weight: 84,
    };
    let denied = world.identity.simulated.items().iter().find(|one| {
        one.action.eq_ignore_ascii_case("ses:SendRawEmail") && one.decision != "allowed"
    });
    if let Some(simulated) = denied.filter(|_| sends(world)) {
        let text =
            format!("{}: {} is {}", simulated.principal, simulated.action, simulated.decision);
        return Ok(vec![
            Finding::new(MailFault::NotAuthorized {}, Role::Cause, words.title, words.explanation)
                .on([simulated.principal.as_str()])
                .weighing(words.weight)
                .because(&world.identity.simulated, text),
        ]);
    }
    proven(world, &words, |_| MailFault::NotAuthorized {}.into())
}

/// `SES-08`.
fn temporary(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let is_temporary =
        |clue: &Clue| matches!(clue, Clue::AccessKey { prefix, .. } if prefix == "ASIA");
    let names: Vec<String> = properties(world)
        .iter()
        .filter(|property| is_about_mail(property) && property.clues.iter().any(is_temporary))
        .map(|property| property.name.clone())
        .collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let finding = Finding::new(
        MailFault::TemporaryCredentials { properties: names.clone() },
        Role::Cause,
        "Temporary credentials are used for SMTP, which does not take them",
        "SES's SMTP interface takes long-term keys of an IAM user only. The instance role's credentials work with SES's API, not with SMTP.",
    );
    let text = format!("{} holds a temporary key (ASIA…)", names.join(", "));
    Ok(vec![finding.on(&names).weighing(86).because(&world.settings, text)])
}

/// `SES-09`.
fn unreachable(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let Some((_, region)) = endpoint(world) else { return Ok(Vec::new()) };
    let port = mail_ports(world).first().map_or(587, |(_, port)| *port);
    let view = View::new(world);
    // Another region's endpoint is a public host from here.
    let to = if region == world.region.as_str() && port == 587 {
        Destination::service("email-smtp")
    } else {
        Destination::internet("the SES mail endpoint", port)
    };
    let mut subnets: Vec<SubnetId> = Vec::new();
    let mut blocks = Vec::new();
    let mut drawn = Vec::new();
    for from in reach::origins(world, &view)? {
        let path = reach::reach(&view, &from, &to);
        if let Outcome::Blocked(own) = &path.outcome {
            drawn.push(path.draw());
            subnets.push(from.subnet.clone());
            blocks.extend(own.iter().cloned());
        }
    }
    if subnets.is_empty() {
        return Ok(Vec::new());
    }
    let blocks = filters(blocks);
    let kind =
        MailFault::EndpointUnreachable { subnets: subnets.clone(), port, blocks: blocks.clone() };
    let mut finding = Finding::new(
        kind,
        Role::Cause,
        "The instances cannot reach the mail server",
        "Mail needs a way out on its port: by NAT, or by an endpoint for email-smtp in the VPC; and security groups and network ACLs must let it pass.",
    )
    .on(&subnets)
    .on(ids_of(&blocks))
    .weighing(78)
    .with(property_evidence(world));
    for line in drawn.into_iter().take(2) {
        finding = finding.because(&world.network.route_tables, line);
    }
    Ok(vec![finding])
}

/// `SES-10`.
fn configuration_set(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "SES-10",
        title: "A configuration set or the MAIL FROM domain does not exist or is not verified",
        explanation: "The application names a configuration set that SES does not know, or the sender's MAIL FROM domain has lost its DNS records. The name or the DNS has to be put right.",
        weight: 76,
    };
    let failed = world.mail.identities.items().iter().find(|one| {
        one.mail_from.as_deref().is_some_and(|state| state.eq_ignore_ascii_case("failed"))
    });
    if let Some(identity) = failed.filter(|_| sends(world)) {
        let what = format!("the MAIL FROM domain of {}", identity.name);
        return Ok(vec![
            Finding::new(
                MailFault::ConfigurationSet { what: what.clone() },
                Role::Cause,
                words.title,
                words.explanation,
            )
            .on([identity.name.as_str()])
            .weighing(words.weight)
            .because(&world.mail.identities, format!("{what} is FAILED")),
        ]);
    }
    proven(world, &words, |hit| MailFault::ConfigurationSet { what: hit.text.clone() }.into())
}
