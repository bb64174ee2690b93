//! The pure parts: reachability, what blocks a stack's deletion, planning, the post-mortem.
//!
//! `cargo bench --bench pure` measures each at its stated size, and at half and double of it, and
//! ends with what every figure is held to: the limit at the stated size, and growth that is linear
//! or n log n. Figures of a debug build (`cargo bench --profile dev --bench pure`) are shown and
//! held to nothing but their growth.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench reads the clock and prints what it measured"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion};
use ebrescue::check;
use ebrescue::plan::{self, Wishes};
use ebrescue::reach;
use ebrescue::report::{Case, Postmortem, postmortem};
use ebrescue::world::network::{Association, Interface, RouteTable, SecurityGroup, Subnet};
use ebrescue::world::{LogicalId, Snapshot, StackResource, examples};

/// Work on a world that was made before.
type Work = Box<dyn Fn() -> usize>;

/// One pure part: its work at a size, and the limit at its stated size.
struct Part {
    name: &'static str,
    stated: usize,
    limit: Duration,
    at: fn(usize) -> Work,
}

const PARTS: [Part; 4] = [
    // Beside each 500 subnets: 200 route tables of 200 routes and 1,000 security groups.
    Part {
        name: "reach/subnets",
        stated: 500,
        limit: Duration::from_millis(50),
        at: |size| work(wide_network(size), reach_from_everywhere),
    },
    Part {
        name: "blockers/resources",
        stated: 10_000,
        limit: Duration::from_millis(100),
        at: |size| work(held_stack(size), blockers),
    },
    Part { name: "plan/subnets", stated: 500, limit: Duration::from_millis(10), at: planned },
    // The HTML and the Markdown of one report.
    Part {
        name: "report/events",
        stated: 20_000,
        limit: Duration::from_secs(1),
        at: |size| work(long_story(size), written),
    },
];

/// How much longer twice the size may take: 2 for linear, 2.2 for n log n at these sizes, and
/// what a noisy machine adds.
const GROWTH: f64 = 2.8;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    let mut wrong = Vec::new();
    for part in &PARTS {
        let mut group = criterion.benchmark_group(part.name);
        let mut shortest = Vec::new();
        for size in [part.stated / 2, part.stated, part.stated * 2] {
            let work = (part.at)(size);
            group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
                bencher.iter(|| black_box(work()));
            });
            shortest.push(best(&work));
        }
        group.finish();
        judge(part, &shortest, &mut wrong);
    }
    criterion.final_summary();
    assert!(wrong.is_empty(), "beyond their limits:\n{}", wrong.join("\n"));
}

/// The shortest of several runs: what the work takes when nothing else is in its way.
fn best(work: &Work) -> Duration {
    let once = || {
        let began = Instant::now();
        black_box(work());
        began.elapsed()
    };
    (0..9).map(|_| once()).min().unwrap_or_default()
}

fn judge(part: &Part, shortest: &[Duration], wrong: &mut Vec<String>) {
    let Part { name, stated, limit, .. } = part;
    let [half, full, double] = shortest else { return };
    let growth = |small: &Duration, large: &Duration| large.as_secs_f64() / small.as_secs_f64();
    let (first, second) = (growth(half, full), growth(full, double));
    let build = if cfg!(debug_assertions) { "debug" } else { "release" };
    println!(
        "{name} {stated}: {full:.2?} of {limit:?} ({build} build); doubled: x{first:.2}, x{second:.2}"
    );
    if !cfg!(debug_assertions) && full > limit {
        wrong.push(format!("{name}: {full:?}, limit {limit:?}"));
    }
    // Both doublings: one alone may have met somebody else's work on the machine.
    if first > GROWTH && second > GROWTH {
        wrong
            .push(format!("{name}: twice the size takes {first:.2} and {second:.2} times as long"));
    }
}

/// A VPC with so many subnets, for each 500 of them 200 route tables of 200 routes and 1,000
/// security groups.
fn wide_network(subnets: usize) -> Snapshot {
    let mut world = examples::healthy();
    let (tables, groups) = (subnets * 2 / 5, subnets * 2);
    let pattern = examples::subnet(&mut world, examples::PRIVATE[0]).clone();
    let names: Vec<String> = (0..subnets).map(|index| format!("subnet-{index:08x}")).collect();
    let more = names.iter().enumerate().map(|(index, name)| Subnet {
        id: name.as_str().into(),
        cidrs: vec![examples::cidr(&format!("10.{}.{}.0/24", index / 256, index % 256))],
        ..pattern.clone()
    });
    push(&mut world.network.subnets, more);
    let pattern = examples::table(&mut world, examples::PRIVATE_TABLE).clone();
    let more = (0..tables).map(|table| RouteTable {
        id: format!("rtb-{table:08x}").as_str().into(),
        routes: routes(&pattern),
        associations: (table..subnets).step_by(tables).map(|index| link(&names[index])).collect(),
        ..pattern.clone()
    });
    push(&mut world.network.route_tables, more);
    let pattern = examples::group(&mut world, examples::INSTANCE_GROUP).clone();
    let more = (0..groups).map(|index| SecurityGroup {
        id: format!("sg-{index:08x}").as_str().into(),
        ..pattern.clone()
    });
    push(&mut world.network.groups, more);
    examples::option(&mut world, "aws:ec2:vpc", "Subnets", Some(&names.join(",")));
    world
}

