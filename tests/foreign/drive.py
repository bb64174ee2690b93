"""Runs the binary as a user would, against worlds it does not know, and holds it to its contract.

Usage: drive.py EBRESCUE [WORLD…]
"""

import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import around  # noqa: E402,F401
import operations  # noqa: E402,F401
import worlds_more  # noqa: E402,F401
from serve import Fake  # noqa: E402
from worlds import WORLDS  # noqa: E402

BINARY = None
CODES = {"not-needed": 0, "recovered": 0, "not-approved": 4, "not-recovered": 5, "beyond-repair": 6, "aws-unusable": 7, "world-moved": 9, "interrupted": 130}


class Ran:
    def __init__(self, done, took):
        self.code, self.out, self.err, self.took = done.returncode, done.stdout, done.stderr, took

    @property
    def json(self):
        return json.loads(self.out)


class User:
    """A user with credentials, a state folder and the binary."""

    def __init__(self, fake):
        self.fake, self.state = fake, tempfile.mkdtemp(prefix="ebrescue-foreign-")

    def environment(self):
        kept = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        return {**kept, "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "not-a-secret", "AWS_REGION": self.fake.world.region, "AWS_ENDPOINT_URL": self.fake.endpoint,
                "EBRESCUE_STATE_DIR": self.state, "AWS_EC2_METADATA_DISABLED": "true", "HOME": self.state, "XDG_CONFIG_HOME": self.state}

    def start(self, *arguments):
        line = [BINARY, *arguments, "--poll-interval", "200ms"]
        return subprocess.Popen(line, env=self.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.state)

    def run(self, *arguments, limit=90):
        began = time.time()
        line = [BINARY, *arguments, "--poll-interval", "200ms"]
        done = subprocess.run(line, env=self.environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=self.state, timeout=limit)
        return Ran(done, time.time() - began)

    def done(self):
        shutil.rmtree(self.state, ignore_errors=True)


# --- the contract -------------------------------------------------------------------------------

def need(held, said):
    if not held:
        raise AssertionError(said)


ROLES = ("cause", "contributing", "symptom", "risk")
STATUSES = ("done", "declined", "skipped", "failed", "undone", "unknown")


def keys(value, wanted, what):
    missing = [k for k in wanted if k not in value]
    need(not missing, f"{what} lacks {missing}: {json.dumps(value)[:400]}")


def is_diagnosis(d):
    need(d["schema"] == "ebrescue.diagnosis/1", f"schema {d.get('schema')}")
    keys(d, ("environment", "verdict", "findings", "not_checked", "playbook", "plan"), "diagnosis")
    keys(d["environment"], ("name", "id", "application", "account", "region", "status", "health", "health_status", "platform", "stack"), "environment")
    need(d["verdict"] in ("healthy", "degraded", "stuck", "terminated"), d["verdict"])
    for f in d["findings"]:
        keys(f, ("code", "name", "role", "title", "explanation", "resources", "evidence"), "finding")
        need(f["role"] in ROLES, f["role"])
        for e in f["evidence"]:
            keys(e, ("supports", "source", "statement"), "evidence")
    order = [ROLES.index(f["role"]) for f in d["findings"]]
    need(order == sorted(order), f"findings out of order: {[(f['code'], f['role']) for f in d['findings']]}")
    named = causes(d)
    need(len(named) <= 4, f"{len(named)} causes")
    need(len({f["code"] for f in d["findings"] if f["role"] in ("cause", "contributing")}) <= 8, "more than eight codes")
    need(named or not any(f["role"] == "contributing" for f in d["findings"]), "contributing without a cause")
    need(not (d["verdict"] == "healthy" and named), "healthy with a cause")
    for n in d["not_checked"]:
        keys(n, ("what", "needs", "reason"), "not_checked")
    keys(d["plan"], ("actions", "alternatives", "refused"), "plan")
    for a in d["plan"]["actions"]:
        keys(a, ("id", "kind", "target", "risk", "because", "undo", "data_loss", "effect", "permissions", "command"), "action")
        need(a["risk"] in ("safe", "disruptive", "destructive"), a["risk"])


def is_run(r, code):
    need(r["schema"] == "ebrescue.run/1", f"schema {r.get('schema')}")
    keys(r, ("session", "outcome", "actions", "before", "after"), "run")
    need(CODES.get(r["outcome"]) == code, f"outcome {r['outcome']} with code {code}")
    for a in r["actions"]:
        keys(a, ("id", "kind", "target", "status", "request_ids", "error", "undo"), "action")
        need(a["status"] in STATUSES, a["status"])


def causes(d):
    return [f["code"] for f in d["findings"] if f["role"] == "cause"]


