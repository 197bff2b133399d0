"""What schemathesis asks of us: requests that meet something that is there, and what counts as a failure."""

import random
import zlib
from collections import Counter, defaultdict
from urllib.parse import unquote

import jsonschema_rs
import schemathesis
from schemathesis.core import NotSet
from schemathesis.generation.meta import TestPhase

from bodies import Bodies
from realm import UUID

#: Of so many generated values of a path, and of so many generated bodies, one stays as it is.
AS_GENERATED = 8

#: Keycloak's answers when a mail server does not take a mail: the operations that document 500 answer so.
NOT_SENT = {"Failed to send email", "Failed to send execute actions email", "Failed to send verify email"}


class Tester:
    def __init__(self, server, document):
        self.server = server
        self.bodies = Bodies(server.file)
        self.errors = jsonschema_rs.validator_for(document["components"]["schemas"]["Error"])
        self.operation = None
        self.dirty = False
        self.answers = defaultdict(Counter)
        self.failed = set()

    def prepare(self, case):
        """Puts what is there into the path, and makes anew what the operation before took away."""
        if self.operation != case.operation.label:
            self.operation = case.operation.label
            if self.dirty:
                self.server.make()
                self.dirty = False
        generated = [case.path_parameters, case.query, *([] if isinstance(case.body, NotSet) else [case.body])]
        chance = random.Random(zlib.crc32(repr(generated).encode(errors="replace")))
        values = case.path_parameters or {}
        path = []
        segments = case.operation.path.split("/")
        for at, segment in enumerate(segments):
            name = segment[1:-1]
            if segment.startswith("{") and name in values:
                there = self.server.places.values(path, path[-1], segments[at + 1 :])
                segment = values[name] = self.choose(there, path[-1], values[name], chance)
            path.append(segment)
        for name in case.query or {}:
            if name in self.server.query and chance.randrange(2):
                case.query[name] = chance.choice(self.server.query[name])
        if "requestBody" in case.operation.definition.raw and self.blends(case, chance):
            case.body = self.bodies.body(case.operation, set(map(str, values.values())), case.body, chance)

    def blends(self, case, chance):
        """Seldom where thousands of bodies would each make a realm: the coverage phase tries each member."""
        often = (
            case.meta is None or case.meta.phase.name != TestPhase.COVERAGE or "realms/{realm}/" in case.operation.path
        )
        return bool(chance.randrange(AS_GENERATED)) == often

    def choose(self, there, segment, generated, chance):
        """One of what is there, by what was generated: the same case is the same request."""
        as_generated = not chance.randrange(AS_GENERATED)
        if not there or UUID.fullmatch(str(generated)) or generated in there:
            return generated
        if as_generated and segment != "realms":
            return generated
        if as_generated and generated != "master" and not chance.randrange(AS_GENERATED):
            return generated
        return chance.choice(there)

    def answered(self, case, response):
        status = response.status_code
        self.answers[case.operation.label][status] += 1
        if status >= 300:
            return
        if case.operation.path == "/admin/realms" and case.method == "POST":
            self.server.delete(unquote(response.headers["location"][0].rsplit("/", 1)[1]))
        elif case.operation.path == "/admin/realms/{realm}" and case.method in ("DELETE", "PUT"):
            self.server.make()
        elif case.method == "DELETE":
            self.dirty = True

    def is_documented(self, case, response):
        """Whether a status of 500 and above is one that the document announces, in the shape that it gives."""
        status = response.status_code
        if str(status) not in case.operation.definition.raw["responses"]:
            return False
        try:
            body = response.json()
        except ValueError:
            return False
        if not self.errors.is_valid(body):
            return False
        return status == 501 or (status == 500 and body.get("errorMessage") in NOT_SENT)


def register(tester):
    @schemathesis.auth(refresh_interval=30)
    class Bearer:
        def get(self, case, context):
            return tester.server.token()

        def set(self, case, token, context):
            case.headers["Authorization"] = f"Bearer {token}"

    @schemathesis.hook
    def before_call(context, case, kwargs):
        tester.prepare(case)

    @schemathesis.hook
    def after_call(context, case, response):
        tester.answered(case, response)

    @schemathesis.hook
    def filter_failure(context, failure, case, response):
        tester.failed.add(case.operation.label)
        return True

    @schemathesis.check
    def no_fault_of_the_server(ctx, response, case):
        if response.status_code >= 500 and not tester.is_documented(case, response):
            raise AssertionError(f"{response.status_code}: {response.text[:1000]}")
