package admin;

import static admin.Ask.each;
import static admin.Ask.equal;
import static admin.Ask.has;
import static admin.Ask.refused;
import static admin.Made.group;
import static admin.Made.role;
import static admin.Made.user;

import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.GroupRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** Groups: the tree, members, roles. */
final class GroupChecks {
    static void groupTree(RealmResource realm) {
        String staff = group(realm, "staff");
        GroupRepresentation twin = new GroupRepresentation();
        twin.setName("staff");
        try (Response answer = realm.groups().add(twin)) {
            equal(409, answer.getStatus());
            equal("Top level group named 'staff' already exists.", answer.readEntity(Map.class).get("errorMessage"));
        }
        String night = null;
        for (String name : List.of("day", "night", "weekend")) {
            GroupRepresentation child = new GroupRepresentation();
            child.setName(name);
            child.setAttributes(Map.of("shift", List.of(name)));
            try (Response answer = realm.groups().group(staff).subGroup(child)) {
                equal(201, answer.getStatus());
                night = name.equals("night") ? answer.readEntity(GroupRepresentation.class).getId() : night;
            }
        }
        equal(Set.of("day", "night", "weekend"), each(realm.groups().group(staff).getSubGroups(0, 10, true), GroupRepresentation::getName));
        equal(1, realm.groups().group(staff).getSubGroups(1, 1, true).size());
        equal("/staff/night", realm.groups().group(night).toRepresentation().getPath());
        equal(Map.of("shift", List.of("night")), realm.groups().group(night).toRepresentation().getAttributes());
        equal(night, realm.getGroupByPath("/staff/night").getId());
        refused(NotFoundException.class, () -> realm.getGroupByPath("/staff/noon"));
        equal(Set.of("staff"), each(realm.groups().groups("nigh", 0, 10), GroupRepresentation::getName));
        equal(Set.of("night"), each(realm.groups().groups("nigh", 0, 10).get(0).getSubGroups(), GroupRepresentation::getName));
        equal(4L, realm.groups().count().get("count"));
        equal(1L, realm.groups().count(true).get("count"));
        GroupRepresentation renamed = realm.groups().group(staff).toRepresentation();
        renamed.setName("crew");
        realm.groups().group(staff).update(renamed);
        equal("/crew/night", realm.groups().group(night).toRepresentation().getPath());
        realm.groups().group(staff).remove();
        String gone = night;
        refused(NotFoundException.class, () -> realm.groups().group(gone).toRepresentation());
        equal(List.of(), realm.groups().groups());
    }

    static void members(RealmResource realm) {
        String staff = group(realm, "staff");
        String alice = user(realm, "alice", Map.of());
        realm.users().get(alice).joinGroup(staff);
        equal(Set.of("alice"), each(realm.groups().group(staff).members(), UserRepresentation::getUsername));
        equal(1L, realm.users().get(alice).groupsCount(null).get("count"));
        role(realm, "reader");
        realm.groups().group(staff).roles().realmLevel().add(List.of(realm.roles().get("reader").toRepresentation()));
        equal(Set.of("reader"), each(realm.groups().group(staff).roles().realmLevel().listAll(), RoleRepresentation::getName));
        equal(true, has(realm.users().get(alice).roles().realmLevel().listEffective(), RoleRepresentation::getName, "reader"));
        equal(false, has(realm.users().get(alice).roles().realmLevel().listAll(), RoleRepresentation::getName, "reader"));
        realm.users().get(alice).leaveGroup(staff);
        equal(List.of(), realm.groups().group(staff).members());
        refused(NotFoundException.class, () -> realm.users().get(alice).joinGroup(UUID.randomUUID().toString()));
    }
}
