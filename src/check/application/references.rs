//! `APP-08`, `APP-10` and `APP-11`: what the application or its instances refer to.

use std::collections::BTreeSet;

use crate::check::situation::Situation;
use crate::check::told::{between, word};
use crate::check::{ApplicationFault, Finding, Role, messages, trail};
use crate::reach::{self, View};
use crate::world::network::{GroupRule, Peer};
use crate::world::{Clue, Database, Gap, GroupId, Snapshot};

/// What the launch template names and is not there.
fn dangling(world: &Snapshot) -> Option<(&'static str, String)> {
    let template = world.compute.launch_templates.items().first();
    let key = template.and_then(|one| one.key_name.clone()).or_else(|| {
        let all = world.settings.value()?;
        all.get("aws:autoscaling:launchconfiguration", "EC2KeyName").map(str::to_owned)
    });
    if let (Some(key), Some(known)) = (key, world.compute.key_pairs.value())
        && !known.contains(&key)
    {
        return Some(("key-pair", key));
    }
    let known = world.network.groups.value()?;
    let gone = template?.groups.iter().find(|id| !known.iter().any(|group| group.id == **id))?;
    (!known.is_empty()).then(|| ("security-group", gone.to_string()))
}

/// `APP-08`.
pub(super) fn gone(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::proofs(world, "APP-08");
    let by_text = told.first().map(|hit| {
        let text = &hit.text;
        if let Some(name) = between(text, "key pair ", " does not") {
            ("key-pair", name.to_owned())
        } else if let Some(name) = between(text, "security group ", " does not") {
            ("security-group", name.to_owned())
        } else {
            ("launch-template", word(text, "lt-").unwrap_or_default().to_owned())
        }
    });
    let deleting =
        Situation::of(world).stack_status().is_some_and(|status| status.starts_with("DELETE"));
    let failed = world.scaling.activities.items().iter().any(|one| one.status == "Failed");
    let seen = dangling(world).filter(|_| failed && !Situation::of(world).is_well() && !deleting);
    let waiting =
        dangling(world).filter(|_| !failed && !deleting && !Situation::of(world).is_terminated());
    let (what, name, role) = match (by_text.or(seen), waiting) {
        (Some((what, name)), _) => (what, name, Role::Cause),
        (None, Some((what, name))) => (what, name, Role::Risk),
        (None, None) => return Ok(Vec::new()),
    };
    let thing = match what {
        "key-pair" => "key pair",
        "security-group" => "security group",
        _ => "launch template",
    };
    let title = if role == Role::Cause {
        format!("No instance can be launched: the {thing} it needs was deleted")
    } else {
        format!("The next launch will fail: the {thing} it needs was deleted")
    };
    let kind = ApplicationFault::LaunchReferenceGone { what: what.to_owned(), name: name.clone() };
    let finding = Finding::new(
        kind,
        role,
        title,
        "What instances are launched with names something that is not there any more. The environment has to name another one, or none; a launch template that is gone comes back only with a rebuild.",
    );
    let calls = ["DeleteKeyPair", "DeleteSecurityGroup", "DeleteLaunchTemplate"];
    let finding = finding.on([name.as_str()]).weighing(94).with(messages::evidence(&told));
    let finding = if what == "key-pair" {
        finding.because(&world.compute.key_pairs, format!("there is no key pair {name}"))
    } else {
        finding.because(&world.compute.launch_templates, format!("{name} is named and not there"))
    };
    Ok(vec![finding.brought_about(trail::trigger(world, &calls, [name.as_str()]))])
}

/// So many messages may wait before it counts; Elastic Beanstalk itself has no fixed mark.
// A worker with nothing wrong has a handful; its health turns Warning by its own measure.
const WAITING: u64 = 100;

/// `APP-10`.
pub(super) fn queue(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let tier = world.environment.value().and_then(|own| own.tier.as_deref());
    let worker = tier.is_some_and(|tier| tier.eq_ignore_ascii_case("worker"));
    let told = messages::proofs(world, "APP-10");
    let queues = world.surroundings.queues.items();
    let (mut waiting, mut dead) = (0, 0);
    for (_, one, other) in queues {
        waiting += one;
        dead += other;
    }
    let well = Situation::of(world).is_well();
    let behind = worker && (dead > 0 || waiting >= WAITING) && !well;
    if told.is_empty() && !behind {
        if worker {
            world
                .surroundings
                .queues
                .present()
                .or_else(|gap| if gap.needs.is_empty() { Ok(None) } else { Err(gap) })?;
        }
        return Ok(Vec::new());
    }
    let finding = Finding::new(
        ApplicationFault::WorkerQueue { waiting, dead },
        Role::Cause,
        "The worker does not keep up with its queue, or fails on messages",
        "Messages wait, or have failed so often that they were put aside (dead-letter queue). The worker answers other than 200, is too slow, or has too few instances.",
    );
    let urls = queues.iter().map(|(url, ..)| url);
    Ok(vec![finding.on(urls).weighing(80).with(messages::evidence(&told)).because(
        &world.surroundings.queues,
        format!("{waiting} messages wait, {dead} were put aside"),
    )])
}

