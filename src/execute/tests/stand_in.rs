//! A small AWS, clock and person for the executor's tests: a world that actions really change.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;
use crate::execute::{CallError, Cloud, Interrupt, Preflight, Trace};
use crate::journal::{
    Accepted, Approval, Decline, Event, Happening, HappeningSource, History, Journal, JournalError,
    JournalFile, Record, Refused,
};
use crate::operator::{Answer, News, Operator, OperatorError, Question};
use crate::plan::{
    Action, Condition, EnvironmentAction, Expected, Goal, NetworkAction, Plan, Ref, Risk, Step,
    StepId, Undo, Wait,
};
use crate::world::network::{Association, GroupRule, RouteTable};
use crate::world::{EnvironmentStatus, RouteTableId, Scope, Snapshot, SnapshotId, examples};

/// The other team's group.
pub(super) const DATABASE_GROUP: &str = "sg-0db9";
/// The table that the plan makes.
pub(super) const MADE: &str = "rtb-made";
/// How long a rebuild takes here, unless a test says otherwise.
const REBUILDING: SignedDuration = SignedDuration::from_secs(200);

/// What a call is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Denied,
    Refused,
    Busy,
    Throttled,
    Unusable,
    DroppedBefore,
    DroppedAfter,
    /// The call is carried out, and the program dies before it hears so.
    DiesAfter,
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) snapshot: Snapshot,
    pub(super) now: Timestamp,
    pub(super) ready_at: Option<Timestamp>,
    pub(super) rebuilding: SignedDuration,
    /// When it was looked at.
    pub(super) looks: Vec<Timestamp>,
    pub(super) rebuild_fails: bool,
    /// How often a call was carried out, by kind and target.
    pub(super) effects: BTreeMap<String, u32>,
    /// How often a call came in.
    pub(super) calls: u32,
    /// What the next calls of a kind are answered with.
    pub(super) faults: Vec<(&'static str, Fault)>,
    pub(super) missing: Vec<String>,
    pub(super) traces: BTreeMap<String, Option<String>>,
    pub(super) said: Vec<Happening>,
    pub(super) stale_reads: Option<(u32, Box<Snapshot>)>,
    pub(super) unreadable: bool,
    pub(super) dead: bool,
}

/// AWS and the time, shared by everything in a test.
#[derive(Clone, Debug)]
pub(super) struct StandIn(Arc<Mutex<World>>);

impl StandIn {
    /// The first incident's network: no private table, and a rule that names the group.
    pub(super) fn new() -> Self {
        let mut snapshot = examples::lost_route_table();
        let own = snapshot.environment.value_mut().unwrap();
        own.status = EnvironmentStatus::Terminated;
        Self(Arc::new(Mutex::new(World {
            snapshot,
            now: examples::ago(0),
            ready_at: None,
            rebuilding: REBUILDING,
            looks: Vec::new(),
            rebuild_fails: false,
            effects: BTreeMap::new(),
            calls: 0,
            faults: Vec::new(),
            missing: Vec::new(),
            traces: BTreeMap::new(),
            said: Vec::new(),
            stale_reads: None,
            unreadable: false,
            dead: false,
        })))
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }

    pub(super) fn fault(&self, kind: &'static str, fault: Fault) {
        self.world().faults.push((kind, fault));
    }

    /// What matters of the world at the end.
    pub(super) fn state(&self) -> (Vec<String>, bool, String) {
        let world = self.world();
        let tables = world.snapshot.network.route_tables.items();
        let made = tables.iter().filter(|table| table.id.as_str() == MADE);
        let subnets = made.flat_map(|table| &table.associations);
        let subnets = subnets.filter_map(|link| link.subnet.as_ref().map(ToString::to_string));
        let groups = world.snapshot.network.groups.items();
        let database = groups.iter().find(|group| group.id.as_str() == DATABASE_GROUP).unwrap();
        let admitted = database.ingress.iter().any(|own| own.peer == rule().peer);
        let status = world.snapshot.environment.value().unwrap().status.as_str().to_owned();
        (subnets.collect(), admitted, status)
    }
}

impl World {
    fn tables(&mut self) -> &mut Vec<RouteTable> {
        self.snapshot.network.route_tables.value_mut().unwrap()
    }

