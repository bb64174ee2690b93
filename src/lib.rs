//! `ebrescue` diagnoses and repairs AWS Elastic Beanstalk environments that are stuck.

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
