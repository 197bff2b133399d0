package admin;

import static admin.Ask.created;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.GroupRepresentation;
import org.keycloak.representations.idm.IdentityProviderRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** What the checks make. */
final class Made {
    static final String PASSWORD = "correct horse 1";

    static RealmRepresentation named(String name) {
        RealmRepresentation wanted = new RealmRepresentation();
        wanted.setRealm(name);
        wanted.setEnabled(true);
        return wanted;
    }

    static String name(RealmResource realm) {
        return realm.toRepresentation().getRealm();
    }

    interface Change<T> {
        void on(T made);
    }

    static String client(RealmResource realm, String clientId, Change<ClientRepresentation> change) {
        ClientRepresentation wanted = new ClientRepresentation();
        wanted.setClientId(clientId);
        wanted.setEnabled(true);
        change.on(wanted);
        return created(realm.clients().create(wanted));
    }

    /** The client `app`, through which people log in. */
    static String publicClient(RealmResource realm) {
        return client(realm, "app", made -> {
            made.setPublicClient(true);
            made.setDirectAccessGrantsEnabled(true);
        });
    }

    static String scope(RealmResource realm, String name) {
        ClientScopeRepresentation wanted = new ClientScopeRepresentation();
        wanted.setName(name);
        wanted.setProtocol("openid-connect");
        wanted.setAttributes(Map.of("include.in.token.scope", "true"));
        return created(realm.clientScopes().create(wanted));
    }

    static void role(RealmResource realm, String name) {
        realm.roles().create(new RoleRepresentation(name, null, false));
    }

    static String group(RealmResource realm, String name) {
        GroupRepresentation wanted = new GroupRepresentation();
        wanted.setName(name);
        return created(realm.groups().add(wanted));
    }

    static UserRepresentation person(String name) {
        UserRepresentation wanted = new UserRepresentation();
        wanted.setUsername(name);
        wanted.setEmail(name + "@example.com");
        wanted.setFirstName("First " + name);
        wanted.setLastName("Last");
        wanted.setEnabled(true);
        wanted.setCredentials(List.of(password(PASSWORD, false)));
        return wanted;
    }

    static String user(RealmResource realm, String name, Map<String, List<String>> attributes) {
        UserRepresentation wanted = person(name);
        wanted.setAttributes(new HashMap<>(attributes));
        return created(realm.users().create(wanted));
    }

    static CredentialRepresentation password(String value, boolean temporary) {
        CredentialRepresentation wanted = new CredentialRepresentation();
        wanted.setType(CredentialRepresentation.PASSWORD);
        wanted.setValue(value);
        wanted.setTemporary(temporary);
        return wanted;
    }

    static IdentityProviderRepresentation provider() {
        IdentityProviderRepresentation wanted = new IdentityProviderRepresentation();
        wanted.setAlias("corp");
        wanted.setProviderId("oidc");
        wanted.setEnabled(true);
        String at = "https://login.example.org/";
        wanted.setConfig(new HashMap<>(Map.of("clientId", "us", "clientSecret", "hush", "authorizationUrl", at + "auth", "tokenUrl", at + "token")));
        return wanted;
    }

    static ProtocolMapperRepresentation mapper(String name, String kind, Map<String, String> config) {
        ProtocolMapperRepresentation wanted = new ProtocolMapperRepresentation();
        wanted.setName(name);
        wanted.setProtocol("openid-connect");
        wanted.setProtocolMapper(kind);
        wanted.setConfig(new HashMap<>(config));
        wanted.getConfig().put("access.token.claim", "true");
        return wanted;
    }

    static ProtocolMapperRepresentation hardcoded(String claim, String value) {
        return mapper(claim, "oidc-hardcoded-claim-mapper", Map.of("claim.name", claim, "claim.value", value, "jsonType.label", "String"));
    }

    static ProtocolMapperRepresentation groups() {
        return mapper("groups", "oidc-group-membership-mapper", Map.of("claim.name", "groups", "full.path", "true"));
    }

    static ProtocolMapperRepresentation audience(String value) {
        return mapper("audience", "oidc-audience-mapper", Map.of("included.custom.audience", value));
    }
}
