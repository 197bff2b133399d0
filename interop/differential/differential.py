"""The differential test: Keycloak's recorded answers beside those of a server with the same realm.

    python differential.py               against Keyward, at KEYWARD_ADMIN_URL
    python differential.py --reference   against a real Keycloak: every exchange, and no difference is by choice
    --show NAME      both sides of an exchange
    --stubs          entries for `differences.toml` of what is not explained

Environment: KEYWARD_ADMIN_URL, KEYWARD_ADMIN_USER, KEYWARD_ADMIN_PASSWORD. Makes the realm `shop` and deletes it again.
"""

import argparse
import os
import sys
from collections import Counter

from differences import LIST, NOT_YET, Listed, not_yet, stubs
from replay import Replay
from steps import names


def main():
    options = arguments()
    replay = Replay(
        os.environ["KEYWARD_ADMIN_URL"],
        os.environ["KEYWARD_ADMIN_USER"],
        os.environ["KEYWARD_ADMIN_PASSWORD"],
        everything=options.reference,
        report=lambda *sides: show(*sides) if sides[0].name in options.show else None,
    )
    listed = Listed("" if options.reference else LIST.read_text(encoding="utf-8"), replay.exchanges)
    wrong = listed.wrong + unplaced(replay.exchanges)
    replay.import_realm()
    try:
        found = replay.run()
    finally:
        replay.delete_realm()
    unexplained = [
        (name, difference)
        for name, differences in found.items()
        for difference in differences
        if not listed.explains(name, difference)
    ]
    wrong += listed.stale(found)
    return tell(options, replay, found, unexplained, wrong)


def tell(options, replay, found, unexplained, wrong):
    if options.stubs:
        print(stubs(unexplained))
    for name, difference in unexplained:
        print(f"FAILED {name}: {difference.where}: recorded {difference.recorded}, ours {difference.ours}")
    for line in wrong:
        print(f"FAILED {line}")
    skipped = Counter(not_yet(name) for name in replay.exchanges if name not in found)
    for feature, count in sorted(skipped.items(), key=str):
        print(f"not offered yet: {count:3} of {feature}")
    failed = {name for name, _ in unexplained}
    identical = sum(not differences for differences in found.values())
    chosen = len(found) - identical - len(failed)
    print(
        f"{len(found)} exchanges replayed: {identical} identical, {chosen} differ by choice,"
        f" {len(failed)} not explained; {sum(skipped.values())} not offered"
    )
    failures = len(failed) + len(wrong)
    print(f"{len(found) - len(failed)} passed, {failures} failed")
    return 1 if failures else 0


def unplaced(exchanges):
    """Exchanges that no step replays, or that two do; beginnings in the table that fit none."""
    counts = Counter(names())
    lines = [f"{name} is in no step" for name in exchanges if name not in counts]
    lines += [f"{name} is in {count} steps" for name, count in counts.items() if count > 1 or name not in exchanges]
    starts = (start for start in NOT_YET if not any(name.startswith(start) for name in exchanges))
    return lines + [f"not_yet: no exchange begins with {start}" for start in starts]


def show(exchange, answer, differences):
    for title, side in (("recorded", exchange.answer), ("ours", answer)):
        print(f"--- {exchange.name}, {title}: {side.status}")
        for name, value in side.headers:
            print(f"{name}: {value}")
        print(f"\n{side.text}\n")
    for difference in differences:
        print(difference)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", action="store_true")
    parser.add_argument("--stubs", action="store_true")
    parser.add_argument("--show", action="append", default=[])
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
