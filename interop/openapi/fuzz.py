"""schemathesis asks the running server whatever `docs/openapi.json` allows, and what it does not: never a 5xx, and
always an answer that the document describes.

    python fuzz.py [OPTION...]    options of `schemathesis run` in place of those of every day

Environment: KEYWARD_ADMIN_URL, KEYWARD_ADMIN_USER, KEYWARD_ADMIN_PASSWORD. Makes the realm `openapi` from the
recorded one and deletes it again.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

from schemathesis.cli import schemathesis as command

import hooks
from realm import NAME
from server import Server

HERE = Path(__file__).parent

sys.path.append(str(HERE.parent / "python"))
from mail import Mail  # noqa: E402

DOCUMENT = HERE.parent.parent / "docs/openapi.json"

#: Bounded and the same each day.
DAILY = ["--phases=fuzzing", "--max-examples=6", "--seed=1", "--generation-deterministic"]

#: What every answer keeps: no 5xx, and status, type and shape as the document says.
CHECKS = (
    "no_fault_of_the_server",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)

#: Takes tokens of the realm in its path alone.
OTHER_TOKENS = {"GET /admin/{realm}/console/whoami"}

#: Requests that all meet what is not there would find nothing.
ENOUGH = 250


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = folder
        return fuzz()


def fuzz():
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    with Mail() as mail:
        server = Server(mail.settings)
        server.make()
        tester = hooks.Tester(server, document)
        hooks.register(tester)
        try:
            code = run(server.url, sys.argv[1:] or DAILY)
        finally:
            server.delete(server.file["id"], NAME)
    return tell(tester, code)


def run(url, options):
    arguments = [
        f"--config-file={HERE / 'schemathesis.toml'}",
        "run",
        str(DOCUMENT),
        f"--url={url}",
        f"--checks={','.join(CHECKS)}",
        *options,
    ]
    try:
        return command.main(arguments, prog_name="schemathesis", standalone_mode=False) or 0
    except SystemExit as end:
        return end.code or 0


def tell(tester, code):
    good = {name for name, answers in tester.answers.items() if any(status < 300 for status in answers)}
    requests = sum(answers.total() for answers in tester.answers.values())
    print(f"{requests} requests to {len(tester.answers)} operations, {len(good)} of which did what they were asked")
    refused = [name for name, answers in tester.answers.items() if 401 in answers and name not in OTHER_TOKENS]
    wrong = [f"{name}: the token is not taken" for name in refused]
    if len(sys.argv) == 1 and len(good) < ENOUGH:
        wrong.append(f"{len(good)} operations did what they were asked, {ENOUGH} at least should")
    for line in wrong:
        print(f"FAILED {line}")
    failed = len(tester.failed) + len(wrong) or int(code != 0)
    print(f"{len(tester.answers) - len(tester.failed)} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
