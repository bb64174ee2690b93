//! The examples below the help of each command.

pub(super) const DIAGNOSE: &str = "\
Examples:
  ebrescue diagnose shop-prod                        what is wrong, and what would repair it
  ebrescue diagnose shop-prod --format json          the same for a program
  ebrescue diagnose --sandbox lost-route-table       practise on a simulated incident";

pub(super) const REPAIR: &str = "\
Examples:
  ebrescue repair shop-prod                          one question for each action
  ebrescue repair shop-prod --dry-run                go through everything, change nothing
  ebrescue repair shop-prod --approve safe           in a script: only what nobody notices";

pub(super) const PLAN: &str = "\
Examples:
  ebrescue plan shop-prod -o plan.json               save it for review
  ebrescue plan --bundle evidence.json               plan without credentials";

pub(super) const APPLY: &str = "\
Examples:
  ebrescue apply plan.json                           one question for each action
  ebrescue apply plan.json --approve-action a1       only this one, without a question";

pub(super) const RESUME: &str = "\
Examples:
  ebrescue resume                                    the latest that is unfinished
  ebrescue resume --approve disruptive               with more approved than before";

pub(super) const UNDO: &str = "\
Examples:
  ebrescue undo                                      the latest session, newest action first";

pub(super) const REPORT: &str = "\
Examples:
  ebrescue report --format html -o incident.html     with pictures
  ebrescue report --note \"The shop was down 5 h\"     add a fact by hand";

pub(super) const SESSIONS: &str = "\
Examples:
  ebrescue sessions
  ebrescue sessions --format json";

pub(super) const VERIFY: &str = "\
Examples:
  ebrescue verify                                    the latest session
  ebrescue verify --format json";

pub(super) const PIN: &str = "\
Examples:
  ebrescue pin shop-prod                             the last version that worked
  ebrescue pin shop-prod --platform 6.4.3            this one";

pub(super) const POLICY: &str = "\
Examples:
  ebrescue policy --read-only                        what looking needs
  ebrescue policy --plan plan.json > policy.json     what this plan needs";

pub(super) const SCAN: &str = "\
Examples:
  ebrescue scan                                      the region's environments, worst first
  ebrescue scan --all-regions --format json          everywhere, for a program";

pub(super) const CAPTURE: &str = "\
Examples:
  ebrescue capture shop-prod -o evidence.json
  ebrescue diagnose --bundle evidence.json           later, elsewhere, without credentials";

pub(super) const EXPLAIN: &str = "\
Examples:
  ebrescue explain NET-03
  ebrescue explain route-blackhole";

pub(super) const PLAYBOOK: &str = "\
Examples:
  ebrescue playbook show stuck-environment
  ebrescue playbook lint own.yaml
  ebrescue playbook export --format ssm stuck-environment > document.json";

pub(super) const SANDBOX: &str = "\
Examples:
  ebrescue sandbox list
  ebrescue sandbox serve lost-route-table            for the aws and eb commands, too";

pub(super) const MAN: &str = "\
Examples:
  ebrescue man | man -l -";
