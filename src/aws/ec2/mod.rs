//! EC2: the VPC and what is in it, instances and what they are launched from.

mod addresses;
mod gateways;
mod groups;
mod instances;
mod interfaces;
mod launch;
mod routes;
mod tags;
mod vpc;

use aws_sdk_ec2::types::Filter;

use crate::world::VpcId;

/// More pages than any VPC's list has; a bound, not a limit that anybody should meet.
const ALL: usize = 200;

/// A filter for one name and any of the values.
fn filter(name: &str, values: impl IntoIterator<Item = impl Into<String>>) -> Filter {
    let values = values.into_iter().map(Into::into).collect();
    Filter::builder().name(name).set_values(Some(values)).build()
}

/// The filter for one VPC, or none for the whole region.
fn of_vpc(vpc: Option<&VpcId>) -> Option<Vec<Filter>> {
    vpc.map(|vpc| vec![filter("vpc-id", [vpc.as_str()])])
}
