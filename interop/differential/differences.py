"""The list of differences by choice, `differences.toml`, held against what was found; what is not replayed yet."""

import json
import tomllib
from itertools import product
from pathlib import Path

from compare import Difference

LIST = Path(__file__).parent / "differences.toml"

NOT_YET = tomllib.loads(LIST.read_text(encoding="utf-8"))["not_yet"]

REASONS = ("safer", "shape", "not offered")


def not_yet(name):
    """The feature that an exchange waits for, or None."""
    return next((feature for start, feature in NOT_YET.items() if name.startswith(start)), None)


class Listed:
    """The entries, and which of them still tell the truth."""

    def __init__(self, text, exchanges):
        self.entries = tomllib.loads(text).get("difference", [])
        self.wrong = []
        self.places = {}
        for entry in self.entries:
            self.wrong += faults(entry, exchanges)
            for place in product(entry.get("exchanges", []), wheres(entry)):
                if place in self.places:
                    self.wrong.append(f"{place[0]}: {place[1]} stands twice")
                self.places[place] = entry
        self.seen = set()

    def explains(self, name, difference):
        """Whether the list has this difference, with the answers that it tells."""
        entry = self.places.get((name, difference.where))
        if entry is None:
            return False
        self.seen.add((name, difference.where))
        told = {"recorded": difference.recorded, "ours": difference.ours}
        return all(entry.get(side, answer) == answer for side, answer in told.items())

    def stale(self, replayed):
        """Entries of replayed exchanges that differ no longer."""
        places = sorted(place for place in self.places if place not in self.seen and place[0] in replayed)
        return [f"{name}: {where} differs no longer: take it out of the list" for name, where in places]


def wheres(entry):
    """An entry has one place, or many that differ for one reason."""
    where = entry.get("where", [])
    return [where] if isinstance(where, str) else where


def faults(entry, exchanges):
    """What is wrong with an entry itself."""
    where = next(iter(wheres(entry)), "an entry without a place")
    wrong = [f"{where}: there is no exchange {name}" for name in entry.get("exchanges", []) if name not in exchanges]
    if not entry.get("exchanges") or not wheres(entry):
        wrong.append(f"{where}: an entry names its exchanges and its place")
    if entry.get("reason") not in REASONS or not entry.get("why"):
        wrong.append(f"{where}: an entry has a reason ({', '.join(REASONS)}) and a why")
    if entry.get("reason") == "safer" and "§" not in entry.get("standard", ""):
        wrong.append(f"{where}: what is safer names its standard and section")
    if unknown := entry.keys() - {"exchanges", "where", "reason", "why", "standard", "recorded", "ours"}:
        wrong.append(f"{where}: unknown: {' '.join(sorted(unknown))}")
    return wrong


def stubs(unexplained):
    """Entries to fill in, one for each place that differs alike."""
    groups = {}
    for name, difference in unexplained:
        groups.setdefault(difference, []).append(name)
    return "\n".join(stub(difference, names) for difference, names in groups.items())


def stub(difference: Difference, names):
    lines = ["[[difference]]", f"exchanges = {json.dumps(names)}"]
    for member in ("where", "recorded", "ours"):
        lines.append(f"{member} = {json.dumps(getattr(difference, member), ensure_ascii=False)}")
    return "\n".join([*lines, 'reason = ""', 'why = ""', ""])
