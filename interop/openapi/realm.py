"""The recorded realm under another name and with other ids, and what it holds: values for the paths of the document."""

import json
import re
import uuid
from pathlib import Path

NAME = "openapi"

RECORDED = Path(__file__).parent.parent / "differential/recorded"

UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")

LOCALE, TEXT = "de", "greeting"

ORGANIZATION = {"name": "Partners", "alias": "partners", "domains": [{"name": "partners.example.com"}]}


def read(mail):
    """The realm file. `mail` is its mail server."""
    text = (RECORDED / "realm-export.json").read_text(encoding="utf-8")
    text = UUID.sub(lambda found: str(uuid.uuid5(uuid.NAMESPACE_OID, found[0])), text)
    realm = json.loads(text)
    realm |= {"realm": NAME, "smtpServer": mail, "organizationsEnabled": True}
    realm["localizationTexts"] = {LOCALE: {TEXT: "Hallo"}}
    return realm


def places(realm, later):
    """For each parameter of a path, known by the segment before it: what may stand there, by what stands before.

    `later` has the lists of what gets its id only when the realm is made.
    """
    below = Below()
    for client in realm["clients"]:
        below.add(("clients", "scope-mappings"), client["id"])
        below.hold(client["id"], "models", [mapper["id"] for mapper in client.get("protocolMappers", [])])
        below.hold(
            client["id"], "roles", [role["name"] for role in realm["roles"]["client"].get(client["clientId"], [])]
        )
    for scope in realm["clientScopes"]:
        for segment in SCOPES:
            below.add((segment,), scope["id"])
        below.hold(scope["id"], "models", [mapper["id"] for mapper in scope.get("protocolMappers", [])])
    for user in realm["users"]:
        below.add(("users", "members"), user["id"])
        credentials = [credential["id"] for credential in user.get("credentials", [])]
        below.hold(user["id"], "credentials", credentials)
        below.hold(user["id"], "moveAfter", credentials)
        below.hold(
            user["id"], "federated-identity", [one["identityProvider"] for one in user.get("federatedIdentities", [])]
        )
    for group in realm["groups"]:
        for one in [group, *group["subGroups"]]:
            below.add(("groups", "default-groups"), one["id"])
            below.add(("group-by-path",), one["path"].lstrip("/"))
    for role in realm["roles"]["realm"]:
        below.add(("roles",), role["name"])
        below.add(("roles-by-id",), role["id"])
    for role in (role for roles in realm["roles"]["client"].values() for role in roles):
        below.add(("roles-by-id",), role["id"])
    for flow in realm["authenticationFlows"]:
        below.add(("flows",), flow["alias"])
        below.add(("flows",), flow["id"])
    for components in realm["components"].values():
        for component in components:
            below.add(("components", "user-storage"), component["id"])
    below.all("config", [config["id"] for config in realm["authenticatorConfig"]])
    below.all("instances", [provider["alias"] for provider in realm["identityProviders"]])
    below.all("identity-providers", [provider["alias"] for provider in realm["identityProviders"]])
    below.all("mappers", [mapper["id"] for mapper in realm["identityProviderMappers"]])
    below.all("required-actions", [action["alias"] for action in realm["requiredActions"]])
    clients = {client["clientId"]: client["id"] for client in realm["clients"]}
    below.all("consents", list(clients))
    below.all("offline-sessions", list(clients.values()))
    for segment, values in (CONSTANT | later).items():
        below.all(segment, values)
    return below


SCOPES = (
    "client-scopes",
    "client-templates",
    "default-client-scopes",
    "optional-client-scopes",
    "default-default-client-scopes",
    "default-optional-client-scopes",
)

CONSTANT = {
    "realms": [NAME],
    "admin": ["master"],
    "certificates": ["jwt.credential", "saml.signing"],
    "config-description": ["auth-cookie", "identity-provider-redirector", "conditional-user-role"],
    "localization": [LOCALE],
    LOCALE: [TEXT],
    "protocol": ["openid-connect", "saml"],
    "providers": ["keycloak-oidc-keycloak-json", "oidc", "keycloak-oidc-jboss-subsystem"],
    "nodes": ["node.example.com"],
}


class Below:
    """Values by the segment before them. What belongs to something, as a mapper to its client, is found by its id."""

    def __init__(self):
        self.everywhere = {}
        self.held = {}

    def add(self, segments, value):
        for segment in segments:
            self.everywhere.setdefault(segment, []).append(value)

    def all(self, segment, values):
        self.everywhere[segment] = values

    def hold(self, holder, segment, values):
        if values:
            self.held[holder, segment] = values

    def values(self, path, segment, after=()):
        """What may come after `segment`, of the innermost holder in the path so far; what holds something that comes
        after it, if anything does."""
        for holder in reversed(path):
            if (holder, segment) in self.held:
                return self.held[holder, segment]
        found = self.everywhere.get(segment, [])
        for later in after:
            if holders := [value for value in found if (value, later) in self.held]:
                return holders
        return found


def query(realm):
    """Values of query parameters, by their names."""
    clients = [client["clientId"] for client in realm["clients"]]
    return {
        "userId": [user["id"] for user in realm["users"]],
        "scope": ["openid", "openid profile email", ""],
        "username": [user["username"] for user in realm["users"]],
        "email": ["alice@example.com"],
        "clientId": clients,
        "client_id": clients,
        "client": clients,
        "search": ["a", "*a*", '"alice"', "%", "id:x"],
        "q": ["country:DE", "country:DE tenant:north", '"a b":"c"', ":"],
        "redirect_uri": ["https://shop.example.com/callback"],
        "resourceTypes": ["USER", "nothing"],
        "operationTypes": ["CREATE"],
        "type": ["LOGIN", "org.keycloak.keys.KeyProvider"],
        "dateFrom": ["2026-01-01", "1767225600000"],
        "dateTo": ["2026-01-01", "-1"],
        "direction": ["asc", "desc"],
    }
