//! What worlds are made of: networks, roles, applications, environments.

mod environment;
mod network;
mod people;
mod shop;

pub(super) use environment::{
    New, Options, application, begin, change, deploy, end_instance, environment, instances, option,
    platform, settings, terminate, version,
};
pub(super) use network::{
    Network, SERVICES, close_egress, endpoints, hosted_database, isolated, main_table,
    nat_instance, private, public, subnet_acl, transit_egress,
};
pub(super) use people::roles;
pub(super) use shop::{
    amend_stack, begin_shop, coupled_shop, mailing_shop, mailing_shop_with, open, peered_shop,
    shop, stack_of, worker,
};
