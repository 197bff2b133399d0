package admin;

import static admin.Ask.each;
import static admin.Ask.equal;
import static admin.Ask.eventually;
import static admin.Ask.refused;
import static admin.Logins.login;
import static admin.Made.PASSWORD;
import static admin.Made.publicClient;
import static admin.Made.user;

import jakarta.ws.rs.NotFoundException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.AccessTokenResponse;
import org.keycloak.representations.idm.RealmRepresentation;

/** What logins leave behind. */
final class SessionChecks {
    static void sessions(RealmResource realm) {
        String alice = user(realm, "alice", Map.of());
        String id = publicClient(realm);
        AccessTokenResponse first = login(realm, "alice");
        AccessTokenResponse second = login(realm, "alice");
        equal(2, realm.users().get(alice).getUserSessions().size());
        equal(2, realm.clients().get(id).getUserSessions(0, 10).size());
        equal(Map.of("count", 2), realm.clients().get(id).getApplicationSessionCount());
        Map<String, String> statistics = realm.getClientSessionStats().get(0);
        equal(List.of("app", "2"), List.of(statistics.get("clientId"), statistics.get("active")));
        var session = realm.users().get(alice).getUserSessions().get(0);
        equal(List.of("alice", alice), List.of(session.getUsername(), session.getUserId()));
        equal(Map.of(id, "app"), session.getClients());
        realm.deleteSession(first.getSessionState(), false);
        equal(Set.of(second.getSessionState()), each(realm.users().get(alice).getUserSessions(), one -> one.getId()));
        refused(NotFoundException.class, () -> realm.deleteSession(first.getSessionState(), false));
        realm.users().get(alice).logout();
        equal(List.of(), realm.users().get(alice).getUserSessions());
        login(realm, "alice");
        realm.logoutAll();
        equal(List.of(), realm.users().get(alice).getUserSessions());
    }

    static void offlineSessions(RealmResource realm) {
        String alice = user(realm, "alice", Map.of());
        String id = publicClient(realm);
        AccessTokenResponse tokens = login(realm, "alice", PASSWORD, "openid offline_access");
        equal(1, realm.users().get(alice).getOfflineSessions(id).size());
        equal(Map.of("count", 1L), realm.clients().get(id).getOfflineSessionCount());
        equal(1, realm.clients().get(id).getOfflineUserSessions(0, 10).size());
        Map<String, Object> consent = realm.users().get(alice).getConsents().get(0);
        equal("app", consent.get("clientId"));
        realm.users().get(alice).revokeConsent("app");
        equal(List.of(), realm.users().get(alice).getOfflineSessions(id));
        equal(true, tokens.getRefreshToken() != null);
        refused(NotFoundException.class, () -> realm.users().get(alice).revokeConsent("app"));
    }

    static void events(RealmResource realm) throws Exception {
        var config = realm.getRealmEventsConfig();
        config.setEventsEnabled(true);
        config.setAdminEventsEnabled(true);
        config.setAdminEventsDetailsEnabled(true);
        realm.updateRealmEventsConfig(config);
        equal(true, realm.getRealmEventsConfig().isAdminEventsDetailsEnabled());
        String alice = user(realm, "alice", Map.of());
        publicClient(realm);
        login(realm, "alice");
        refused(() -> login(realm, "alice", "wrong", null));
        var logins = eventually(1, () -> realm.getEvents(List.of("LOGIN"), "app", alice, null, null, null, 0, 10));
        equal(List.of("LOGIN", alice, "app"), List.of(logins.get(0).getType(), logins.get(0).getUserId(), logins.get(0).getClientId()));
        var failures = eventually(1, () -> realm.getEvents(List.of("LOGIN_ERROR"), null, null, null, null, null, 0, 10));
        equal("invalid_user_credentials", failures.get(0).getError());
        var created = eventually(1, () -> realm.getAdminEvents(List.of("CREATE"), null, null, null, null, null, List.of("USER"), null, null, 0, 10));
        equal("users/" + alice, created.get(0).getResourcePath());
        equal(true, created.get(0).getRepresentation().contains("alice"));
        equal(true, !created.get(0).getRepresentation().contains(PASSWORD));
        realm.clearEvents();
        realm.clearAdminEvents();
        equal(List.of(), realm.getEvents());
        equal(0L, realm.getAdminEvents().stream().filter(event -> event.getOperationType().equals("CREATE")).count());
    }

    static void attackDetection(RealmResource realm) throws Exception {
        RealmRepresentation careful = realm.toRepresentation();
        careful.setBruteForceProtected(true);
        careful.setFailureFactor(2);
        careful.setQuickLoginCheckMilliSeconds(0L);
        realm.update(careful);
        String alice = user(realm, "alice", Map.of());
        publicClient(realm);
        equal(false, realm.attackDetection().bruteForceUserStatus(alice).get("disabled"));
        for (int wrong = 0; wrong < 3; wrong++) {
            refused(() -> login(realm, "alice", "wrong", null));
        }
        Map<String, Object> status = eventually(() -> realm.attackDetection().bruteForceUserStatus(alice), now -> Boolean.TRUE.equals(now.get("disabled")));
        equal("127.0.0.1", status.get("lastIPFailure"));
        equal("Invalid user credentials", refused(() -> login(realm, "alice")).get("error_description"));
        realm.attackDetection().clearBruteForceForUser(alice);
        equal(0, realm.attackDetection().bruteForceUserStatus(alice).get("numFailures"));
        equal(true, login(realm, "alice").getToken() != null);
        realm.attackDetection().clearAllBruteForce();
    }
}
