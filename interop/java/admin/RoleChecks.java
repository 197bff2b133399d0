package admin;

import static admin.Ask.each;
import static admin.Ask.equal;
import static admin.Ask.has;
import static admin.Ask.refused;
import static admin.Logins.session;
import static admin.Made.client;
import static admin.Made.group;
import static admin.Made.name;
import static admin.Made.person;
import static admin.Made.publicClient;
import static admin.Made.role;
import static admin.Made.user;

import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.keycloak.admin.client.Keycloak;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.GroupRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** Roles: composites, who has them, what they let an admin do. */
final class RoleChecks {
    static void roles(RealmResource realm) {
        role(realm, "reader");
        role(realm, "boss");
        refused(409, () -> role(realm, "boss"));
        String client = client(realm, "api", made -> { });
        realm.clients().get(client).roles().create(new RoleRepresentation("write", "Writes", false));
        RoleRepresentation reader = realm.roles().get("reader").toRepresentation();
        RoleRepresentation write = realm.clients().get(client).roles().get("write").toRepresentation();
        equal(true, write.getClientRole());
        equal(client, write.getContainerId());
        realm.roles().get("boss").addComposites(List.of(reader, write));
        equal(true, realm.roles().get("boss").toRepresentation().isComposite());
        equal(Set.of("reader", "write"), each(realm.roles().get("boss").getRoleComposites(), RoleRepresentation::getName));
        equal(Set.of("reader"), each(realm.roles().get("boss").getRealmRoleComposites(), RoleRepresentation::getName));
        equal(Set.of("write"), each(realm.roles().get("boss").getClientRoleComposites(client), RoleRepresentation::getName));
        realm.roles().get("boss").deleteComposites(List.of(write));
        equal(Set.of("reader"), each(realm.rolesById().getRoleComposites(realm.roles().get("boss").toRepresentation().getId()), RoleRepresentation::getName));

        reader.setDescription("Reads");
        reader.setAttributes(Map.of("level", List.of("1", "2")));
        realm.rolesById().updateRole(reader.getId(), reader);
        RoleRepresentation changed = realm.rolesById().getRole(reader.getId());
        equal("Reads", changed.getDescription());
        equal(Map.of("level", List.of("1", "2")), changed.getAttributes());
        equal(Set.of("reader"), each(realm.roles().list("read", 0, 5), RoleRepresentation::getName));
        realm.roles().deleteRole("reader");
        refused(NotFoundException.class, () -> realm.roles().get("reader").toRepresentation());
        equal(Set.of(), each(realm.roles().get("boss").getRoleComposites(), RoleRepresentation::getName));
        equal(true, has(realm.roles().list(), RoleRepresentation::getName, "default-roles-" + name(realm)));
    }

    static void rolesInUse(RealmResource realm) {
        role(realm, "reader");
        List<RoleRepresentation> reader = List.of(realm.roles().get("reader").toRepresentation());
        realm.users().get(user(realm, "alice", Map.of())).roles().realmLevel().add(reader);
        realm.groups().group(group(realm, "readers")).roles().realmLevel().add(reader);
        user(realm, "bob", Map.of());
        equal(Set.of("alice"), each(realm.roles().get("reader").getUserMembers(), UserRepresentation::getUsername));
        equal(Set.of("readers"), each(realm.roles().get("reader").getRoleGroupMembers(), GroupRepresentation::getName));
    }

    static void roleMappings(RealmResource realm) {
        String alice = user(realm, "alice", Map.of());
        role(realm, "reader");
        role(realm, "boss");
        String client = client(realm, "api", made -> { });
        realm.clients().get(client).roles().create(new RoleRepresentation("write", null, false));
        RoleRepresentation write = realm.clients().get(client).roles().get("write").toRepresentation();
        realm.roles().get("boss").addComposites(List.of(realm.roles().get("reader").toRepresentation(), write));
        var mappings = realm.users().get(alice).roles();
        equal(true, has(mappings.realmLevel().listAvailable(), RoleRepresentation::getName, "boss"));
        mappings.realmLevel().add(List.of(realm.roles().get("boss").toRepresentation()));
        equal(true, has(mappings.realmLevel().listAll(), RoleRepresentation::getName, "boss"));
        equal(false, has(mappings.realmLevel().listAvailable(), RoleRepresentation::getName, "boss"));
        equal(true, has(mappings.realmLevel().listEffective(), RoleRepresentation::getName, "reader"));
        equal(Set.of("write"), each(mappings.clientLevel(client).listEffective(), RoleRepresentation::getName));
        equal(Set.of(), each(mappings.clientLevel(client).listAll(), RoleRepresentation::getName));
        mappings.clientLevel(client).add(List.of(write));
        equal(Set.of("api"), mappings.getAll().getClientMappings().keySet());
        mappings.clientLevel(client).remove(List.of(write));
        mappings.realmLevel().remove(List.of(realm.roles().get("boss").toRepresentation()));
        equal(Set.of("default-roles-" + name(realm)), each(mappings.realmLevel().listAll(), RoleRepresentation::getName));
        RoleRepresentation unknown = new RoleRepresentation("nothing", null, false);
        unknown.setId(UUID.randomUUID().toString());
        refused(NotFoundException.class, () -> mappings.realmLevel().add(List.of(unknown)));
    }

    static void rights(RealmResource realm) {
        String viewer = user(realm, "viewer", Map.of());
        user(realm, "nobody", Map.of());
        publicClient(realm);
        String management = realm.clients().findByClientId("realm-management").get(0).getId();
        realm.users().get(viewer).roles().clientLevel(management).add(List.of(realm.clients().get(management).roles().get("view-users").toRepresentation()));
        try (Keycloak own = session(realm, "viewer"); Keycloak none = session(realm, "nobody")) {
            RealmResource seen = own.realm(name(realm));
            equal(2, seen.users().count());
            try (Response answer = seen.users().create(person("eve"))) {
                equal(403, answer.getStatus());
            }
            refused(ForbiddenException.class, () -> seen.clients().findAll());
            refused(ForbiddenException.class, () -> seen.roles().deleteRole("offline_access"));
            refused(ForbiddenException.class, () -> none.realm(name(realm)).users().list());
            refused(ForbiddenException.class, () -> own.realm("master").users().list());
            var admins = realm.clients().get(management).roles().get("realm-admin").toRepresentation();
            refused(ForbiddenException.class, () -> seen.users().get(viewer).roles().clientLevel(management).add(List.of(admins)));
        }
    }
}
