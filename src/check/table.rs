//! The table of all checks, in the order in which they are asked.

use std::sync::LazyLock;

use super::{
    Check, application, capacity, mail, network, peering, permission, platform, stack, state,
};

/// All checks: what keeps a stack from going on and packets from getting there first, then what
/// Elastic Beanstalk, the platform, capacity, permissions and the application add, and last what
/// stands beside the environment.
static ALL: LazyLock<Vec<Check>> = LazyLock::new(|| {
    let groups: [&[Check]; 9] = [
        network::CHECKS,
        stack::CHECKS,
        state::CHECKS,
        platform::CHECKS,
        capacity::CHECKS,
        permission::CHECKS,
        application::CHECKS,
        mail::CHECKS,
        peering::CHECKS,
    ];
    groups.concat()
});

/// All checks.
pub fn all() -> &'static [Check] {
    &ALL
}

/// The check of a code, in any case: `net-03`; or by its name, `route-blackhole`.
pub fn by_code(code: &str) -> Option<&'static Check> {
    ALL.iter().find(|check| {
        check.code.0.eq_ignore_ascii_case(code) || check.name.eq_ignore_ascii_case(code)
    })
}
