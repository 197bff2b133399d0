//! Settings of Keycloak's that are kept as data and enforce nothing here. The documents list them.

/// A setting that is kept and not enforced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotEnforced {
    /// The representation that it stands in.
    pub representation: &'static str,
    /// The member; an attribute as `attributes.name`.
    pub member: &'static str,
    /// What Keycloak does by it.
    pub keycloak: &'static str,
    /// What that means for security here.
    pub effect: &'static str,
}

const fn client(member: &'static str, keycloak: &'static str, effect: &'static str) -> NotEnforced {
    NotEnforced {
        representation: "ClientRepresentation",
        member,
        keycloak,
        effect,
    }
}

/// Those of clients.
pub const CLIENT: &[NotEnforced] = &[
    client(
        "clientAuthenticatorType",
        "the client proves itself by a signed assertion or a certificate",
        "stricter: anything but client-secret cannot authenticate at all; no secret stands in for it",
    ),
    client(
        "protocol: saml",
        "the client speaks SAML",
        "stricter: it gets no token and no page",
    ),
    client(
        "implicitFlowEnabled",
        "tokens in the address of the browser",
        "stricter: there is no implicit flow",
    ),
    client(
        "authorizationServicesEnabled, authorizationSettings",
        "UMA permissions",
        "none of them is asked: an application that relies on them refuses, since it gets no permission token",
    ),
    client(
        "frontchannelLogout, attributes.frontchannel.logout.url, attributes.frontchannel.logout.session.required",
        "the browser tells the application of a logout",
        "weaker: the application's own session goes on until it asks; its tokens are revoked",
    ),
    client(
        "attributes.backchannel.logout.url, attributes.backchannel.logout.session.required",
        "the server tells the application of a logout",
        "weaker: the application's own session goes on until it asks; its tokens are revoked",
    ),
    client(
        "attributes.backchannel.logout.revoke.offline.tokens",
        "a logout ends offline tokens too",
        "weaker: offline tokens outlive the logout",
    ),
    client(
        "adminUrl, nodeReRegistrationTimeout, registeredNodes",
        "revocations are pushed to the application",
        "weaker for an application that does not ask: it learns of them by introspection or by the end of a token",
    ),
    client(
        "authenticationFlowBindingOverrides",
        "another login flow for this client",
        "weaker where that flow asks for more than the usual login",
    ),
    client(
        "surrogateAuthRequired, alwaysDisplayInConsole, type, origin",
        "nothing, or how pages show the client",
        "none",
    ),
    client(
        "attributes.dpop.bound.access.tokens",
        "tokens only with a DPoP proof",
        "weaker: the client gets bearer tokens",
    ),
    client(
        "attributes.tls.client.certificate.bound.access.tokens, attributes.x509.subjectdn",
        "tokens bound to the client's certificate",
        "weaker for the binding: bearer tokens; stricter for the login by certificate, which is not offered",
    ),
    client(
        "attributes.require.pushed.authorization.requests",
        "authorization requests only through PAR",
        "weaker: the request may come in the browser's address",
    ),
    client(
        "attributes.request.object.required, attributes.request.object.*, attributes.request.uris",
        "authorization requests as signed objects",
        "weaker where it is required: a plain request is taken; one with an object is refused",
    ),
    client(
        "attributes.oauth2.device.authorization.grant.enabled, attributes.oidc.ciba.grant.enabled, \
         attributes.standard.token.exchange.enabled, attributes.oauth2.jwt.authorization.grant.enabled",
        "further grants",
        "stricter: there are no such grants",
    ),
    client(
        "attributes.client_credentials.use_refresh_token",
        "a refresh token for the client itself",
        "stricter: there is none (RFC 6749 §4.4.3)",
    ),
    client(
        "attributes.access.token.lifespan",
        "any number of seconds up to the end of the login; -1 for as long as that",
        "stricter: a day at most; -1 and 0 are the realm's lifespan",
    ),
    client(
        "attributes.*.signed.response.alg, attributes.*.signature.alg",
        "any algorithm of Keycloak's",
        "none: RS256, PS256, ES256 and EdDSA are honoured, for others the realm's default signs; userinfo and \
         authorization answers are not signed",
    ),
    client(
        "attributes.*.encrypted.response.alg, attributes.*.encrypted.response.enc",
        "ID tokens and answers are encrypted",
        "weaker: they are signed and not encrypted",
    ),
    client(
        "attributes.acr.loa.map, attributes.default.acr.values, attributes.minimum.acr.value",
        "levels of authentication by name",
        "weaker: a level above 1 is asked of nobody; a request that makes one essential is refused",
    ),
    client(
        "attributes.exclude.session.state.from.auth.response, attributes.exclude.issuer.from.auth.response, \
         attributes.token.response.type.bearer.lower-case, attributes.id.token.as.detached.signature",
        "the shape of answers",
        "none",
    ),
    client(
        "attributes.post.logout.redirect.uris, redirectUris",
        "* is every address of the web",
        "stricter: * is every address of the device itself; a path with * behind is honoured and reported",
    ),
    client(
        "client policies: conditions by scope, role, attribute, host, group, grant; executors beside pkce-enforcer, \
         consent-required, full-scope-disabled, reject-implicit-grant, reject-ropc-grant, secure-client-uris, \
         secure-client-authenticator, use-lightweight-access-token, secret-rotation",
        "checked at each request",
        "weaker: kept as data. The named ones act when a client is made or changed, not on clients from before",
    ),
    client(
        "clients-initial-access, registration-access-token",
        "clients register themselves",
        "stricter: there is no registration yet",
    ),
];

