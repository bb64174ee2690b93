//! What worlds are made of: networks, roles, applications, environments.

mod environment;
mod network;
mod people;
mod shop;

pub(super) use environment::{
    New, Options, application, environment, option, platform, settings, version,
};
pub(super) use network::{Network, endpoints, hosted_database, private, public};
pub(super) use people::roles;
pub(super) use shop::{open, shop};
