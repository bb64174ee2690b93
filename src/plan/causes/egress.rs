//! Ways out for instance subnets that have none.

use crate::check::{Finding, LostTable};
use crate::plan::draft::{Draft, Proposal};
use crate::plan::{Action, GatewayAction, NetworkAction, Ref, StepId};
use crate::world::network::{Destination, Target};
use crate::world::{InternetGatewayId, NatGatewayId, RouteTableId, SubnetId, VpcId};

use super::routes::{
    everywhere, lead, leading_table, nat_target, new_nat, own_table, public_subnet, restore,
    use_table,
};

/// Gives subnets a way out: the lost table as it was, else a sibling's table, else a route to a
/// NAT gateway that is there, else a new NAT gateway.
pub(super) fn give_way_out(
    draft: &mut Draft<'_>,
    finding: &Finding,
    vpc: &VpcId,
    subnets: &[SubnetId],
    lost: Option<&LostTable>,
    sibling: Option<&RouteTableId>,
) {
    if let Some(lost) = lost.filter(|lost| !lost.routes.is_empty()) {
        restore(draft, finding, vpc, lost, subnets);
        return;
    }
    let leading = sibling
        .cloned()
        .or_else(|| leading_table(draft.snapshot, vpc).map(|table| table.id.clone()));
    if let Some(table) = leading {
        for subnet in subnets {
            use_table(draft, finding, subnet, &Ref::Is(table.clone()), &[]);
        }
        draft.alternative(
            format!("A route of their own for {}", crate::plan::action::listed(subnets)),
            format!("{table} leads out already and is used by the sibling subnets."),
        );
        return;
    }
    let Some(target) = nat_target(draft, finding, vpc, subnets) else {
        draft.ask_person(
            "Whoever keeps the VPC must give it a public subnet with an internet gateway, or the instances' subnets another way out",
            "No NAT gateway of the VPC works, and no subnet leads to an internet gateway in which a new one could stand.",
        );
        return;
    };
    route_subnets(draft, finding, vpc, subnets, &target);
}

/// Gives each subnet a default route: in its own table if it has one, else in a new one. The main
/// table is left alone, because subnets that nobody thought of use it too.
fn route_subnets(
    draft: &mut Draft<'_>,
    finding: &Finding,
    vpc: &VpcId,
    subnets: &[SubnetId],
    target: &Ref<Target>,
) {
    let mut without = Vec::new();
    for subnet in subnets {
        match own_table(draft.snapshot, subnet) {
            Some((table, _)) if !table.is_main() => {
                let table = Ref::Is(table.id.clone());
                lead(draft, finding, &table, &everywhere(), target.clone());
            }
            Some(_) | None => without.push(subnet.clone()),
        }
    }
    if without.is_empty() {
        return;
    }
    let name = Some(format!("{}-private", draft.environment.name));
    let action = NetworkAction::CreateRouteTable { vpc: vpc.clone(), name };
    let made = draft.add_ground(Proposal::new(Action::Network(action), finding));
    let table = Ref::MadeBy(made.clone());
    let mut steps = vec![made];
    steps.extend(lead(draft, finding, &table, &everywhere(), target.clone()));
    for subnet in without {
        use_table(draft, finding, &subnet, &table, &steps);
    }
}

/// The main table lacks a route to the gateway that is attached.
pub(super) fn main_without_gateway(
    draft: &mut Draft<'_>,
    finding: &Finding,
    table: &RouteTableId,
    gateway: &InternetGatewayId,
    subnets: &[SubnetId],
) {
    let tables = draft.snapshot.network.route_tables.items();
    let specific = tables.iter().find(|own| {
        let leads = super::routes::default_route(own).is_some_and(|route| {
            !route.blackhole && route.target == Target::InternetGateway(gateway.clone())
        });
        !own.is_main() && leads
    });
    if let Some(specific) = specific {
        for subnet in subnets {
            use_table(draft, finding, subnet, &Ref::Is(specific.id.clone()), &[]);
        }
        draft.alternative(
            format!("A route to {gateway} in the main table {table}"),
            "It would make every subnet public that has no table of its own.",
        );
        return;
    }
    let target = Ref::Is(Target::InternetGateway(gateway.clone()));
    lead(draft, finding, &Ref::Is(table.clone()), &everywhere(), target);
}

