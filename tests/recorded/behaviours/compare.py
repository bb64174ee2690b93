"""Holds what was answered here against a recorded answer, in which `<…>` stands for anything."""
import datetime
import re

from .world import Refusal

# Members that AWS added to answers after most of these recordings were made; a recording that has them is still held
# against us, an answer of ours that has them is not held against a recording that is older.
LATER = {"DriftInformation", "LastOperations"}

# What changes from call to call, in recordings as in answers.
CHANGES = [
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", "<time>"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d GMT", "<time>"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00:00", "<time>"),
    (r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", "<uuid>"),
    (r"\b(?<=-)[0-9a-f]{8}([0-9a-f]{9})?\b", "<id>"),
    (r"\b\d{12}\b", "<account>"),
    (r"\b(us|eu|ap)-(east|west|central)-\d(?=[a-f]?\b)", "<region>"),
]
EVENT = re.compile(r"^(\S+) ([A-Z_]+)(?: — (.*?))?(?: \[PhysicalResourceId: '(.*)'\])?$", re.S)
MASKED = "resource-status-reason"


def masked(text):
    for pattern, mark in CHANGES:
        text = re.sub(pattern, mark, text)
    return text


def fits(recorded, said):
    """Whether a text is the recorded one; `<…>` in the recording fits any text that is not empty."""
    pattern = "".join(r".+?" if part.startswith("<") else re.escape(part)
                      for part in re.split(r"(<[^<>]*>)", masked(recorded)))
    return re.fullmatch(pattern, masked(said), re.S) is not None


def differences(recorded, said, where=""):
    """What of a recorded tree is missing or other here. What is here besides is not told."""
    if isinstance(said, datetime.datetime):
        said = said.isoformat()
    if isinstance(recorded, dict):
        if not isinstance(said, dict):
            return [f"{where}: recorded an object, here {said!r}"]
        return [line for key, value in recorded.items() for line in
                (differences(value, said[key], f"{where}.{key}") if key in said or value is None and said.setdefault(key) is None
                 else [f"{where}.{key}: not here, recorded {value!r}"])]
    if isinstance(recorded, list):
        if not isinstance(said, list) or len(said) != len(recorded):
            return [f"{where}: recorded {recorded!r}, here {said!r}"]
        rest = list(said)
        for value in recorded:
            found = next((one for one in rest if not differences(value, one)), None)
            if found is None:
                return [f"{where}: recorded {value!r}, here {rest!r}"]
            rest.remove(found)
        return []
    same = fits(recorded, said) if isinstance(recorded, str) and isinstance(said, str) else recorded == said
    return [] if same else [f"{where}: recorded {recorded!r}, here {said!r}"]


def present(recorded, said, where):
    """Whether exactly the recorded members are there."""
    lacks, more = set(recorded) - set(said), set(said) - set(recorded) - LATER
    return [f"{where}: lacks {sorted(lacks)}"] * bool(lacks) + [f"{where}: has {sorted(more)} besides"] * bool(more)


def events(recorded, rows):
    """Events of CloudFormation, oldest first in both. A recording without any reason leaves out repeated states too."""
    wanted = [EVENT.match(line).groups() for line in recorded]
    reasons = any(reason for _, _, reason, _ in wanted)
    ids = any(physical is not None for *_, physical in wanted)
    here = []
    for row in rows:
        name = "(stack)" if row["PhysicalResourceId"] == row["StackId"] else row["LogicalResourceId"]
        if name not in {name for name, *_ in wanted}:
            continue
        event = (name, row["ResourceStatus"], row.get("ResourceStatusReason"), row["PhysicalResourceId"])
        last = next((e for e in reversed(here) if e[0] == name), None)
        if not reasons and last and last[1] == event[1]:
            continue
        here.append(event)

    def same(one, other):
        (name, status, reason, physical), (its_name, its_status, its_reason, its_physical) = one, other
        told = not reasons or (reason is None) == (its_reason is None) and (
            reason is None or reason == MASKED or fits(reason, its_reason))
        return (name, status) == (its_name, its_status) and told and (
            not ids or (physical == "") == (its_physical == "") and (not physical or fits(physical, its_physical)))
    if len(here) == len(wanted) and all(map(same, wanted, here)):
        return []
    return ["the events differ; here:"] + [f"    {name} {status}" + f" — {reason}" * bool(reason) + f" [{physical}]" * ids
                                           for name, status, reason, physical in here]


def error(recorded, said):
    if not isinstance(said, Refusal):
        return [f"not refused; answered {said!r}"]
    lines = []
    for key in ("http", "code"):
        if key in recorded and recorded[key] != getattr(said, key):
            lines.append(f"{key}: recorded {recorded[key]!r}, here {getattr(said, key)!r}")
    if "message" in recorded and not fits(recorded["message"] or "", said.message):
        lines.append(f"text: recorded {recorded['message']!r}\n      here     {said.message!r}")
    return lines


def instead(tree, texts):
    """A recorded tree with the names that stand here for the recorded ones."""
    if isinstance(tree, dict):
        return {key: instead(value, texts) for key, value in tree.items()}
    if isinstance(tree, list):
        return [instead(value, texts) for value in tree]
    for recorded, here in texts.items() if isinstance(tree, str) else ():
        tree = tree.replace(recorded, here)
    return tree


def left_out(tree, names):
    """A tree without the members of these names, wherever they are."""
    if isinstance(tree, dict):
        return {key: left_out(value, names) for key, value in tree.items() if key not in names}
    return [left_out(value, names) for value in tree if not (isinstance(value, str) and value in names)] if isinstance(tree, list) else tree


def case(one, answer, said):
    """All that differs between a recorded answer and what was answered here."""
    if isinstance(said, Refusal):
        said = {"error": said}
    lines = []
    answer, said = (left_out(tree, one.without) for tree in (instead(answer, one.instead), said))
    row = next((said[key] for key in ("stack", "members", "answer", "row") if isinstance(said.get(key), dict)), {})
    for key, recorded in answer.items():
        if key == "absent":
            lines += [f"{member} is here, recorded absent" for member in recorded if member in row]
        elif key == "members" and isinstance(recorded, list) or key == "members present":
            lines += present(recorded, row, key)
        elif key == "error" and key not in said:
            lines.append(f"not refused; answered {said!r}")
        elif key not in said:
            lines.append(f"{key} was recorded, and nothing is held against it")
        elif key == "error":
            lines += error(recorded, said[key])
        elif key == "events" and said[key] and isinstance(said[key][0], dict):
            lines += events(recorded, said[key])
        elif key == "text":
            lines += [] if said[key] is True else [f"not so here: {recorded}\n      here     {said[key]!r}"]
        else:
            lines += differences(recorded, said[key], key)
    return lines
