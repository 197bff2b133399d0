"""One recorded exchange: the request that was sent to Keycloak, and what it answered."""

import json
from dataclasses import dataclass, field
from pathlib import Path

RECORDED = Path(__file__).parent / "recorded"

# Where the recorded server listened.
BASE = "http://127.0.0.1:8280"

# Headers of the connection rather than of the exchange.
CONNECTION = {"host", "content-length", "connection", "transfer-encoding"}


@dataclass
class Answer:
    """Status, headers as they came (a name can come twice), and the text of the body."""

    status: int
    headers: list[tuple[str, str]]
    text: str

    def all(self, name):
        """Every value of a header."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def one(self, name):
        """The values of a header as one, or None."""
        values = self.all(name)
        return ", ".join(values) if values else None

    def media_type(self):
        return (self.one("Content-Type") or "").split(";")[0].strip().lower()

    def json(self):
        """The body as JSON, or None when it is none."""
        if not self.text or "json" not in self.media_type():
            return None
        try:
            return json.loads(self.text)
        except ValueError:
            return None


@dataclass
class Exchange:
    name: str
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: str
    answer: Answer
    note: str = field(default="")

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def read(name):
    """Reads `recorded/wire/NAME.txt`; its form is told in `recorded/wire/README.md`."""
    text = (RECORDED / "wire" / f"{name}.txt").read_text(encoding="utf-8")
    note = ""
    while text.startswith("# "):
        line, text = text.split("\n", 1)
        note = f"{note} {line[2:]}".strip()
    request, answer = text.split("\nHTTP/1.1 ", 1)
    head, body = split(request)
    method, target, _ = head[0].split(" ")
    status_line, rest = answer.split("\n", 1)
    answer_head, answer_body = split(rest)
    return Exchange(
        name=name,
        method=method,
        target=target,
        headers=[pair for pair in map(header, head[1:]) if pair[0].lower() not in CONNECTION],
        body=body.removesuffix("\n"),
        answer=Answer(int(status_line.split(" ")[0]), [header(line) for line in answer_head], answer_body.strip()),
        note=note,
    )


def read_all():
    names = sorted(path.stem for path in (RECORDED / "wire").glob("*.txt"))
    return {name: read(name) for name in names}


def split(text):
    head, _, body = text.partition("\n\n")
    return [line for line in head.split("\n") if line], body


def header(line):
    name, _, value = line.partition(":")
    return name.strip(), value.strip()
