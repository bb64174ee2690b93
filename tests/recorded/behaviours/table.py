"""The table: which recorded case is replayed by which function, and which is out of scope for what reason."""
import dataclasses
import sys
import typing


@dataclasses.dataclass
class Case:
    """A recorded case and the function that brings it about."""
    id: str
    replay: typing.Callable
    instead: dict       # text of the recording -> text that stands for it here
    without: dict       # what is not compared -> why that misleads nobody
    topic: str


CASES: dict[str, Case] = {}
OUTSIDE: dict[str, str] = {}


def case(*ids, instead=None, without=None):
    """Says that a function replays the cases; it takes a world and returns what was answered.

    What it returns has the members of the recorded answer (`error`, `events`, `members`, …), or is a Refusal. With
    several ids it returns a dictionary of them.
    """
    module = sys._getframe(1).f_globals["__name__"].rpartition(".")[2]

    def put(replay):
        for id in ids:
            assert id not in CASES and id not in OUTSIDE, f"{id} is in the table twice"
            CASES[id] = Case(id, replay, instead or {}, without or {}, module)
        return replay
    return put


def outside(reason, *ids):
    """Says why cases are not replayed."""
    for id in ids:
        assert id not in CASES and id not in OUTSIDE, f"{id} is in the table twice"
        OUTSIDE[id] = reason
