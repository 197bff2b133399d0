"""What a recorded value is called in this run: tokens, codes and ids that a server makes afresh."""

import json
import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from exchange import BASE, RECORDED

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

# Ids, secrets, codes, hashes: the forms of values without meaning.
FORMS = re.compile(
    rf"(?:[a-z]{{6}}:)?(?:{UUID}|[0-9a-f]{{32}}\.\d+)|[\w-]{{10,}}|{UUID}\.[\w-]+\.{UUID}"
    r"|urn:ietf:params:oauth:request_uri:[\w-]+|[A-Z]{4}-[A-Z]{4}"
)

JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")


def scalars(value):
    """Every text and number inside, names of members too."""
    if isinstance(value, dict):
        # Consents were given while the recording was made, after what the import restores.
        parts = [value.keys()] + [scalars(inner) for name, inner in value.items() if name != "clientConsents"]
        return frozenset().union(*parts)
    if isinstance(value, list):
        return frozenset().union(*map(scalars, value))
    return frozenset([value])


# What an import keeps is never made afresh.
FILES = [(RECORDED / name).read_text(encoding="utf-8") for name in ("realm-export.json", "passwords.json")]
KEPT = scalars([json.loads(text) for text in FILES])


def is_opaque(value):
    """Whether a server can have made it up: nothing that reads as a word."""
    mixed = value.lower() != value and value.upper() != value
    digits = any(character.isdigit() for character in value)
    return bool(FORMS.fullmatch(value)) and (digits or mixed or "-" in value and value.isupper())


def is_kept(value):
    """Whether it comes from the imported realm."""
    return value in KEPT


class Bindings:
    def __init__(self, base):
        self.base = base
        self.live = {}

    def bind(self, recorded, live):
        """Remembers what a recorded value is called here. The newest name counts."""
        if recorded and live and recorded != live and not is_kept(recorded):
            self.live[recorded] = live

    def text(self, recorded):
        """A recorded text as it reads here: the server's address and every bound value replaced."""
        if recorded in self.live:
            return self.live[recorded]
        text = recorded.replace(BASE, self.base)
        for old in sorted((old for old in self.live if len(old) > 7 and old in text), key=len, reverse=True):
            text = text.replace(old, self.live[old])
        return text

    def form(self, recorded):
        """A recorded form. What no value changes stays as it was sent, byte for byte."""
        pairs = parse_qsl(recorded, keep_blank_values=True)
        mapped = [(name, self.text(value)) for name, value in pairs]
        return urlencode(mapped) if mapped != pairs else recorded

    def target(self, recorded):
        """A recorded request target."""
        parts = urlsplit(recorded)
        path = "/".join(self.segment(segment) for segment in parts.path.split("/"))
        return urlunsplit(("", "", path, self.form(parts.query), ""))

    def segment(self, recorded):
        live = self.text(unquote(recorded))
        return quote(live, safe="") if live != unquote(recorded) else recorded
