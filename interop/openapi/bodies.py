"""Bodies that get past the first check: a representation of the recorded realm, with some of what was generated."""

import copy
import json
import uuid

import realm as recorded

#: What a member may be in place of what it should be.
ODD = (
    None,
    True,
    -1,
    0,
    2**31,
    2**63,
    -(2**63) - 1,
    2**64,
    1.5,
    1e308,
    "",
    " ",
    "\0",
    "-1",
    "٣",
    "\U0010ffff",
    "x" * 5000,
)
ODD += (
    "true",
    "*",
    "${x}",
    "{",
    "%00",
    "http://[",
    "https://example.com/*",
    [],
    [None],
    [[]],
    {},
    {"": ""},
    {"a": [{}]},
)


class Bodies:
    """Of each schema, the representations that the realm file has."""

    def __init__(self, realm):
        flows = realm["authenticationFlows"]
        groups = [one for group in realm["groups"] for one in [group, *group["subGroups"]]]
        roles = realm["roles"]["realm"] + [role for roles in realm["roles"]["client"].values() for role in roles]
        mappers = [
            one for holder in realm["clientScopes"] + realm["clients"] for one in holder.get("protocolMappers", [])
        ]
        components = [
            {name: value for name, value in one.items() if name != "subComponents"} | {"providerType": kind}
            for kind, all_of_it in realm["components"].items()
            for one in all_of_it
        ]
        executions = [
            {"parentFlow": flow["id"], "authenticator": one["authenticator"], "requirement": one["requirement"]}
            for flow in flows
            for one in flow["authenticationExecutions"]
            if "authenticator" in one
        ]
        self.samples = {
            "AuthenticationExecutionInfoRepresentation": [{"requirement": "DISABLED", "priority": 30}],
            "AuthenticationExecutionRepresentation": executions,
            "AuthenticationFlowRepresentation": flows,
            "AuthenticatorConfigRepresentation": realm["authenticatorConfig"],
            "ClientInitialAccessPresentation": [{"count": 1, "expiration": 60}],
            "ClientPoliciesRepresentation": [realm["clientPolicies"]],
            "ClientProfilesRepresentation": [realm["clientProfiles"]],
            "ClientRepresentation": realm["clients"],
            "ClientScopeRepresentation": realm["clientScopes"],
            "ComponentRepresentation": components,
            "CredentialRepresentation": [{"type": "password", "value": "Secret 12", "temporary": False}],
            "FederatedIdentityRepresentation": [{"userId": "7", "userName": "seven"}],
            "GroupRepresentation": groups,
            "IdentityProviderMapperRepresentation": realm["identityProviderMappers"],
            "IdentityProviderRepresentation": realm["identityProviders"],
            "OrganizationRepresentation": [recorded.ORGANIZATION],
            "ProtocolMapperRepresentation": mappers,
            "RealmEventsConfigRepresentation": [{name: realm[name] for name in realm if "vents" in name}],
            "RealmRepresentation": [settings(realm), realm | {"users": realm["users"][:6]}],
            "RequiredActionConfigRepresentation": [{"config": {"max_auth_age": "300"}}],
            "RequiredActionProviderRepresentation": realm["requiredActions"],
            "RequiredActionProviderSimpleRepresentation": [{"providerId": "terms", "name": "Terms"}],
            "RoleRepresentation": roles,
            "UserProfileConfig": [PROFILE],
            "UserRepresentation": realm["users"],
        }
        self.others = {
            "copy": {"newName": "another"},
            "execute-actions-email": ["UPDATE_PASSWORD", "VERIFY_EMAIL"],
            "execution": {"provider": "auth-cookie"},
            "flow": {"alias": "mine", "type": "basic-flow", "provider": "registration-page-form", "description": ""},
            "members": realm["users"][0]["id"],
            "nodes": {"node": "node.example.com"},
            "testSMTPConnection": realm["smtpServer"],
        }

    def body(self, operation, path, generated, chance):
        """A body for an operation on `path`, with some of what was generated."""
        is_new = operation.method.upper() == "POST"
        content = operation.definition.raw["requestBody"]["content"]
        schema = next(iter(content.values()))["schema"]
        if schema.get("type") == "array" and (samples := self.of(schema["items"])):
            is_new = is_new and samples is self.samples["ProtocolMapperRepresentation"]
            if operation.path.endswith("/realm"):
                samples = [one for one in samples if not one.get("clientRole")]
            samples = meant(samples, path) or samples
            parts = [part for part in generated if isinstance(part, dict)] if isinstance(generated, list) else []
            count = chance.randrange(1, 4)
            return [blend(chance.choice(samples), chance.choice(parts or [{}]), is_new, chance) for _ in range(count)]
        samples = self.of(schema) or [self.others.get(operation.path.rsplit("/", 1)[1])]
        sample = chance.choice(samples if is_new else meant(samples, path) or samples)
        if not isinstance(sample, dict):
            return generated if sample is None else sample
        return blend(sample, generated if isinstance(generated, dict) else {}, is_new, chance)

    def of(self, schema):
        return self.samples.get(schema.get("$ref", "").rsplit("/", 1)[-1])


PROFILE = {
    "attributes": [
        {"name": "username", "validations": {"length": {"min": 3, "max": 255}}, "permissions": {"view": ["admin"]}},
        {
            "name": "email",
            "required": {"roles": ["user"]},
            "multivalued": False,
            "group": "g",
            "annotations": {"a": "b"},
        },
    ],
    "groups": [{"name": "g", "displayHeader": "G"}],
    "unmanagedAttributePolicy": "ENABLED",
}


def meant(samples, path):
    """Those that name something in the path."""
    return [one for one in samples if isinstance(one, dict) and not path.isdisjoint(map(str, one.values()))]


def settings(realm):
    """The realm without what it holds."""
    return {name: value for name, value in realm.items() if not isinstance(value, (list, dict))}


def blend(sample, generated, is_new, chance):
    """The sample with some generated members, and an odd value at a place or two."""
    made = copy.deepcopy(sample)
    if is_new and chance.random() < 0.8:
        made = anew(made, chance)
    taken = [name for name in generated if len(generated) <= FEW or chance.random() < 0.1]
    made |= {name: generated[name] for name in taken}
    for _ in range(chance.choice((0, 0, 1, 1, 2))):
        distort(made, chance)
    return made


def anew(made, chance):
    """The same as something that is not there yet."""
    own = {made.pop("id", None), made.pop("internalId", None)}
    if len(made) > MANY:
        text = json.dumps(made)
        other = {
            old: str(uuid.UUID(int=chance.getrandbits(128), version=4))
            for old in sorted(set(recorded.UUID.findall(text)) - own)
        }
        made = json.loads(recorded.UUID.sub(lambda found: other.get(found[0], found[0]), text))
    for name in sorted(NAMES & made.keys()):
        made[name] = f"{made[name]}-{chance.randrange(10**9)}"
    return made


#: Of so few generated members all are taken: they are what is tried.
FEW = 3

#: A representation with more members is one of a realm, which holds ids of its own.
MANY = 60

NAMES = {"name", "alias", "clientId", "username", "email", "realm", "path"}


def distort(made, chance):
    """Puts something odd in place of one value, however deep."""
    while made:
        keys = list(made) if isinstance(made, dict) else range(len(made))
        key = chance.choice(keys)
        if not made[key] or not isinstance(made[key], (dict, list)) or chance.random() < 0.2:
            made[key] = copy.deepcopy(chance.choice(ODD))
            return
        made = made[key]
