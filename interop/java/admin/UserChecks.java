package admin;

import static admin.Ask.created;
import static admin.Ask.each;
import static admin.Ask.equal;
import static admin.Ask.has;
import static admin.Ask.refused;
import static admin.Logins.login;
import static admin.Made.password;
import static admin.Made.person;
import static admin.Made.provider;
import static admin.Made.publicClient;
import static admin.Made.user;

import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.FederatedIdentityRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.UserRepresentation;
import org.keycloak.representations.userprofile.config.UPAttribute;
import org.keycloak.representations.userprofile.config.UPAttributePermissions;

/** Users: search, credentials, links, profile. */
final class UserChecks {
    static void userItself(RealmResource realm) {
        UserRepresentation wanted = person("Alice");
        try (Response answer = realm.users().create(wanted)) {
            equal(201, answer.getStatus());
        }
        UserRepresentation found = realm.users().searchByUsername("alice", true).get(0);
        equal("alice", found.getUsername());
        equal("alice@example.com", found.getEmail());
        equal(true, found.isEnabled());
        equal(true, System.currentTimeMillis() - found.getCreatedTimestamp() < 60_000);
        wanted.setEmail("another@example.com");
        try (Response answer = realm.users().create(wanted)) {
            equal(409, answer.getStatus());
            equal("User exists with same username", answer.readEntity(Map.class).get("errorMessage"));
        }
        UserRepresentation sameMail = person("other");
        sameMail.setEmail("alice@example.com");
        try (Response answer = realm.users().create(sameMail)) {
            equal(409, answer.getStatus());
            equal("User exists with same email", answer.readEntity(Map.class).get("errorMessage"));
        }
        found.setFirstName("Älice");
        found.setEnabled(false);
        found.setRequiredActions(List.of("UPDATE_PASSWORD"));
        realm.users().get(found.getId()).update(found);
        UserRepresentation changed = realm.users().get(found.getId()).toRepresentation();
        equal("Älice", changed.getFirstName());
        equal(false, changed.isEnabled());
        equal(List.of("UPDATE_PASSWORD"), changed.getRequiredActions());
        try (Response answer = realm.users().delete(found.getId())) {
            equal(204, answer.getStatus());
        }
        refused(NotFoundException.class, () -> realm.users().get(found.getId()).toRepresentation());
        try (Response answer = realm.users().delete(found.getId())) {
            equal(404, answer.getStatus());
        }
    }

    static void search(RealmResource realm) {
        for (String name : List.of("alice", "alina", "bob")) {
            user(realm, name, Map.of());
        }
        UserRepresentation off = realm.users().searchByUsername("bob", true).get(0);
        off.setEnabled(false);
        realm.users().get(off.getId()).update(off);
        equal(Set.of("alice", "alina"), each(realm.users().search("ali"), UserRepresentation::getUsername));
        equal(Set.of("alice", "alina"), each(realm.users().search("*li*", 0, 10), UserRepresentation::getUsername));
        equal(Set.of("bob"), each(realm.users().searchByEmail("bob@example.com", true), UserRepresentation::getUsername));
        equal(Set.of("alina"), each(realm.users().searchByFirstName("First alina", true), UserRepresentation::getUsername));
        equal(Set.of("bob"), each(realm.users().search(null, null, null, null, null, null, false, true), UserRepresentation::getUsername));
        equal(List.of("alina"), realm.users().list(1, 1).stream().map(UserRepresentation::getUsername).toList());
        equal(List.of(), realm.users().search("zoe"));
        equal(3, realm.users().count());
        equal(2, realm.users().count("ali"));
        equal(1, realm.users().count(null, null, null, "bob"));
    }

    static void credentials(RealmResource realm) {
        String alice = user(realm, "alice", Map.of());
        publicClient(realm);
        equal(Set.of("password"), each(realm.users().get(alice).credentials(), CredentialRepresentation::getType));
        equal(null, realm.users().get(alice).credentials().get(0).getSecretData());
        String id = realm.users().get(alice).credentials().get(0).getId();
        realm.users().get(alice).setCredentialUserLabel(id, "My label");
        equal("My label", realm.users().get(alice).credentials().get(0).getUserLabel());
        realm.users().get(alice).resetPassword(password("another horse 2", false));
        refused(() -> login(realm, "alice"));
        equal(true, login(realm, "alice", "another horse 2", null).getToken() != null);
        realm.users().get(alice).resetPassword(password("yet another 3", true));
        equal(List.of("UPDATE_PASSWORD"), realm.users().get(alice).toRepresentation().getRequiredActions());
        equal("Account is not fully set up", refused(() -> login(realm, "alice", "yet another 3", null)).get("error_description"));
        RealmRepresentation strict = realm.toRepresentation();
        strict.setPasswordPolicy("length(12) and digits(1)");
        realm.update(strict);
        BadRequestException weak = refused(BadRequestException.class, () -> realm.users().get(alice).resetPassword(password("short", false)));
        equal("invalidPasswordMinLengthMessage", weak.getResponse().readEntity(Map.class).get("error"));
        realm.users().get(alice).removeCredential(realm.users().get(alice).credentials().get(0).getId());
        equal(List.of(), realm.users().get(alice).credentials());
        refused(NotFoundException.class, () -> realm.users().get(alice).removeCredential(UUID.randomUUID().toString()));
    }

    static void federatedIdentity(RealmResource realm) {
        created(realm.identityProviders().create(provider()));
        String alice = user(realm, "alice", Map.of());
        FederatedIdentityRepresentation link = new FederatedIdentityRepresentation();
        link.setUserId("corp-1");
        link.setUserName("alice.corp");
        try (Response answer = realm.users().get(alice).addFederatedIdentity("corp", link)) {
            equal(204, answer.getStatus());
        }
        try (Response answer = realm.users().get(alice).addFederatedIdentity("corp", link)) {
            equal(409, answer.getStatus());
        }
        FederatedIdentityRepresentation found = realm.users().get(alice).getFederatedIdentity().get(0);
        equal(List.of("corp", "corp-1", "alice.corp"), List.of(found.getIdentityProvider(), found.getUserId(), found.getUserName()));
        realm.users().get(alice).removeFederatedIdentity("corp");
        equal(List.of(), realm.users().get(alice).getFederatedIdentity());
        refused(NotFoundException.class, () -> realm.users().get(alice).removeFederatedIdentity("corp"));
    }

    static void profile(RealmResource realm) {
        var config = realm.users().userProfile().getConfiguration();
        equal(true, has(config.getAttributes(), UPAttribute::getName, "email"));
        config.addOrReplaceAttribute(new UPAttribute("floor", new UPAttributePermissions(Set.of("admin"), Set.of("admin"))));
        realm.users().userProfile().update(config);
        equal(true, has(realm.users().userProfile().getConfiguration().getAttributes(), UPAttribute::getName, "floor"));
        equal(true, realm.users().userProfile().getMetadata().getAttributeMetadata("floor") != null);
        String alice = user(realm, "alice", Map.of("floor", List.of("3")));
        equal(Map.of("floor", List.of("3")), realm.users().get(alice).toRepresentation().getAttributes());
        equal(Set.of("alice"), each(realm.users().searchByAttributes("floor:3"), UserRepresentation::getUsername));
        String bob = user(realm, "bob", Map.of("undeclared", List.of("x")));
        equal(null, realm.users().get(bob).toRepresentation().getAttributes());
    }
}
