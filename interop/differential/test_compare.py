"""That the comparison sees what it should: each recorded answer beside itself, with one thing changed."""

import copy
import json

import pytest

from bindings import JWT, Bindings, is_kept, is_opaque
from compare import HASHES, Comparison
from differences import Listed
from exchange import BASE, Answer, read_all
from kinds import decode, is_instant
from replay import BEYOND_IMPORT, BY_SHAPE, ONLY
from signing import encode, signing_input, totp

EXCHANGES = read_all()

WITH_JSON = [name for name, exchange in EXCHANGES.items() if exchange.answer.json() is not None]


def differences(name, answer):
    comparison = Comparison(
        Bindings(BASE), shapes=name in BY_SHAPE, only=ONLY.get(name), beyond=BEYOND_IMPORT.get(name, ())
    )
    comparison.answers(EXCHANGES[name].answer, answer, BASE)
    return [difference.where for difference in comparison.differences()]


def with_body(name, body):
    answer = EXCHANGES[name].answer
    return Answer(answer.status, answer.headers, json.dumps(body))


def members(value, path=()):
    """The path of every member, those inside lists too."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from members(inner, (*path, key))


def changed(body, path, change):
    body = copy.deepcopy(body)
    place = body
    for key in path[:-1]:
        place = place[key]
    change(place, path[-1])
    return body


def made_up(name, value):
    """What a server may answer otherwise each time."""
    fresh = isinstance(value, str) and (JWT.fullmatch(value) or (is_opaque(value) and not is_kept(value)))
    return fresh or is_instant(value, value) or name in HASHES


@pytest.mark.parametrize("name", EXCHANGES)
def test_an_answer_is_as_itself(name):
    assert differences(name, EXCHANGES[name].answer) == []


@pytest.mark.parametrize("name", EXCHANGES)
def test_another_status_and_a_header_less_are_seen(name):
    answer = EXCHANGES[name].answer
    assert "status" in differences(name, Answer(299, answer.headers, answer.text))
    for header in ("Content-Type", "Cache-Control", "WWW-Authenticate", "Location"):
        if answer.one(header):
            rest = [pair for pair in answer.headers if pair[0] != header]
            assert f"header {header}" in differences(name, Answer(answer.status, rest, answer.text))


@pytest.mark.parametrize("name", [name for name in WITH_JSON if name not in BY_SHAPE and name not in ONLY])
def test_a_member_that_is_gone_new_or_of_another_type_is_seen(name):
    body = EXCHANGES[name].answer.json()
    unseen = []
    for path in members(body):
        for change in (
            lambda place, key: place.pop(key),
            lambda place, key: place.__setitem__(key, {"another": "type"}),
        ):
            if not differences(name, with_body(name, changed(body, path, change))):
                unseen.append(path)
    assert unseen == []


@pytest.mark.parametrize("name", [name for name in WITH_JSON if name not in BY_SHAPE and name not in ONLY])
def test_another_value_is_seen_unless_servers_make_it_up(name):
    body = EXCHANGES[name].answer.json()
    unseen = []
    for path in members(body):
        place = body
        for key in path:
            place = place[key]
        if isinstance(place, (dict, list)) or made_up(path[-1], place):
            continue
        other = (not place) if isinstance(place, bool) else place + 7 if isinstance(place, int) else f"{place} else"
        change = lambda where, key, other=other: where.__setitem__(key, other)
        if not differences(name, with_body(name, changed(body, path, change))):
            unseen.append(path)
    assert unseen == []


@pytest.mark.parametrize("name", [name for name in WITH_JSON if JWT.search(EXCHANGES[name].answer.text)])
def test_another_claim_and_another_header_of_a_token_are_seen(name):
    body = EXCHANGES[name].answer.json()
    for member, value in body.items():
        if not (isinstance(value, str) and JWT.fullmatch(value)):
            continue
        parts = decode(value)
        for part in (0, 1):
            for claim, old in parts[part].items():
                if made_up(claim, old):
                    continue
                new = copy.deepcopy(parts)
                new[part][claim] = "another"
                token = f"{signing_input(*new)}.{encode(b'signature')}"
                found = differences(name, with_body(name, body | {member: token}))
                assert any(claim in where for where in found), (member, claim)


def test_a_made_up_value_stays_the_same():
    comparison = Comparison(Bindings(BASE))
    first, second, third = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "123")
    comparison.json("body ", {"id": first}, {"id": second})
    comparison.json("body ", {"parentId": first}, {"parentId": second})
    assert comparison.differences() == []
    comparison.json("body ", {"parentId": second}, {"parentId": "no id"})
    comparison.json("body ", {"grandparent": first}, {"grandparent": third + "!"})
    assert [difference.where for difference in comparison.differences()] == ["body /grandparent", "body /parentId"]


def test_order_does_not_count_in_lists_and_scopes():
    comparison = Comparison(Bindings(BASE))
    comparison.json("", {"roles": ["a", "b"], "scope": "x y"}, {"roles": ["b", "a"], "scope": "y x"})
    assert comparison.differences() == []
    comparison.json("", {"roles": ["a", "b"]}, {"roles": ["b", "c"]})
    (difference,) = comparison.differences()
    assert (difference.where, difference.recorded, difference.ours) == ("/roles", "a", "c")


def entry(**more):
    members = {"exchanges": ["jwks"], "where": "status", "reason": "shape", "why": "a reason"} | more
    return "[[difference]]\n" + "\n".join(f"{name} = {json.dumps(value)}" for name, value in members.items())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (entry(exchanges=["nothing"]), "no exchange nothing"),
        (entry(exchanges=[]), "names its exchanges"),
        (entry(reason="because"), "has a reason"),
        (entry(reason="safer"), "its standard"),
        (entry(whence="x"), "unknown: whence"),
        (entry() + "\n" + entry(), "stands twice"),
    ],
)
def test_an_entry_that_says_too_little_is_refused(text, fault):
    assert any(fault in line for line in Listed(text, EXCHANGES).wrong)


def test_an_entry_explains_what_it_tells_and_nothing_else():
    comparison = Comparison(Bindings(BASE))
    comparison.differ("status", "200", "501")
    (difference,) = comparison.differences()
    assert Listed(entry(ours="501"), EXCHANGES).explains("jwks", difference)
    assert not Listed(entry(ours="500"), EXCHANGES).explains("jwks", difference)
    assert not Listed(entry(), EXCHANGES).explains("userinfo-get", difference)


def test_an_entry_that_differs_no_longer_is_told():
    listed = Listed(entry(), EXCHANGES)
    assert listed.stale({"userinfo-get"}) == []
    assert listed.stale({"jwks"}) == ["jwks: status differs no longer: take it out of the list"]


def test_the_code_of_a_device():
    # RFC 6238 Appendix B counts eight digits of another secret; this one was accepted by Keycloak when it was recorded.
    assert totp(1795478011) == "993558"
