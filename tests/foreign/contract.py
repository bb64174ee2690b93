"""The contract's commands, flags and exit codes, one by one, against broken worlds."""

import json
import pathlib
import signal
import time

import drive
from drive import is_run, need, told
from serve import Fake
from worlds import WORLDS

CASES = {}


def case(world):
    """A piece of the contract in a world of its own."""
    def register(function):
        CASES[function.__name__] = (world, function)
        return function
    return register


def through(name):
    world, function = CASES[name]
    made = WORLDS[world]()
    fake = Fake(made.world)
    user = drive.User(fake)
    try:
        function(user, made, fake)
        return name
    finally:
        fake.close()
        user.done()


def ends(ran, code, outcome=None):
    need(ran.code == code, f"exit {ran.code}, not {code}: {told(ran)}")
    if outcome:
        is_run(ran.json, ran.code)
        need(ran.json["outcome"] == outcome, f"{ran.json['outcome']}, not {outcome}: {told(ran)}")
    return ran


REPAIR = ("--non-interactive", "--approve", "safe", "--format", "json")


@case("lost_route_table")
def nothing_is_done_without_approval(user, made, fake):
    ran = ends(user.run("repair", made.env["name"], "--non-interactive", "--format", "json"), 4, "not-approved")
    need(not fake.mutations(), f"{fake.mutations()}")
    need(all(a["status"] in ("declined", "skipped") for a in ran.json["actions"]), told(ran))


@case("lost_route_table")
def a_dry_run_changes_nothing(user, made, fake):
    user.run("repair", made.env["name"], *REPAIR, "--dry-run")
    need(not fake.mutations(), f"{fake.mutations()}")


@case("lost_route_table")
def plan_then_apply(user, made, fake):
    kept = str(pathlib.Path(user.state) / "plan.json")
    ends(user.run("plan", made.env["name"], "-o", kept), 3)
    need(not fake.mutations(), "plan changed something")
    ends(user.run("apply", kept, *REPAIR), 0, "recovered")
    ends(user.run("apply", kept, *REPAIR), 0, "not-needed")


@case("lost_route_table")
def an_altered_plan_is_refused(user, made, fake):
    kept = pathlib.Path(user.state) / "plan.json"
    ends(user.run("plan", made.env["name"], "-o", str(kept)), 3)
    text = kept.read_text()
    need(made.world.account in text, "the plan is not bound to the account")
    kept.write_text(text.replace("0.0.0.0/0", "0.0.0.0/1"))
    ends(user.run("apply", str(kept), *REPAIR), 8)
    need(not fake.mutations(), "an altered plan was carried out")
    ends(user.run("apply", str(kept) + ".none", *REPAIR), 8)


@case("lost_route_table")
def one_action_of_a_plan_is_approved(user, made, fake):
    kept = pathlib.Path(user.state) / "plan.json"
    ends(user.run("plan", made.env["name"], "-o", str(kept)), 3)
    ran = ends(user.run("apply", str(kept), "--non-interactive", "--approve-action", "a1", "--format", "json"), 4, "not-approved")
    need([a["id"] for a in ran.json["actions"] if a["status"] == "done"] == ["a1"], told(ran))


@case("lost_route_table")
def a_world_that_moved_is_not_touched(user, made, fake):
    """Somebody takes the NAT gateway away between plan and apply."""
    import ec2
    kept = pathlib.Path(user.state) / "plan.json"
    ends(user.run("plan", made.env["name"], "-o", str(kept)), 3)
    for nat in list(made.world.nats):
        ec2.delete_nat(made.world, {"NatGatewayId": nat})
    made.world.nats.clear()
    ran = user.run("apply", str(kept), *REPAIR)
    need(ran.code == 9 and ran.json["outcome"] == "world-moved", told(ran))


@case("lost_route_table")
def a_kill_is_resumed_without_repeating(user, made, fake):
    running = user.start("repair", made.env["name"], *REPAIR)
    until = time.time() + 60
    while not any(c["operation"] == "CreateRoute" for c in fake.calls) and time.time() < until:
        time.sleep(0.02)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    ends(user.run("resume", *REPAIR), 0, "recovered")
    names = [c["operation"] for c in fake.mutations() if c["status"] == 200]
    need(names.count("CreateRouteTable") == 1 and names.count("CreateRoute") == 1, f"{names}")
    ends(user.run("verify", "--format", "json"), 0)
    ends(user.run("resume", *REPAIR), 0, "not-needed")


@case("lost_route_table")
def an_answer_that_is_lost_is_looked_for(user, made, fake):
    fake.fault("ec2:CreateRouteTable", "drop-after")
    fake.fault("ec2:AssociateRouteTable", "drop-after")
    before = len(made.world.tables)
    ends(user.run("repair", made.env["name"], *REPAIR), 0, "recovered")
    need(len(made.world.tables) == before + 1, "the table was made twice")


@case("lost_route_table")
def storms_of_throttling_pass(user, made, fake):
    fake.fault("ec2:*", "throttle", 12)
    fake.fault("elasticbeanstalk:*", "throttle", 6)
    fake.fault("cloudformation:*", "server-error", 2)
    ends(user.run("repair", made.env["name"], *REPAIR, limit=180), 0, "recovered")


@case("lost_route_table")
def dropped_connections_pass(user, made, fake):
    fake.fault("ec2:*", "drop-before", 3)
    fake.fault("iam:*", "drop-before", 2)
    ends(user.run("repair", made.env["name"], *REPAIR, limit=180), 0, "recovered")