const fn realm(member: &'static str, keycloak: &'static str, effect: &'static str) -> NotEnforced {
    NotEnforced {
        representation: "RealmRepresentation",
        member,
        keycloak,
        effect,
    }
}

/// Those of realms.
pub const REALM: &[NotEnforced] = &[
    realm(
        "sslRequired",
        "plain http is refused, to all or to strangers",
        "weaker for all: a program on the same machine may use plain http. Stricter for external and none: in every \
         realm it is refused to whoever comes from elsewhere, private networks included",
    ),
    realm(
        "registrationAllowed, registrationFlow",
        "strangers make accounts for themselves",
        "stricter: there is no registration page",
    ),
    realm(
        "resetPasswordAllowed, resetCredentialsFlow",
        "people who forgot their password get a mail",
        "stricter: there is no such link; an administrator sends the mail",
    ),
    realm(
        "rememberMe, ssoSessionIdleTimeoutRememberMe, ssoSessionMaxLifespanRememberMe",
        "logins that outlive the browser",
        "stricter: there are none",
    ),
    realm(
        "browserFlow, directGrantFlow, clientAuthenticationFlow, firstBrokerLoginFlow, dockerAuthenticationFlow",
        "which flow a login takes",
        "weaker where a flow asks for more than password and, for whoever has one, one-time code",
    ),
    realm(
        "otpPolicyType, otpPolicyAlgorithm, otpPolicyDigits, otpPolicyPeriod, otpPolicyInitialCounter, \
         otpPolicyLookAheadWindow, otpPolicyCodeReusable, otpSupportedApplications",
        "how one-time codes of new devices are made and checked",
        "none for devices that are there: each keeps its own digits, period and algorithm; a code counts once",
    ),
    realm(
        "webAuthnPolicy*, webAuthnPolicyPasswordless*",
        "which passkeys are taken",
        "stricter: there are no passkeys yet",
    ),
    realm(
        "browserSecurityHeaders",
        "headers of every page",
        "none: pages carry fixed headers that are at least as strict as the usual ones",
    ),
    realm(
        "accessTokenLifespanForImplicitFlow",
        "the life of tokens in the browser's address",
        "stricter: there is no implicit flow",
    ),
    realm(
        "ssoSessionIdleTimeout, clientSessionIdleTimeout, offlineSessionIdleTimeout, clientOfflineSessionIdleTimeout",
        "a login that lies idle ends its access tokens at introspection and userinfo too; a longer time holds for \
         logins that are there",
        "weaker by an access token's lifespan at most: refresh tokens end, access tokens live to their own end; \
         stricter for the second: what was given keeps the times that it began with, unless they become shorter",
    ),
    realm(
        "accessCodeLifespanUserAction",
        "how long a person may take over a required action at login",
        "weaker by minutes: they may take accessCodeLifespanLogin",
    ),
    realm(
        "refreshTokenMaxReuse",
        "how often a refresh token may come again",
        "stricter: never once its successor was used; until then the client may ask again for the lost answer",
    ),
    realm(
        "maxSecondaryAuthFailures",
        "a lockout of its own for second factors",
        "none: wrong codes are counted apart here, with a limit that does not change",
    ),
    realm(
        "adminPermissionsEnabled, userManagedAccessAllowed",
        "fine-grained rights of administrators, UMA",
        "stricter: only the roles of realm-management count",
    ),
    realm(
        "organizationsEnabled, scimApiEnabled, verifiableCredentialsEnabled",
        "further features",
        "none: organizations are kept as data, the others are not there",
    ),
    realm(
        "loginTheme, accountTheme, adminTheme, emailTheme, displayNameHtml, internationalizationEnabled, \
         supportedLocales, defaultLocale, localizationTexts",
        "how pages and mails look",
        "none",
    ),
];

