//! Elastic Beanstalk: applications, environments, platforms.
//!
//! An environment is a CloudFormation stack, made from a template that its option settings are
//! written into ([`template`]). Operations ([`operation`]) go through stages, looked after every
//! few simulated seconds; what the stack does is told as events on the way ([`narrate`]).
//! Instances have agents ([`agent`]) that report if, and only if, the network lets them; health
//! ([`health`]) follows from what is reported, and from nothing else.

mod agent;
mod application;
mod attributes;
mod bundle;
mod compose;
mod configuration;
mod environment;
mod event;
mod find;
pub mod health;
mod information;
mod managed;
mod name;
mod narrate;
mod neighbour;
mod operation;
mod options;
pub mod platform;
mod reach;
mod resource;
mod tag;
mod template;
mod version;
mod watch;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use super::ec2::{Image, image};
use super::{Account, Answer, Call, Fault};

pub use agent::{Agent, Boot};
pub use application::Application;
pub use bundle::Bundle;
pub use environment::{Color, Environment, HealthStatus, Status};
pub use event::{Event, Severity};
pub use health::{answering, page};
pub use operation::Operation;
pub use version::Version;
pub use watch::stir;

/// Handlers of this service.
type Handler = fn(&mut Account, &Call) -> Answer;

/// The environments of a region, and what belongs to them.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Beanstalk {
    /// Applications, by name.
    pub applications: BTreeMap<String, Application>,
    /// Environments by id, the terminated ones too.
    pub environments: BTreeMap<String, Environment>,
    /// What happened, oldest first.
    pub events: Vec<Event>,
    /// ARNs of platform versions that an environment of the account has had.
    pub platforms_used: BTreeSet<String>,
    /// Tags by ARN.
    pub tags: BTreeMap<String, BTreeMap<String, String>>,
    /// Whether the region has Elastic Beanstalk's bucket.
    pub has_bucket: bool,
    /// Whether the region has the platforms' images.
    furnished: bool,
    /// Until when environments are watched closely, because something changed.
    stirred: Option<Timestamp>,
}

/// Answers a call to this service.
pub(super) fn handle(account: &mut Account, call: &Call) -> Answer {
    let handler = handler(&call.operation).ok_or_else(|| Fault::invalid_action(&call.operation))?;
    furnish(account);
    handler(account, call)
}

/// Gives a region the images of the platforms.
fn furnish(account: &mut Account) {
    if account.here.beanstalk.furnished {
        return;
    }
    account.here.beanstalk.furnished = true;
    let now = account.now();
    for (id, name) in platform::images(&account.region) {
        image::register(account, Image::of_amazon(&id, &name, "x86_64", now));
    }
}

fn handler(operation: &str) -> Option<Handler> {
    const FAMILIES: [fn(&str) -> Option<Handler>; 14] = [
        application::handler,
        version::handler,
        environment::handler,
        operation::handler,
        event::handler,
        health::handler,
        configuration::handler,
        options::handler,
        platform::handler,
        managed::handler,
        information::handler,
        tag::handler,
        attributes::handler,
        compose::handler,
    ];
    FAMILIES.iter().find_map(|family| family(operation)).or_else(|| resource::handler(operation))
}
