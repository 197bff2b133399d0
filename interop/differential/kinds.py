"""Kinds of values: which may change from one server to the next, and how the others are read."""

import base64
import json
import re

from bindings import JWT, UUID, is_kept, is_opaque


def words(answer, name):
    """A header's parts where their order does not count."""
    value = answer.one(name)
    if value is None:
        return None
    parts = [part.strip() for part in re.split(r"[,;]", value)]
    return sorted(parts if name == "WWW-Authenticate" else map(str.lower, parts))


def summary(answer):
    """The status, with the error where there is one."""
    said = answer.json()
    error = said.get("error") if isinstance(said, dict) else None
    return f"{answer.status} {error}" if isinstance(error, str) else str(answer.status)


def is_fresh(before, after):
    texts = isinstance(before, str) and isinstance(after, str)
    return texts and not is_kept(before) and is_opaque(before) and is_opaque(after)


def is_instant(before, after):
    """Two instants of the same unit, as numbers or as digits."""
    if isinstance(before, bool) or type(before) is not type(after):
        return False
    old, new = str(before), str(after)
    return old.isdigit() and new.isdigit() and len(old) == len(new) and len(old) in (10, 13) and not is_kept(before)


def with_lifetime(claims):
    """`exp` as what lies between it and `iat`."""
    exp, iat = claims.get("exp"), claims.get("iat")
    return claims | {"exp": exp - iat} if isinstance(exp, int) and isinstance(iat, int) and exp else claims


def is_left(before, after):
    return isinstance(before, int) and isinstance(after, int) and 0 <= before - after <= 1 and before > 1


def decode(token):
    try:
        parts = token.split(".")[:2]
        return [json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in parts]
    except ValueError:
        return None


def parsed(value):
    """A JSON object or list inside a string."""
    if value[:1] not in "{[":
        return None
    try:
        return json.loads(value)
    except ValueError:
        return None


def shape(value):
    """Members and types; a list is one item with every member that any item has, as is a map from ids."""
    if isinstance(value, dict):
        if value and all(re.fullmatch(UUID, name) for name in value):
            return {"an id": merged(map(shape, value.values()))}
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [merged(map(shape, value))]
    return type(value).__name__


def merged(shapes):
    whole = {}
    for item in shapes:
        if isinstance(item, dict) and isinstance(whole, dict):
            whole = whole | {name: merged([whole.get(name, {}), inner]) for name, inner in item.items()}
        else:
            whole = item
    return whole


def text(value):
    """A value as it is told: what is made up for each answer, by its kind."""
    if is_instant(value, value):
        return "an instant"
    if isinstance(value, str):
        return "made up" if is_opaque(value) and not is_kept(value) else value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def shown(items):
    return " ".join(sorted(text(item) for item in items)) or "none"


def short(value, length=160):
    value = JWT.sub("<token>", str(value))
    return value if len(value) <= length else value[: length - 3] + "..."