/// The routes of a table, and so many others that there are 200.
fn routes(pattern: &RouteTable) -> Vec<ebrescue::world::network::Route> {
    let others = (0..200 - pattern.routes.len())
        .map(|index| examples::route(&format!("172.16.{index}.0/24"), examples::PEERING));
    pattern.routes.iter().cloned().chain(others).collect()
}

fn link(subnet: &str) -> Association {
    Association {
        id: format!("rtbassoc-{subnet}").as_str().into(),
        subnet: Some(subnet.into()),
        gateway: None,
        main: false,
    }
}

fn reach_from_everywhere(world: &Snapshot) -> usize {
    let view = reach::View::new(world);
    let needs = reach::needs(world);
    let origins = reach::origins(world, &view).unwrap_or_default();
    let paths =
        origins.iter().flat_map(|from| needs.iter().map(|to| reach::reach(&view, from, to)));
    paths.filter(|path| path.blocks().is_empty()).count()
}

/// A stack that could not be deleted, and what holds its groups: of so many resources one in
/// twenty is a security group of the stack (a template has 500 resources at most), the others are
/// other teams' groups with a rule that names one of them, and interfaces that carry one.
// Source: CloudFormation user guide, quotas: 500 resources in a template.
fn held_stack(resources: usize) -> Snapshot {
    let mut world = examples::lost_route_table();
    let own = resources / 20;
    let foreign = (resources - own) / 2;
    let pattern = examples::group(&mut world, examples::INSTANCE_GROUP).clone();
    let own_id = |index: usize| format!("sg-0{:07x}", index % own);
    let groups = (0..own).map(|index| SecurityGroup {
        id: own_id(index).as_str().into(),
        ingress: Vec::new(),
        ..pattern.clone()
    });
    push(&mut world.network.groups, groups);
    let groups = (0..foreign).map(|index| SecurityGroup {
        id: format!("sg-f{index:07x}").as_str().into(),
        name: format!("reporting-{index}"),
        ingress: vec![examples::rule(&own_id(index), Some((5432, 5432)))],
        tags: Vec::new(),
        ..pattern.clone()
    });
    push(&mut world.network.groups, groups);
    let carrier = world.network.interfaces.items()[0].clone();
    let interfaces = (0..foreign).map(|index| Interface {
        id: format!("eni-{index:08x}").as_str().into(),
        groups: vec![own_id(index).as_str().into()],
        instance: None,
        tags: Vec::new(),
        ..carrier.clone()
    });
    push(&mut world.network.interfaces, interfaces);
    let stuck = (0..own).map(|index| StackResource {
        logical: LogicalId(format!("SecurityGroup{index}")),
        physical: Some(own_id(index)),
        kind: "AWS::EC2::SecurityGroup".into(),
        status: "DELETE_FAILED".into(),
        reason: Some(format!("resource {} has a dependent object", own_id(index))),
        at: Some(examples::ago(5)),
        drift: None,
    });
    push(&mut examples::stack(&mut world).resources, stuck);
    world
}

fn blockers(world: &Snapshot) -> usize {
    let of_stack = check::all().iter().filter(|check| check.code.0.starts_with("CFN-"));
    of_stack.filter_map(|check| (check.run)(world).ok()).map(|found| found.len()).sum()
}

/// The incident of the lost route table, in a VPC with so many subnets.
fn lost_routes(subnets: usize) -> Snapshot {
    let mut world = wide_network(subnets);
    let broken = examples::lost_route_table();
    world.trail = broken.trail;
    world.events = broken.events;
    examples::silent(&mut world);
    for table in world.network.route_tables.value_mut().into_iter().flatten() {
        if !table.is_main() && table.id.as_str() != examples::PUBLIC_TABLE {
            table
                .routes
                .retain(|route| matches!(route.target, ebrescue::world::network::Target::Local));
        }
    }
    world
}

/// An environment with so many events.
fn long_story(events: usize) -> Snapshot {
    let mut world = examples::lost_route_table();
    let pattern = world.events.items().first().cloned();
    let numbered = (0_i32..).zip(pattern.into_iter().cycle()).take(events);
    let more = numbered.map(|(number, mut event)| {
        event.at = examples::ago(150) + jiff::SignedDuration::from_millis(400) * number;
        event.message = format!("Added instance [i-{number:08x}] to your environment.");
        event
    });
    let more: Vec<_> = more.collect();
    push(&mut world.events, more.into_iter());
    world
}

fn written(world: &Snapshot) -> usize {
    let found = check::diagnose(world);
    let report = Postmortem::new(&Case {
        session: None,
        before: world,
        found: &found,
        altered: None,
        plan: None,
        after: None,
        program: "bench",
        notes: &[],
        mask_account: false,
    });
    postmortem::html(&report).len() + postmortem::markdown(&report).len()
}

fn planned(subnets: usize) -> Work {
    let world = lost_routes(subnets);
    let diagnosis = check::diagnose(&world);
    Box::new(move || {
        let plan = plan::plan(black_box(&world), &diagnosis, &Wishes::default());
        plan.map_or(0, |plan| plan.steps.len())
    })
}

fn work(world: Snapshot, run: fn(&Snapshot) -> usize) -> Work {
    Box::new(move || run(black_box(&world)))
}

fn push<T>(list: &mut ebrescue::world::Observed<Vec<T>>, more: impl Iterator<Item = T>) {
    if let Some(list) = list.value_mut() {
        list.extend(more);
    }
}
