//! Scenarios: accounts with a story, each a short file that builds a healthy world through the
//! API and breaks it.
//!
//! A file's own docs are its story, told by `sandbox list`. Nothing but the file knows the
//! scenario's name: what follows from its calls follows by the sandbox's rules.

pub mod estate;
mod parts;
#[cfg(test)]
mod repairs;
mod story;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use super::Account;
pub use story::Story;

/// One scenario.
#[derive(Debug)]
pub struct Scenario {
    /// The file's name, with underscores.
    module: &'static str,
    /// The file's text, whose docs are the story.
    source: &'static str,
    /// What it is about.
    pub about: About,
    build: fn(&mut Story),
}

/// What a scenario is about.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The group of the incident catalogue: `network`, `healthy`, and so on.
    pub group: &'static str,
    /// The region everything is in.
    pub region: &'static str,
    /// The environment it is about.
    pub environment: &'static str,
    /// How long before now the story begins: `3d`.
    pub begins: &'static str,
}

impl Scenario {
    /// Its name, `lost-route-table`.
    pub fn name(&self) -> String {
        self.module.replace('_', "-")
    }

    /// The first sentence of its story.
    pub fn summary(&self) -> String {
        self.story().lines().next().unwrap_or_default().to_owned()
    }

    /// Its story, as its file tells it.
    pub fn story(&self) -> String {
        let lines = self.source.lines().map_while(|line| line.strip_prefix("//!"));
        lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
    }

    /// Builds its account, so that the story ends now.
    pub fn build(&self, now: Timestamp) -> Account {
        let mut story = Story::begin(self.about.region, now, self.about.begins);
        (self.build)(&mut story);
        story.end()
    }
}

/// The scenario with a name.
pub fn find(name: &str) -> Option<&'static Scenario> {
    all().iter().find(|scenario| scenario.name() == name)
}

macro_rules! scenarios {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*

        /// Every scenario, the healthy ones first.
        pub fn all() -> &'static [Scenario] {
            const ALL: &[Scenario] = &[$(Scenario {
                module: stringify!($module),
                source: include_str!(concat!(stringify!($module), ".rs")),
                about: $module::ABOUT,
                build: $module::build,
            }),*];
            ALL
        }
    };
}

scenarios!(
    healthy,
    healthy_public,
    healthy_single_instance,
    healthy_endpoints_only,
    healthy_nat_instance,
    healthy_transit_gateway,
    healthy_main_table,
    healthy_worker,
    healthy_peered_database,
    healthy_classic_balancer,
    healthy_network_balancer,
    lost_route_table,
    nat_deleted,
    launch_without_route,
    one_subnet_without_nat,
    nat_in_private_subnet,
    public_route_deleted,
    gateway_detached,
    instances_without_public_address,
    acl_blocks_https,
    acl_blocks_answers,
    group_without_egress,
    health_endpoint_deleted,
    endpoint_without_private_names,
    endpoint_policy_denies,
    endpoint_group_closed,
    names_switched_off,
    balancer_in_one_zone,
    foreign_rule_blocks_termination,
    interface_holds_group,
    balancer_protected,
    stack_protected,
    stack_deleted,
    scheduled_actions_block_update,
    rollback_failed,
    properties_too_long,
    update_without_end,
    launch_without_end,
    service_role_deleted,
    instance_profile_missing,
    instances_hang,
    command_timeout,
    half_deployed,
    balancer_deleted,
    scaling_group_deleted,
    scaled_to_zero,
    launching_suspended,
    terminated_by_mistake,
    leftover_immutable_stack,
    newest_platform_breaks_the_shop,
    image_deregistered,
    vcpu_quota,
    no_capacity_in_zone,
    type_not_in_zone,
    addresses_used_up,
    profile_without_role,
    role_does_not_trust,
    repairer_may_not_route,
    health_check_path_wrong,
    deployment_fails,
    application_fails,
    key_pair_deleted,
    peering_route_missing,
    peering_deleted,
    database_port_closed,
    peering_overlaps,
    platform_branch_retired,
    managed_update_reverted,
    organization_denies,
    export_in_use,
    nested_stack_stuck,
    neither_abort_nor_terminate,
    database_deleted,
    database_protected,
    database_at_stake,
    mail_account_in_sandbox,
    mail_sender_not_verified,
    mail_sending_paused,
    mail_port_closed,
    mail_key_switched_off,
    mail_from_another_region,
);