/// A route leads to something that is gone.
pub(super) fn blackhole(
    draft: &mut Draft<'_>,
    finding: &Finding,
    tables: &[RouteTableId],
    destination: &Destination,
    gone: &Target,
    living: Option<&NatGatewayId>,
    public: Option<&SubnetId>,
) {
    let nat = matches!(gone, Target::NatGateway(_) | Target::Instance(_) | Target::Interface(_));
    let target = match (living, public) {
        (Some(nat), _) => Ref::Is(Target::NatGateway(nat.clone())),
        (None, Some(public)) if nat => Ref::MadeBy(new_nat(draft, finding, public)),
        (None, _) => {
            draft.ask_person(
                format!("Whoever keeps {gone} must bring it back, or say what takes its place"),
                format!("Routes for {destination} lead to it, and nothing that is there can take its place."),
            );
            return;
        }
    };
    for table in tables {
        lead(draft, finding, &Ref::Is(table.clone()), destination, target.clone());
    }
}

/// A NAT gateway does not work where it stands: another one in a public subnet takes its place.
pub(super) fn nat_elsewhere(
    draft: &mut Draft<'_>,
    finding: &Finding,
    nat: &NatGatewayId,
    stands_in: &SubnetId,
    public: Option<&SubnetId>,
    tables: &[RouteTableId],
) {
    let gateways = draft.snapshot.network.nat_gateways.items();
    let vpc = gateways.iter().find(|own| own.id == *nat).map(|own| own.vpc.clone());
    let living = vpc.as_ref().and_then(|vpc| super::routes::living_nat(draft.snapshot, vpc));
    let living = living.filter(|living| *living != nat).cloned();
    let here = [stands_in.clone()];
    let found = vpc.as_ref().and_then(|vpc| public_subnet(draft.snapshot, vpc, &here)).cloned();
    let target = match (living, public.cloned().or(found)) {
        (Some(living), _) => Ref::Is(Target::NatGateway(living)),
        (None, Some(public)) => Ref::MadeBy(new_nat(draft, finding, &public)),
        (None, None) if way_out_again(draft, finding, stands_in, tables) => return,
        (None, None) => {
            draft.ask_person(
                "Whoever keeps the VPC must give it a public subnet",
                format!(
                    "{nat} needs a subnet with a route to an internet gateway, and there is none."
                ),
            );
            return;
        }
    };
    for table in tables {
        lead(draft, finding, &Ref::Is(table.clone()), &everywhere(), target.clone());
    }
    draft.alternative(
        format!("Delete {nat} afterwards"),
        "Tidying up: it costs by the hour and serves nobody once no route names it.",
    );
}

/// Gives a NAT gateway's own subnet its way to the internet gateway again, where no subnet has one
/// any more; whether that could be planned. Never in a table that the instances' subnets use: it
/// would send their packets past the NAT gateway.
fn way_out_again(
    draft: &mut Draft<'_>,
    finding: &Finding,
    stands_in: &SubnetId,
    tables: &[RouteTableId],
) -> bool {
    let network = &draft.snapshot.network;
    let Some(subnet) = network.subnets.items().iter().find(|own| own.id == *stands_in) else {
        return false;
    };
    let gateways = network.internet_gateways.items();
    let gateway = gateways.iter().find(|own| own.vpc.as_ref() == Some(&subnet.vpc));
    let table = super::routes::used_table(draft.snapshot, subnet);
    let (Some(gateway), Some(table)) = (gateway, table) else { return false };
    if tables.contains(&table.id) || super::routes::default_route(table).is_some() {
        return false;
    }
    let (gateway, table) = (gateway.id.clone(), table.id.clone());
    let target = Ref::Is(Target::InternetGateway(gateway));
    lead(draft, finding, &Ref::Is(table), &everywhere(), target).is_some()
}

/// No internet gateway is attached: the one that was, else a new one.
pub(super) fn attach_gateway(
    draft: &mut Draft<'_>,
    finding: &Finding,
    vpc: &VpcId,
    gateway: Option<&InternetGatewayId>,
    tables: &[RouteTableId],
) -> StepId {
    if let Some(gateway) = gateway {
        let action = GatewayAction::Attach { gateway: Ref::Is(gateway.clone()), vpc: vpc.clone() };
        return draft.add_ground(Proposal::new(Action::Gateway(action), finding));
    }
    let name = Some(format!("{}-igw", draft.environment.name));
    let action = GatewayAction::CreateInternet { name };
    let made = draft.add_ground(Proposal::new(Action::Gateway(action), finding));
    let action = GatewayAction::Attach { gateway: Ref::MadeBy(made.clone()), vpc: vpc.clone() };
    let attached = draft.add_ground(Proposal::new(Action::Gateway(action), finding));
    for table in tables {
        let target: Ref<Target> = Ref::MadeBy(made.clone());
        let led = lead(draft, finding, &Ref::Is(table.clone()), &everywhere(), target);
        if let Some(step) = led.and_then(|id| draft.step_mut(&id)) {
            step.after.push(attached.clone());
        }
    }
    attached
}