@case("lost_route_table")
def undo_takes_everything_back(user, made, fake):
    tables = len(made.world.tables)
    ends(user.run("repair", made.env["name"], *REPAIR), 0, "recovered")
    ends(user.run("undo", *REPAIR), 0, "recovered")
    need(len(made.world.tables) == tables, "the table is still there")
    ends(user.run("verify"), 0)


@case("lost_route_table")
def sessions_reports_and_tampering(user, made, fake):
    ends(user.run("report"), 8)
    ends(user.run("resume", *REPAIR), 8)
    ran = ends(user.run("repair", made.env["name"], *REPAIR), 0, "recovered")
    session = ran.json["session"]
    listed = ends(user.run("sessions", "--format", "json"), 0)
    need(session in listed.out, told(listed))
    for kind in ("md", "html", "json"):
        page = ends(user.run("report", session, "--format", kind), 0)
        need(made.env["name"] in page.out and "not-a-secret" not in page.out, f"{kind}: {page.out[:300]}")
        if kind == "json":
            json.loads(page.out)
    for journal in pathlib.Path(user.state).rglob("*"):
        if journal.is_file() and made.env["id"] in journal.read_text(errors="replace"):
            journal.write_text(journal.read_text().replace("rtb-", "rtb_", 1))
    ends(user.run("verify", session), 8)
    ends(user.run("resume", session, *REPAIR), 8)
    ends(user.run("undo", session, *REPAIR), 8)


@case("lost_route_table")
def a_denied_change_names_the_permission(user, made, fake):
    made.world.denied.add("ec2:CreateRouteTable")
    ran = ends(user.run("repair", made.env["name"], *REPAIR), 7, "aws-unusable")
    need("ec2:CreateRouteTable" in ran.out + ran.err, told(ran))


@case("lost_route_table")
def a_timeout_cuts_a_wait_short(user, made, fake):
    def never(_instance):
        return False
    made.world.reports = never
    ran = user.run("repair", made.env["name"], *REPAIR, "--timeout", "8s")
    need(ran.code == 5 and ran.json["outcome"] == "not-recovered", told(ran))
    del made.world.reports
    ends(user.run("resume", *REPAIR), 0, "recovered")


@case("healthy_private")
def reads_that_are_denied_are_told(user, made, fake):
    made.world.denied.update({"ec2:DescribeNetworkAcls", "autoscaling:*", "iam:*"})
    ran = user.run("diagnose", made.env["name"], "--format", "json")
    need(ran.code in (0, 3), told(ran))
    needs = {n["needs"] for n in ran.json["not_checked"]}
    need("ec2:DescribeNetworkAcls" in needs, told(ran))
    need(not drive.causes(ran.json), told(ran))


@case("healthy_private")
def no_permission_at_all_is_seven(user, made, fake):
    made.world.denied.update({f"{s}:*" for s in ("elasticbeanstalk", "ec2", "cloudformation", "autoscaling", "iam", "sts", "elbv2", "cloudtrail")})
    ends(user.run("diagnose", made.env["name"], "--format", "json"), 7)


@case("healthy_private")
def unknown_names_are_eight(user, made, fake):
    ends(user.run("diagnose", "nobody-of-that-name", "--format", "json"), 8)
    ends(user.run("repair", "e-aaaaaaaaaa", *REPAIR), 8)
    ends(user.run("diagnose", "--no-such-flag"), 2)


@case("healthy_public_ipv6")
def by_id_is_the_same_as_by_name(user, made, fake):
    ran = ends(user.run("diagnose", made.env["id"], "--format", "json"), 0)
    need(ran.json["environment"]["name"] == made.env["name"], told(ran))
    need(len(fake.calls) <= 30, f"{len(fake.calls)} calls by id")


@case("healthy_public_ipv6")
def a_scan_lists_every_environment(user, made, fake):
    ran = ends(user.run("scan", "--format", "json"), 0)
    need(made.env["name"] in ran.out and "reports" in ran.out, ran.out[:600])
    need(not fake.mutations(), "scan changed something")


@case("healthy_private")
def a_repair_of_the_healthy_is_not_needed(user, made, fake):
    ends(user.run("repair", made.env["name"], *REPAIR), 0, "not-needed")
    need(not fake.mutations(), f"{fake.mutations()}")


@case("healthy_private")
def nobody_listens_is_seven(user, made, fake):
    fake.close()
    ends(user.run("diagnose", made.env["name"], "--format", "json", "--timeout", "20s"), 7)


@case("coupled_database")
def data_is_not_lost_without_a_word(user, made, fake):
    ran = user.run("repair", made.env["name"], "--non-interactive", "--approve", "destructive", "--format", "json", "--goal", "terminated")
    deleted = not made.world.databases
    kept = [s for s in made.world.snapshots.values() if s["Status"] == "available"]
    need(not deleted or kept, f"the database is gone and nothing was saved: {told(ran)}")


@case("healthy_private")
def a_bundle_is_read_without_aws(user, made, fake):
    bundle = str(pathlib.Path(user.state) / "evidence.bundle")
    ends(user.run("capture", made.env["name"], "-o", bundle), 0)
    calls = len(fake.calls)
    ran = ends(user.run("diagnose", "--bundle", bundle, "--format", "json"), 0)
    need(ran.json["verdict"] == "healthy" and len(fake.calls) == calls, told(ran))
