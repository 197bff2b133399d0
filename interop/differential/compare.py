"""What differs between a recorded answer and the one that came: each difference has a place and two sides.

Values count, not only types, but for those that a server makes up (ids, codes, secrets: the first meeting binds them,
from then on they must be the same) and for instants. Order in lists and in space-separated scopes does not count.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from bindings import JWT
from browser import forms
from exchange import BASE
from kinds import (
    decode,
    is_fresh,
    is_instant,
    is_left,
    parsed,
    shape,
    short,
    shown,
    summary,
    text,
    with_lifetime,
    words,
)

ABSENT = "absent"

# Headers that clients read.
HEADERS = ["Content-Type", "Cache-Control", "Pragma", "WWW-Authenticate", "Allow"]
CORS = ["Allow-Origin", "Allow-Methods", "Allow-Headers", "Allow-Credentials", "Expose-Headers", "Max-Age"]
HEADERS += [f"Access-Control-{name}" for name in CORS]

# Members that the import keeps although the export does not spell them.
KEPT_MEMBERS = {"kid", "n", "x", "y", "x5c", "x5t", "x5t#S256", "publicKey", "public_key", "certificate", "sub", "aud"}

# Claims that hang on a token or a code.
HASHES = {"at_hash", "c_hash", "s_hash"}

# Seconds that are left: one can pass while the answer is made.
LEFT = {"exp", "expires_in", "refresh_expires_in"}

# What tells the items of a list apart.
IDENTITY = ["kid", "username", "clientId", "alias", "name", "path", "client", "id"]


@dataclass(frozen=True)
class Difference:
    where: str
    recorded: str
    ours: str


class Comparison:
    """One answer beside its recording."""

    def __init__(self, bindings, *, shapes=False, only=None, beyond=()):
        self.bindings = bindings
        # Lists that hang on all that went before: keys and types of their items count, not which items there are.
        self.shapes = shapes
        # The member and the values of the items that count, in a list that the machine around fills.
        self.only = only
        # Members that Keycloak's own import adds.
        self.beyond = beyond
        self.found = {}

    def differ(self, where, recorded, ours):
        if recorded != ABSENT or where not in self.beyond:
            at = "http://server"
            sides = short(recorded.replace(BASE, at)), short(ours.replace(self.bindings.base, at))
            self.found.setdefault(where.rstrip(), sides)

    def differences(self):
        return [Difference(where, *sides) for where, sides in sorted(self.found.items())]

    def answers(self, recorded, live, url):
        if recorded.status != live.status:
            self.differ("status", summary(recorded), summary(live))
        if recorded.status // 100 != live.status // 100:
            # Another answer altogether: what stands in it follows from that.
            return
        for name in HEADERS:
            if words(recorded, name) != words(live, name):
                self.differ(f"header {name}", recorded.one(name) or ABSENT, live.one(name) or ABSENT)
        self.location(recorded.one("Location"), live.one("Location"), url)
        self.body(recorded, live)

    def location(self, recorded, live, url):
        if recorded is None or live is None:
            if recorded != live:
                self.differ("header Location", recorded or ABSENT, live or ABSENT)
            return
        old, new = urlsplit(recorded), urlsplit(urljoin(url, live))
        if (old.scheme, old.netloc) != (new.scheme, new.netloc) and not recorded.startswith(BASE):
            self.differ("header Location", recorded, live)
        if recorded.startswith(BASE) and not urljoin(url, live).startswith(self.bindings.base):
            self.differ("header Location", recorded, live)
        self.scalar("header Location path", unquote(old.path), unquote(new.path))
        for part, before, after in (("query", old.query, new.query), ("fragment", old.fragment, new.fragment)):
            self.json(f"header Location {part}", dict(parse_qsl(before)), dict(parse_qsl(after)))

    def body(self, recorded, live):
        if recorded.media_type() == "text/html":
            self.page(recorded, live)
        elif (before := recorded.json()) is not None:
            after = live.json()
            if after is None:
                self.differ("body", "JSON", live.text or ABSENT)
            else:
                self.json("body ", *self.items(before, after))
        elif recorded.text != live.text:
            self.differ("body", recorded.text or ABSENT, live.text or ABSENT)

    def items(self, before, after):
        """Both sides without what does not count."""
        if self.only and isinstance(after, list):
            member, values = self.only
            return tuple([item for item in side if item.get(member) in values] for side in (before, after))
        if self.shapes and isinstance(after, list):
            return shape(before), shape(after)
        return before, after

    def page(self, recorded, live):
        """Words and looks are each server's own; its forms are what scripts and password managers read."""
        if live.media_type() != "text/html":
            self.differ("page", "HTML", live.text or ABSENT)
            return
        after = {form.id: form for form in forms(live.text)}
        for form in forms(recorded.text):
            ours = after.get(form.id)
            place = f"page form {form.id or 'without an id'}"
            if ours is None:
                self.differ(place, "present", ABSENT)
            elif missing := form.fields - ours.fields:
                self.differ(place, " ".join(sorted(missing)), ABSENT)

    def json(self, where, before, after):
        if isinstance(before, dict) and isinstance(after, dict):
            before, after = with_lifetime(before), with_lifetime(after)
            for name in sorted(before.keys() | after.keys()):
                place = f"{where}/{name}"
                if name not in after:
                    self.differ(place, text(before[name]), ABSENT)
                elif name not in before:
                    self.differ(place, ABSENT, text(after[name]))
                elif name in HASHES:
                    self.types(place, before[name], after[name])
                elif name == "scope" and isinstance(before[name], str) and isinstance(after[name], str):
                    self.list(place, before[name].split(), after[name].split())
                elif name in LEFT and is_left(before[name], after[name]):
                    continue
                elif name in KEPT_MEMBERS:
                    self.kept(place, before[name], after[name])
                else:
                    self.json(place, before[name], after[name])
        elif isinstance(before, list) and isinstance(after, list):
            self.list(where, before, after)
        else:
            self.scalar(where, before, after)

    def list(self, where, before, after):
        if all(isinstance(item, dict) for item in before + after) and before + after:
            self.objects(where, before, after)
            return
        left = list(after)
        missing = []
        for item in before:
            match = next((other for other in left if self.same(item, other)), None)
            if match is None:
                missing.append(item)
            else:
                left.remove(match)
        while missing and left and is_fresh(missing[0], left[0]):
            self.bindings.bind(missing.pop(0), left.pop(0))
        if missing or left:
            self.differ(where, shown(missing), shown(left))

    def objects(self, where, before, after):
        key = next((key for key in IDENTITY if all(key in item for item in before + after)), None)
        names = [item.get(key) for item in before]
        if key is None or len(set(map(str, names))) < len(names) or self.shapes:
            if len(before) != len(after):
                self.differ(where, f"{len(before)} items", f"{len(after)} items")
            for old, new in zip(before, after):
                self.json(f"{where}/[]", old, new)
            return
        left = {str(item[key]): item for item in after}
        missing = []
        for item in before:
            name = self.bindings.text(str(item[key]))
            if name in left:
                self.json(f"{where}/[]", item, left.pop(name))
            else:
                missing.append(item)
        fresh = key not in KEPT_MEMBERS and len(missing) == len(left)
        if fresh and all(is_fresh(str(item[key]), name) for item, name in zip(missing, left)):
            for item, new in zip(missing, left.values()):
                self.json(f"{where}/[]", item, new)
        elif missing or left:
            self.differ(where, shown(item[key] for item in missing), shown(left))

    def scalar(self, where, before, after):
        if type(before) is not type(after):
            self.differ(where, text(before), text(after))
        elif isinstance(before, str):
            self.string(where, before, after)
        elif isinstance(before, int) and not isinstance(before, bool) and is_instant(before, after):
            return
        elif before != after:
            self.differ(where, text(before), text(after))

    def string(self, where, before, after):
        if self.same(before, after) or is_instant(before, after):
            return
        if JWT.fullmatch(before) and JWT.fullmatch(after):
            self.bindings.bind(before, after)
            self.token(where, before, after)
        elif is_fresh(before, after):
            self.bindings.bind(before, after)
        elif (inner := [parsed(before), parsed(after)]) and None not in inner:
            self.json(where, *inner)
        elif "/" in before and before.count("/") == after.count("/") and before.split("/")[0] != "":
            for old, new in zip(before.split("/"), after.split("/")):
                if old != new:
                    self.string(where, old, new)
        elif before.startswith("/") and before.count("/") == after.count("/"):
            self.string(where, before[1:], after[1:])
        else:
            self.differ(where, text(before), text(after))

    def same(self, before, after):
        """Whether a recorded scalar is this one, by the names of this run."""
        return before == after or (isinstance(before, str) and self.bindings.text(before) == after)

    def kept(self, where, before, after):
        """As [`json`], but nothing here is made up."""
        if isinstance(before, list) and isinstance(after, list):
            self.list(where, before, after)
        elif not self.same(before, after):
            self.differ(where, text(before), text(after))

    def types(self, where, before, after):
        if type(before) is not type(after):
            self.differ(where, text(before), text(after))

    def token(self, where, before, after):
        """Claim by claim, header by header."""
        old, new = decode(before), decode(after)
        if None in (old, new):
            self.differ(where, "a JWT", "none that can be read")
            return
        for part in (0, 1):
            self.json(f"{where} {('header', 'claims')[part]}", old[part], new[part])
