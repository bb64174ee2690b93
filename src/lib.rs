//! `ebrescue` diagnoses and repairs AWS Elastic Beanstalk environments that are stuck.

pub mod sandbox;
pub mod world;