/// Ports that databases usually listen on, by engine.
fn default_port(engine: Option<&str>) -> u16 {
    match engine.unwrap_or_default() {
        engine if engine.contains("postgres") => 5432,
        engine if engine.contains("sqlserver") => 1433,
        engine if engine.contains("oracle") => 1521,
        _ => 3306,
    }
}

/// `APP-11`.
pub(super) fn database(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let view = View::new(world);
    let groups_known = world.network.groups.present()?.is_some();
    let databases = world.databases.instances.present()?.map_or(&[][..], Vec::as_slice);
    let from: BTreeSet<GroupId> =
        reach::origins(world, &view)?.into_iter().flat_map(|origin| origin.groups).collect();
    let mut findings = Vec::new();
    for database in databases.iter().filter(|one| groups_known && is_ours(world, one)) {
        let port = database.port.unwrap_or_else(|| default_port(database.engine.as_deref()));
        let read = database.groups.iter().all(|id| view.group(id).is_some());
        if from.is_empty() || database.groups.is_empty() || !read {
            continue;
        }
        if !admits(&view, world, database, port, &from) {
            findings.push(unreachable(world, database, port, &from));
        }
    }
    Ok(findings)
}

/// Whether the environment uses a database: it is coupled, or a property names its host.
fn is_ours(world: &Snapshot, database: &Database) -> bool {
    let coupled = Situation::of(world).stack().and_then(|facts| facts.physical("AWSEBRDSDatabase"));
    let host = database.host.as_deref();
    let named = world.settings.value().is_some_and(|all| {
        all.properties.iter().flat_map(|property| &property.clues).any(|clue| match clue {
            Clue::Host { host: own } => Some(own.as_str()) == host,
            Clue::SmtpEndpoint { .. }
            | Clue::Port { .. }
            | Clue::AccessKey { .. }
            | Clue::HostedMongo
            | Clue::Proxy => false,
        })
    });
    coupled == Some(database.id.as_str()) || named
}

fn admits(
    view: &View<'_>,
    world: &Snapshot,
    database: &Database,
    port: u16,
    from: &BTreeSet<GroupId>,
) -> bool {
    let subnets = reach::instance_subnets(world).unwrap_or_default();
    let blocks: Vec<ipnet::IpNet> = subnets
        .iter()
        .filter_map(|id| view.subnet(id))
        .flat_map(|subnet| subnet.cidrs.iter().copied())
        .filter(|block| block.addr().is_ipv4())
        .collect();
    let lets_in = |rule: &GroupRule| {
        let protocol = matches!(rule.protocol.as_str(), "-1" | "all" | "tcp" | "6");
        let ports = rule.protocol == "-1"
            || rule.ports.is_none_or(|(first, last)| first <= port && port <= last);
        let peer = match &rule.peer {
            Peer::Group(group) => from.contains(group),
            // Part of the subnets, or single addresses, may be just the instances' ones.
            Peer::Cidr(net) => {
                blocks.iter().any(|block| net.contains(block) || block.contains(net))
                    || net.prefix_len() == 0
            }
            Peer::PrefixList(_) => true,
        };
        protocol && ports && peer
    };
    // From another VPC the addresses are not those of the subnets when it goes over the internet.
    let elsewhere = database.vpc.as_ref().is_some_and(|vpc| {
        subnets.first().and_then(|id| view.subnet(id)).is_some_and(|subnet| subnet.vpc != *vpc)
    });
    elsewhere
        || database
            .groups
            .iter()
            .filter_map(|id| view.group(id))
            .flat_map(|group| &group.ingress)
            .any(lets_in)
}

fn unreachable(
    world: &Snapshot,
    database: &Database,
    port: u16,
    from: &BTreeSet<GroupId>,
) -> Finding {
    let kind = ApplicationFault::DatabaseUnreachable {
        database: database.id.clone(),
        port,
        groups: database.groups.clone(),
        from: from.iter().cloned().collect(),
    };
    let finding = Finding::new(
        kind,
        Role::Cause,
        "The database does not admit the instances",
        "None of the database's security groups has a rule that lets the instances in on its port. A group of their own, shared by instances and named by the database, is better than naming the environment's group: that one blocks a later termination.",
    );
    let from: Vec<&str> = from.iter().map(GroupId::as_str).collect();
    let groups: Vec<&str> = database.groups.iter().map(GroupId::as_str).collect();
    let text =
        format!("no rule of {} admits tcp {port} from {}", groups.join(", "), from.join(", "));
    let calls = ["RevokeSecurityGroupIngress", "ModifySecurityGroupRules", "ModifyDBInstance"];
    finding
        .on([database.id.as_str()])
        .on(&groups)
        .weighing(86)
        .because(&world.network.groups, text)
        .with(messages::evidence(&messages::proofs(world, "APP-11")))
        .brought_about(trail::trigger(world, &calls, groups))
}
