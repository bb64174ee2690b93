//! `ebrescue` diagnoses and repairs AWS Elastic Beanstalk environments that are stuck.
//!
//! The modules in the order the data flows; `tests/layering.rs` holds them to it:
//!
//! | module | what it is |
//! | --- | --- |
//! | [`world`] | what is: plain data, no I/O, no opinion |
//! | [`clock`] | what time it is, and waiting |
//! | [`aws`] | the only module that names an SDK type |
//! | [`collect`] | asking: fills a [`world::Snapshot`], decides nothing |
//! | [`reach`] | can a packet get there: the path, or every blocker at once |
//! | [`check`] | what is wrong: pure checks, findings with evidence |
//! | [`plan`] | what to do: actions, conditions, order, safety |
//! | [`playbook`] | recipes that order, restrain and add to a plan |
//! | [`operator`] | who decides: a person at a terminal, or a policy in a script |
//! | [`journal`] | what was done: an intent log, hash-chained |
//! | [`execute`] | doing: confirm, guard, journal, act, wait, verify; resume; undo |
//! | [`report`] | telling: text, Markdown, HTML, JSON |
//! | [`cli`] | arguments in, exit code out |
//! | [`sandbox`] | an AWS to practise on; shares nothing with the rest |
//!
//! Every file the program touches on disk: the state folder (`--state-dir`, else the XDG state
//! folder) with one folder a session; what `-o` names; `.elasticbeanstalk/config.yml`, playbooks,
//! plans and bundles, which it reads; and the AWS configuration, which the SDK reads.

pub mod aws;
pub mod check;
pub mod cli;
pub mod clock;
pub mod collect;
pub mod execute;
pub mod journal;
pub mod operator;
pub mod plan;
pub mod playbook;
pub mod reach;
pub mod report;
pub mod sandbox;
pub mod world;