    fn say(&mut self, message: &str) {
        let event = crate::world::EnvironmentEvent {
            at: self.now,
            severity: "INFO".into(),
            message: message.into(),
            environment: None,
            request: None,
            platform_arn: None,
            version_label: None,
        };
        self.snapshot.events.value_mut().unwrap().insert(0, event);
        self.said.push(Happening {
            at: self.now,
            source: HappeningSource::ElasticBeanstalk,
            subject: examples::NAME.into(),
            status: "INFO".into(),
            message: message.into(),
        });
    }

    /// Lets what goes on by itself go on.
    fn tick(&mut self) {
        if self.ready_at.is_some_and(|at| self.now >= at) {
            self.ready_at = None;
            let failed = self.rebuild_fails;
            let status =
                if failed { EnvironmentStatus::Terminated } else { EnvironmentStatus::Ready };
            self.snapshot.environment.value_mut().unwrap().status = status;
            self.say("Successfully launched environment: shop-prod");
        }
    }

    fn carry_out(&mut self, action: &Action, token: &str) -> Result<Accepted, CallError> {
        let made = self.change(action)?;
        *self.effects.entry(format!("{} {}", action.kind(), action.target())).or_default() += 1;
        self.traces.insert(token.to_owned(), made.clone());
        Ok(Accepted { request: Some(format!("r-{}", self.calls).as_str().into()), made })
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "five kinds are enough for a stand-in")]
    fn change(&mut self, action: &Action) -> Result<Option<String>, CallError> {
        match action {
            Action::Network(NetworkAction::CreateRouteTable { vpc, .. }) => {
                let table = RouteTable {
                    id: MADE.into(),
                    vpc: vpc.clone(),
                    routes: Vec::new(),
                    associations: Vec::new(),
                    tags: Vec::new(),
                };
                self.tables().push(table);
                Ok(Some(MADE.to_owned()))
            }
            Action::Network(NetworkAction::DeleteRouteTable { table: Ref::Is(id) }) => {
                let tables = self.tables();
                let index = tables.iter().position(|table| table.id == *id);
                tables.remove(index.ok_or_else(|| no("InvalidRouteTableID.NotFound"))?);
                Ok(None)
            }
            Action::Network(NetworkAction::AssociateRouteTable { table: Ref::Is(id), subnet }) => {
                let tables = self.tables();
                let table = tables.iter_mut().find(|table| table.id == *id);
                let table = table.ok_or_else(|| no("InvalidRouteTableID.NotFound"))?;
                if table.associations.iter().any(|link| link.subnet.as_ref() == Some(subnet)) {
                    return Err(no("Resource.AlreadyAssociated"));
                }
                table.associations.push(Association {
                    id: "rtbassoc-made".into(),
                    subnet: Some(subnet.clone()),
                    gateway: None,
                    main: false,
                });
                Ok(Some("rtbassoc-made".to_owned()))
            }
            Action::Network(NetworkAction::RevokeRule { rule, .. }) => {
                let group = examples::group(&mut self.snapshot, DATABASE_GROUP);
                let index = group.ingress.iter().position(|own| own.peer == rule.peer);
                group.ingress.remove(index.ok_or_else(|| no("InvalidPermission.NotFound"))?);
                Ok(None)
            }
            Action::Network(NetworkAction::AuthorizeRule { rule, .. }) => {
                let group = examples::group(&mut self.snapshot, DATABASE_GROUP);
                if group.ingress.iter().any(|own| own.peer == rule.peer) {
                    return Err(no("InvalidPermission.Duplicate"));
                }
                group.ingress.push(rule.clone());
                Ok(None)
            }
            Action::Environment(EnvironmentAction::Rebuild { .. }) => {
                let own = self.snapshot.environment.value_mut().unwrap();
                if own.status == EnvironmentStatus::Updating {
                    return Err(no("InvalidParameterValue"));
                }
                own.status = EnvironmentStatus::Updating;
                self.ready_at = Some(self.now + self.rebuilding);
                self.say("rebuildEnvironment is starting.");
                Ok(None)
            }
            other => panic!("the stand-in does not know {other:?}"),
        }
    }
}

fn no(code: &str) -> CallError {
    CallError::Refused(refusal(code))
}

fn refusal(code: &str) -> Refused {
    Refused { code: code.into(), message: "No.".into(), request: None, permission: None }
}

