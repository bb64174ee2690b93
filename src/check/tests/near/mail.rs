//! Mail.

use super::super::others::{account, clue, mail};
use super::*;
use crate::world::{Clue, MailAccount, MailIdentity, Simulated};

/// An environment that sends mail, with this account at SES.
fn sending(account: MailAccount) -> Snapshot {
    let mut world = healthy();
    mail(&mut world, account, true);
    world
}

/// One more property with a clue.
fn with_clue(name: &str, clue_of_it: Clue) -> Snapshot {
    let mut world = sending(account());
    clue(&mut world, name, vec![clue_of_it]);
    world
}

fn key(prefix: &str) -> Clue {
    Clue::AccessKey { prefix: prefix.into(), last_four: "WXYZ".into() }
}

pub(super) const NEAR: &[Near] = &[
    near("SES-01", "a second identity awaits its verification, the first has it", |broken| {
        let mut world = sending(account());
        let identities = world.mail.identities.value_mut().unwrap();
        identities[0].verified = !broken;
        let waiting = MailIdentity {
            name: "news.shop.example".into(),
            verified: false,
            status: Some("PENDING".into()),
            ..identities[0].clone()
        };
        identities.push(waiting);
        world
    }),
    near("SES-01", "mail goes by somebody else's server", |broken| {
        let mut world = sending(MailAccount { production: false, ..account() });
        let host = Clue::Host { host: "smtp.mailgun.org".into() };
        if !broken {
            world.settings.value_mut().unwrap().properties.clear();
            clue(&mut world, "SMTP_HOST", vec![host]);
        }
        world
    }),
    near("SES-02", "the key that is switched off is the one before", |broken| {
        let mut world = with_clue("SMTP_USER", key("AKIA"));
        let (own, before) = if broken { ("Inactive", "Active") } else { ("Active", "Inactive") };
        let keys = vec![("WXYZ".into(), own.into()), ("ABCD".into(), before.into())];
        world.identity.access_keys = known("iam:ListAccessKeys", keys);
        world
    }),
    near("SES-03", "an account on probation goes on sending", |broken| {
        let enforcement = if broken { "SHUTDOWN" } else { "PROBATION" };
        sending(MailAccount { enforcement: Some(enforcement.into()), ..account() })
    }),
    other("SES-03", "it is an instance that was shut down", &["EB-24"], |broken| {
        launch_failed(if broken {
            "554 Message rejected: Account is paused"
        } else {
            "Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: Client.UserInitiatedShutdown: User initiated shutdown"
        })
    }),
    near("SES-04", "the other region's endpoint has verified identities of its own", |broken| {
        let mut world = sending(account());
        world.settings.value_mut().unwrap().properties.clear();
        let endpoint = Clue::SmtpEndpoint { region: "eu-west-1".into() };
        clue(&mut world, "SMTP_HOST", vec![endpoint]);
        let verified = vec![("eu-west-1".to_owned(), u32::from(!broken))];
        world.mail.elsewhere = known("sesv2:ListEmailIdentities", verified);
        world
    }),
    near("SES-05", "2587 is none of the ports that EC2 restricts", |broken| {
        with_clue("SMTP_PORT", Clue::Port { port: if broken { 25 } else { 2587 } })
    }),
    near("SES-05", "the mail server is a relay of the VPC's own", |broken| {
        let mut world = healthy();
        let host = if broken { "198.51.100.25" } else { "10.20.30.25" };
        let port = Clue::Port { port: 25 };
        clue(&mut world, "SMTP_SERVER", vec![Clue::Host { host: host.into() }, port]);
        world
    }),
    near("SES-06", "one mail may still be sent", |broken| {
        sending(MailAccount { sent: 50_000 - i64::from(!broken), ..account() })
    }),
    near("SES-07", "what the user may not do is no part of sending", |broken| {
        let mut world = sending(account());
        let action = if broken { "ses:SendRawEmail" } else { "ses:DeleteIdentity" };
        world.identity.simulated = known(
            "iam:SimulatePrincipalPolicy",
            vec![Simulated {
                principal: format!("arn:aws:iam::{ACCOUNT}:user/mailer").as_str().into(),
                action: action.into(),
                decision: "implicitDeny".into(),
            }],
        );
        world
    }),
    near("SES-08", "the temporary key is for sessions, not for SES", |broken| {
        with_clue(if broken { "SES_KEY_ID" } else { "SESSIONS_KEY_ID" }, key("ASIA"))
    }),
    near("SES-09", "the mail port is let out beside the web ports", |broken| {
        let mut world = sending(account());
        let ports = [(80, 443), (587, 587)];
        let open = if broken { &ports[..1] } else { &ports[..] };
        group(&mut world, INSTANCE_GROUP).egress =
            open.iter().map(|ports| rule("0.0.0.0/0", Some(*ports))).collect();
        world
    }),
    near("SES-10", "the MAIL FROM domain is being looked up", |broken| {
        let mut world = sending(account());
        let state = if broken { "FAILED" } else { "PENDING" };
        world.mail.identities.value_mut().unwrap()[0].mail_from = Some(state.into());
        world
    }),
];