def told(ran):
    """What a run said, short, for a complaint."""
    try:
        d = ran.json
        need(d.get("schema") in ("ebrescue.diagnosis/1", "ebrescue.run/1"), "another document")
    except (ValueError, AssertionError):
        return f"exit {ran.code}; out {ran.out[-600:]!r}; err {ran.err[-1500:]}"
    short = {"exit": ran.code}
    for name in ("outcome", "verdict"):
        if name in d:
            short[name] = d[name]
    for name in ("before", "after"):
        if isinstance(d.get(name), dict):
            short[name] = {"verdict": d[name].get("verdict"), "findings": [(f["code"], f["role"], f["title"]) for f in d[name].get("findings", [])]}
    if "findings" in d:
        short["findings"] = [(f["code"], f["role"], f["title"]) for f in d["findings"]]
        short["not_checked"] = [(n["what"], n["needs"], n["reason"]) for n in d["not_checked"]]
        short["plan"] = [(a["kind"], a["target"], a["risk"]) for a in d["plan"]["actions"]]
        short["refused"] = d["plan"]["refused"]
    if "actions" in d:
        short["actions"] = [(a["kind"], a["target"], a["status"], a["error"]) for a in d["actions"]]
    return json.dumps(short, indent=1) + "\nerr: " + ran.err[-1500:]


# --- one world ----------------------------------------------------------------------------------

def diagnosed(user, case):
    before = len(user.fake.calls)
    ran = user.run("diagnose", case.env["name"], "--format", "json", *(["--goal", case.goal] if case.goal and False else []))
    need(ran.code in (0, 3), f"diagnose: {told(ran)}")
    need(ran.out.endswith("\n") and ran.out.count("\n{") == 0, "one document, ended by a newline")
    d = ran.json
    is_diagnosis(d)
    e = d["environment"]
    need((e["name"], e["id"], e["account"], e["region"]) == (case.env["name"], case.env["id"], case.world.account, case.world.region), f"environment {e}")
    need(ran.code == (0 if d["verdict"] == "healthy" else 3), f"exit {ran.code} with {d['verdict']}")
    need(d["verdict"] in case.verdicts, f"verdict {d['verdict']}, not {case.verdicts}: {told(ran)}")
    if case.causes:
        need(causes(d), f"no cause: {told(ran)}")
        need(causes(d)[0] in case.causes, f"top cause {causes(d)[0]}, not {case.causes}: {told(ran)}")
    elif case.causes is not None:
        need(not causes(d), f"cause in a healthy world: {told(ran)}")
    need(not user.fake.mutations(before), f"diagnose changed something: {user.fake.mutations(before)}")
    calls = len(user.fake.calls) - before
    if "healthy" in case.verdicts:
        need(calls <= 30, f"{calls} calls for a healthy environment")
    return d, calls


def repaired(user, case):
    more = ["--goal", case.goal] if case.goal else []
    ran = user.run("repair", case.env["name"], "--non-interactive", "--approve", case.approve, "--format", "json", *more, *case.more)
    need(ran.code == case.ends, f"repair ends with {ran.code}, not {case.ends}: {told(ran)}")
    r = ran.json
    is_run(r, ran.code)
    need(r["outcome"] == case.outcome, f"outcome {r['outcome']}, not {case.outcome}: {told(ran)}")
    if r["session"]:
        proof = user.run("verify", "--format", "json")
        need(proof.code == 0, f"verify: {told(proof)}")
    return r


def through(name):
    case = WORLDS[name]()
    fake = Fake(case.world)
    user = User(fake)
    try:
        d, calls = diagnosed(user, case)
        r = repaired(user, case)
        if r["outcome"] == "recovered":
            after = user.run("diagnose", case.env["name"] if case.goal != "terminated" else case.env["id"], "--format", "json")
            want = "terminated" if case.goal == "terminated" else "healthy"
            need(after.json["verdict"] == want, f"after: {told(after)}")
        return f"{name}: {causes(d)} {d['verdict']} in {calls} calls; {r['outcome']} by {[a['kind'] for a in r['actions']]}"
    finally:
        fake.close()
        user.done()


def checked(job):
    """Runs one named piece; its line, and whether it held."""
    name, work = job
    try:
        return True, f"ok  {work(name)}"
    except Exception as error:  # noqa: BLE001
        said = str(error) if isinstance(error, AssertionError) else traceback.format_exc()
        return False, f"BAD {name} {said}"


def main():
    global BINARY
    BINARY = os.path.abspath(sys.argv[1])
    import contract
    jobs = []
    for name in sys.argv[2:] or ["worlds", "contract"]:
        if name == "worlds":
            jobs += [(n, through) for n in WORLDS]
        elif name == "contract":
            jobs += [(n, contract.through) for n in contract.CASES]
        else:
            jobs.append((name, through if name in WORLDS else contract.through))
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        done = list(pool.map(checked, jobs))
    bad = [line for held, line in done if not held]
    for _, line in done:
        print(line, flush=True)
    print(f"{len(done) - len(bad)} of {len(done)} hold against the foreign fake", flush=True)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    # The module is `drive` for those who import it, too.
    sys.modules["drive"] = sys.modules["__main__"]
    main()
