//! A shop without any way to the internet: its instances reach AWS by VPC endpoints alone.
//!
//! Interface endpoints for Elastic Beanstalk, its health service, CloudFormation, SQS and logs, a
//! gateway endpoint for S3, and no NAT gateway.

use super::parts::{SERVICES, endpoints, isolated, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "healthy", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = isolated(story.by("admin"), "shop");
    endpoints(story, &network, SERVICES);
    shop(story, &network, Vec::new());
}