impl Cloud for StandIn {
    async fn apply(&self, action: &Action, token: &str) -> Result<Accepted, CallError> {
        let mut world = self.world();
        world.tick();
        world.calls += 1;
        let found = world.faults.iter().position(|(kind, _)| *kind == action.kind());
        let Some(index) = found else { return world.carry_out(action, token) };
        let (_, fault) = world.faults.remove(index);
        let dropped = || CallError::InDoubt { message: "connection reset".into(), request: None };
        match fault {
            Fault::Denied => Err(CallError::Denied {
                permission: action.permissions()[0].to_owned(),
                code: "UnauthorizedOperation".into(),
                message: "You are not authorized to perform this operation.".into(),
                request: None,
            }),
            Fault::Refused => Err(no("InvalidParameterValue")),
            Fault::Busy => Err(CallError::Busy(refusal("OperationInProgressFailure"))),
            Fault::Throttled => Err(CallError::Throttled { message: "Rate exceeded".into() }),
            Fault::Unusable => Err(CallError::Unusable { message: "no credentials".into() }),
            Fault::DroppedBefore => Err(dropped()),
            Fault::DroppedAfter => {
                world.carry_out(action, token)?;
                Err(dropped())
            }
            Fault::DiesAfter => {
                world.dead = true;
                world.carry_out(action, token)
            }
        }
    }

    async fn observe(&self, _: &[Condition]) -> Result<Snapshot, CallError> {
        let mut world = self.world();
        world.tick();
        let now = world.now;
        world.looks.push(now);
        if world.unreadable {
            return Err(CallError::Unusable { message: "connection refused".into() });
        }
        if let Some((left, old)) = &mut world.stale_reads
            && *left > 0
        {
            *left -= 1;
            return Ok(old.as_ref().clone());
        }
        Ok(world.snapshot.clone())
    }

    async fn happenings(&self, _: &Scope, since: Timestamp) -> Result<Vec<Happening>, CallError> {
        let world = self.world();
        Ok(world.said.iter().filter(|happening| happening.at >= since).cloned().collect())
    }

    async fn trace(&self, _: &Action, token: &str, _: Timestamp) -> Result<Trace, CallError> {
        Ok(match self.world().traces.get(token) {
            Some(made) => Trace::Seen { evidence: "its token".into(), made: made.clone() },
            None => Trace::NotSeen,
        })
    }

    async fn preflight(&self, action: &Action) -> Preflight {
        let wanted = action.permissions();
        let missing = self.world().missing.clone();
        let missing: Vec<String> =
            missing.into_iter().filter(|name| wanted.contains(&name.as_str())).collect();
        if missing.is_empty() { Preflight::Allowed } else { Preflight::Missing(missing) }
    }
}

impl Clock for StandIn {
    fn now(&self) -> Timestamp {
        self.world().now
    }

    async fn sleep(&self, duration: Duration) {
        let mut world = self.world();
        world.now += duration;
    }
}