const fn user(
    representation: &'static str,
    member: &'static str,
    keycloak: &'static str,
    effect: &'static str,
) -> NotEnforced {
    NotEnforced {
        representation,
        member,
        keycloak,
        effect,
    }
}

/// Those of users, and of the profile that they must have.
pub const USER: &[NotEnforced] = &[
    user(
        "UserRepresentation",
        "requiredActions beside UPDATE_PASSWORD and VERIFY_EMAIL",
        "the person is asked at the next login",
        "stricter: the login is refused until an administrator takes the action off",
    ),
    user(
        "UserRepresentation",
        "federationLink, origin",
        "the person comes from a directory",
        "stricter: nobody is read from one",
    ),
    user(
        "UserRepresentation",
        "federatedIdentities",
        "the person logs in elsewhere",
        "stricter: nobody comes in through an identity provider",
    ),
    user(
        "UPConfig",
        "attributes.required and attributes.validations for people, attributes.selector",
        "at login, people are asked for what their profile lacks",
        "weaker: administrators alone are held to it; people change nothing of their profile here",
    ),
    user(
        "RealmEventsConfigRepresentation",
        "eventsListeners",
        "events are told to each of these, by mail to the person for one of them",
        "weaker where people were mailed of wrong passwords; every event is in the audit log",
    ),
    user(
        "RealmEventsConfigRepresentation",
        "attributes.adminEventsExpiration",
        "older admin events are deleted",
        "none: they end with the age of the audit log, which is 30 days",
    ),
];

const fn other(representation: &'static str, keycloak: &'static str, effect: &'static str) -> NotEnforced {
    NotEnforced {
        representation,
        member: "all",
        keycloak,
        effect,
    }
}

/// Representations that are kept whole.
pub const DATA_ONLY: &[NotEnforced] = &[
    other(
        "AuthenticationFlowRepresentation, AuthenticationExecutionInfoRepresentation, AuthenticatorConfigRepresentation",
        "how people and clients log in",
        "weaker where a flow asks for more than the login here does",
    ),
    other(
        "IdentityProviderRepresentation, IdentityProviderMapperRepresentation",
        "people log in elsewhere",
        "stricter: nobody comes in through one",
    ),
    other(
        "OrganizationRepresentation",
        "people belong to an organization, which tokens can tell",
        "none: no token carries it",
    ),
    other(
        "ComponentRepresentation of user storages (LDAP, Kerberos)",
        "people come from a directory",
        "stricter: nobody is read from one",
    ),
    other(
        "ComponentRepresentation of client registration policies",
        "what clients may register themselves",
        "stricter: there is no registration yet",
    ),
    other(
        "ComponentRepresentation of keys for encryption",
        "others encrypt to the server",
        "none: nothing here is decrypted with them",
    ),
    NotEnforced {
        representation: "RequiredActionProviderRepresentation",
        member: "enabled, config",
        keycloak: "an action that is off is skipped at login; max_auth_age asks for a new login before",
        effect: "stricter for the first: what is asked of a person stays asked; weaker for the second",
    },
];

/// Every one.
pub fn all() -> impl Iterator<Item = &'static NotEnforced> {
    CLIENT.iter().chain(REALM).chain(USER).chain(DATA_ONLY)
}
