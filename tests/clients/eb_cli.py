#!/usr/bin/env python3
"""Drives the real `eb` client against a sandbox and asserts what it prints, how it ends and what it brought about.

    eb_cli.py ENDPOINT working|stuck       exit status 1 at the first thing that is not as it should be

`working` wants the scenario `healthy`, `stuck` the scenario `launch-without-end`; the first at a speed of some hundred, the second in real time.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ENDPOINT, WORLD = sys.argv[1:3]
EB = pathlib.Path(sys.executable).with_name("eb")
HOME = pathlib.Path(tempfile.mkdtemp(prefix="eb-home-"))
ENVIRONMENT = {
    "PATH": os.environ["PATH"], "HOME": str(HOME), "AWS_ENDPOINT_URL": ENDPOINT,
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_DEFAULT_REGION": "us-west-2", "AWS_EC2_METADATA_DISABLED": "true", "LC_ALL": "C.UTF-8",
}
PROJECT = HOME / "shop"
COUNT = 0


def eb(*arguments, status=0):
    """Runs `eb`, wants it to end with a status, and returns all that it printed."""
    global COUNT
    COUNT += 1
    ran = subprocess.run([EB, *arguments], cwd=PROJECT, env=ENVIRONMENT, stdin=subprocess.DEVNULL, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=180)
    if ran.returncode != status:
        sys.exit(f"eb {' '.join(arguments)} ended with {ran.returncode} and not {status}:\n{ran.stdout}")
    return ran.stdout


def has(text, *patterns):
    for pattern in patterns:
        if not re.search(pattern, text):
            sys.exit(f"no {pattern!r} in:\n{text}")


def state():
    with urllib.request.urlopen(f"{ENDPOINT}/_sandbox/state") as answer:
        return json.load(answer)["regions"]["us-west-2"]


def environments():
    return {e["name"]: e for e in state()["beanstalk"]["environments"].values() if e["status"] != "Terminated"}


def advance(seconds):
    asked = urllib.request.Request(f"{ENDPOINT}/_sandbox/advance", json.dumps({"seconds": seconds}).encode())
    urllib.request.urlopen(asked).read()


def fly():
    while True:
        advance(30)
        time.sleep(0.3)


def project():
    (PROJECT / ".elasticbeanstalk").mkdir(parents=True)
    (PROJECT / ".elasticbeanstalk/config.yml").write_text(
        "branch-defaults:\n  default:\n    environment: shop-prod\n"
        "global:\n  application_name: shop\n  default_region: us-west-2\n  sc: null\n")


def working():
    status = eb("status")
    has(status, r"Environment details for: shop-prod", r"Status: Ready", r"Health: Green", r"Deployed Version: shop-41",
        r"Node\.js 22 running on 64bit Amazon Linux 2023/6\.4\.3", r"recommended version in the same platform branch")
    has(eb("health"), r"Ok", r"t3\.small", r"Deployed +1 +shop-41", r"2a", r"2b")
    has(eb("events"), r"INFO +createEnvironment is starting\.", r"INFO +Successfully launched environment: shop-prod")
    has(eb("list"), r"\* shop-prod")
    has(eb("logs"), r"=+ i-[0-9a-f]+ =+", r"/var/log/eb-engine\.log")
    has(eb("config", "shop-prod", "--display"), r"aws:autoscaling:asg:", r"MinSize: '2'", r"ServiceRole: aws-elasticbeanstalk-service-role")
    has(eb("config", "save", "shop-prod", "--cfg", "kept"), r"Configuration saved at: .*saved_configs/kept\.cfg\.yml")
    has((PROJECT / ".elasticbeanstalk/saved_configs/kept.cfg.yml").read_text(), r"MinSize.*2", r"AWSConfigurationTemplateVersion")
    has(eb("config", "list"), r"kept")
    has(eb("abort", status=4), r"no environments currently being updated")
    # An upgrade replaces the instances one after the other and moves the platform.
    before = set(environments()["shop-prod"]["agents"])
    upgraded = eb("upgrade", "shop-prod", "--force")
    has(upgraded, r"Environment update is starting", r"Successfully deployed new configuration")
    has(eb("status"), r"Amazon Linux 2023/6\.5\.1", r"Status: Ready")
    assert not before & set(environments()["shop-prod"]["agents"]), "old instances are still there"
    # A clone is an environment of its own, on an address of its own; swapping swaps those.
    has(eb("clone", "shop-prod", "-n", "shop-two", "--exact"), r"createEnvironment is starting", r"Successfully launched environment: shop-two")
    assert environments()["shop-two"]["settings"] == environments()["shop-prod"]["settings"]
    addresses = {name: e["address"] for name, e in environments().items()}
    assert addresses["shop-prod"] != addresses["shop-two"], addresses
    has(eb("swap", "shop-prod", "-n", "shop-two"), r"Completed swapping CNAMEs for environments 'shop-prod' and 'shop-two'")
    assert {name: e["address"] for name, e in environments().items()} == {
        "shop-prod": addresses["shop-two"], "shop-two": addresses["shop-prod"]}
    has(eb("list"), r"\* shop-prod", r"shop-two")
    # What is terminated is gone with its stack, and can be restored under its id.
    gone = environments()["shop-two"]["id"]
    has(eb("terminate", "shop-two", "--force"), r"terminateEnvironment is starting", r"terminateEnvironment completed successfully")
    assert list(environments()) == ["shop-prod"], list(environments())
    stacks = [s["status"] for s in state()["cloudformation"]["stacks"] if s["name"] == f"awseb-{gone}-stack"]
    assert stacks == ["DELETE_COMPLETE"], stacks
    has(eb("restore", gone), r"INFO", r"Successfully launched environment: shop-two")
    assert environments()["shop-two"]["id"] == gone
    has(eb("scale", "3", "shop-prod"), r"Environment update is starting", r"Successfully deployed new configuration")
    advance(600)
    assert len(environments()["shop-prod"]["agents"]) == 3, environments()["shop-prod"]["agents"]


def stuck():
    has(eb("status"), r"Status: Launching", r"Health: Grey")
    has(eb("events"), r"createEnvironment is starting\.")
    has(eb("list"), r"\* shop-prod")
    eb("health")
    refused = eb("terminate", "shop-prod", "--force", status=4)
    has(refused, r"Cannot terminate environment named shop-prod\. It is currently pending creation\.")
    has(eb("abort", "shop-prod", status=4), r"invalid state for this operation\. Must be pending deployment|no environments currently being updated")
    # The client itself says so, and ends as if all were well.
    has(eb("upgrade", "shop-prod", "--force"), r"The environment update cannot be complete at this time\. Try again later\.")
    # The launch gives up by itself; then it can be ended.
    advance(3600)
    has(eb("status"), r"Status: Ready")
    has(eb("events"), r"ERROR")
    # Time goes as in life here, so that nothing ends by itself before it is looked at; from now on it flies.
    threading.Thread(target=fly, daemon=True).start()
    has(eb("terminate", "shop-prod", "--force"), r"terminateEnvironment completed successfully")
    assert not environments(), environments()


project()
{"working": working, "stuck": stuck}[WORLD]()
print(f"{COUNT} eb commands did what they should")