/// A person who answers by a rule and hears everything.
pub(super) struct Person {
    pub(super) answer: fn(&Question<'_>) -> Answer,
    pub(super) asked: Vec<String>,
    pub(super) heard: Vec<String>,
    /// Leaves as soon as there is something to wait for.
    pub(super) interrupts: Option<Interrupt>,
}

impl Person {
    pub(super) fn saying(answer: fn(&Question<'_>) -> Answer) -> Self {
        Self { answer, asked: Vec::new(), heard: Vec::new(), interrupts: None }
    }

    pub(super) fn willing() -> Self {
        Self::saying(|_| Answer::Yes(Approval::Person))
    }

    pub(super) fn unless(answer: fn(&Question<'_>) -> Answer) -> Self {
        Self::saying(answer)
    }
}

pub(super) fn no_to(question: &Question<'_>, id: &str) -> Answer {
    if question.step.id.0 == id {
        Answer::No(Decline::NotApproved { risk: question.risk })
    } else {
        Answer::Yes(Approval::Person)
    }
}

impl Operator for Person {
    async fn ask(&mut self, question: &Question<'_>) -> Result<Answer, OperatorError> {
        self.asked.push(question.key.to_string());
        Ok((self.answer)(question))
    }

    fn tell(&mut self, news: &News<'_>) {
        if let (News::Waiting(_), Some(interrupt)) = (news, &self.interrupts) {
            interrupt.raise();
        }
        self.heard.push(format!("{news:?}"));
    }
}

/// A journal that lets the program die right after a record is on disk.
pub(super) struct Mortal {
    pub(super) journal: JournalFile,
    pub(super) left: Option<u32>,
    pub(super) cloud: StandIn,
}

impl Journal for Mortal {
    fn append(&mut self, at: Timestamp, event: Event) -> Result<Record, JournalError> {
        if self.cloud.world().dead {
            return Err(JournalError::Closed);
        }
        let record = self.journal.append(at, event)?;
        if let Some(left) = &mut self.left {
            *left -= 1;
            if *left == 0 {
                self.cloud.world().dead = true;
                return Err(JournalError::Closed);
            }
        }
        Ok(record)
    }

    fn history(&self) -> &History {
        self.journal.history()
    }
}

pub(super) fn scope() -> Scope {
    Scope {
        account: Some(examples::ACCOUNT.into()),
        region: examples::REGION.into(),
        environment: examples::ID.into(),
        name: examples::NAME.into(),
    }
}

pub(super) fn rule() -> GroupRule {
    examples::rule(examples::INSTANCE_GROUP, Some((5432, 5432)))
}

fn step(id: &str, after: &[&str], risk: Risk, action: Action, undo: Undo) -> Step {
    let id = StepId(id.to_owned());
    Step {
        expect: action.done_when(&id),
        title: format!("{} {}", action.kind(), action.target()),
        id,
        action,
        risk,
        because: vec!["NET-01".into()],
        effect: String::new(),
        data_loss: Vec::new(),
        after: after.iter().map(|id| StepId((*id).to_owned())).collect(),
        guard: Vec::new(),
        wait: Wait::none(),
        undo,
    }
}

fn back(action: NetworkAction) -> Undo {
    Undo::By(Box::new(Action::Network(action)))
}

fn admits(there: bool) -> Condition {
    Condition::RuleIs {
        group: Ref::Is(DATABASE_GROUP.into()),
        egress: false,
        rule: rule(),
        peer_group: None,
        there,
    }
}

fn environment_in(status: &str) -> Condition {
    Condition::EnvironmentIn { environment: examples::ID.into(), statuses: vec![status.to_owned()] }
}

/// The five steps: a table is made and used, a rule is taken away, the environment is rebuilt, and
/// the rule is given back.
pub(super) fn plan() -> Plan {
    let table = |id: &str| Ref::<RouteTableId>::MadeBy(StepId(id.to_owned()));
    let group = || Ref::Is(DATABASE_GROUP.into());
    let make = NetworkAction::CreateRouteTable { vpc: examples::VPC.into(), name: None };
    let delete = NetworkAction::DeleteRouteTable { table: table("a1") };
    let subnet = examples::PRIVATE[0].into();
    let associate = NetworkAction::AssociateRouteTable { table: table("a1"), subnet };
    let revoke = || NetworkAction::RevokeRule {
        group: group(),
        egress: false,
        rule: rule(),
        peer_group: None,
    };
    let authorize = || NetworkAction::AuthorizeRule {
        group: group(),
        egress: false,
        rule: rule(),
        peer_group: None,
    };
    let rebuild = EnvironmentAction::Rebuild {
        environment: examples::ID.into(),
        name: examples::NAME.into(),
    };
    let never = |why: &str| Undo::Impossible { why: why.to_owned() };
    let net = Action::Network;
    let mut steps = vec![
        step("a1", &[], Risk::Safe, net(make), back(delete)),
        step("a2", &["a1"], Risk::Safe, net(associate), never("the stand-in cannot")),
        step("a3", &[], Risk::Disruptive, net(revoke()), back(authorize())),
        step("a4", &["a2", "a3"], Risk::Disruptive, Action::Environment(rebuild), never("new")),
        step("a5", &["a4"], Risk::Safe, net(authorize()), back(revoke())),
    ];
    steps[2].guard = vec![admits(true)];
    steps[3].guard = vec![environment_in("Terminated")];
    steps[3].wait = Wait {
        what: "the environment to be Ready".to_owned(),
        until: vec![environment_in("Ready")],
        hopeless: vec![environment_in("Terminated")],
        expected: Expected { usual_seconds: 200, at_most_seconds: 900 },
    };
    Plan {
        format: 1,
        scope: scope(),
        based_on: SnapshotId("0".into()),
        goal: Goal::Healthy,
        playbook: "instances-not-reporting".into(),
        steps,
        alternatives: Vec::new(),
        refusals: Vec::new(),
        beyond: Vec::new(),
        tell: Vec::new(),
    }
}
