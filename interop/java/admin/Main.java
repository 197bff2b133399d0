package admin;

import static admin.Ask.said;
import static admin.Logins.URL;
import static admin.Made.named;

import java.util.UUID;
import org.keycloak.admin.client.Keycloak;
import org.keycloak.admin.client.KeycloakBuilder;
import org.keycloak.admin.client.resource.RealmResource;

/** Keycloak's own admin client. Each check makes a realm and deletes it; prints a line a check and `N passed, N failed`. */
public final class Main {
    static Keycloak admin;
    private static int passed;
    private static int failed;

    private interface Check {
        void run(RealmResource realm) throws Exception;
    }

    public static void main(String[] args) {
        admin = KeycloakBuilder.builder()
            .serverUrl(URL)
            .realm("master")
            .clientId("admin-cli")
            .username(System.getenv("KEYWARD_ADMIN_USER"))
            .password(System.getenv("KEYWARD_ADMIN_PASSWORD"))
            .build();
        check("realm: created once, read, changed, listed", RealmChecks::realm);
        check("realm: default groups and default scopes", RealmChecks::defaults);
        check("realm: texts by locale", RealmChecks::localization);
        check("realm: keys, and a key provider more", RealmChecks::keys);
        check("realm: partial export and import", RealmChecks::partial);
        check("client: created once, found, changed, removed", ClientChecks::clientItself);
        check("client: secret and service account", ClientChecks::secret);
        check("client: scopes by default and on demand", ClientChecks::clientScopes);
        check("client: initial access tokens, registration token, installation", ClientChecks::registration);
        check("role: composites of realm and client roles", RoleChecks::roles);
        check("role: who has it", RoleChecks::rolesInUse);
        check("group: tree, paths, search, paging", GroupChecks::groupTree);
        check("group: members and roles", GroupChecks::members);
        check("user: created once, read, changed, removed", UserChecks::userItself);
        check("user: search and counts", UserChecks::search);
        check("user: passwords and other credentials", UserChecks::credentials);
        check("user: role mappings, available and effective", RoleChecks::roleMappings);
        check("user: federated identity", UserChecks::federatedIdentity);
        check("user: profile", UserChecks::profile);
        check("mapper: created, changed, removed", ClientChecks::mappers);
        check("token: claims of a person", TokenChecks::personToken);
        check("token: full scope off, scope mappings, evaluated", TokenChecks::scopeMappings);
        check("sessions: listed, ended", SessionChecks::sessions);
        check("sessions: offline", SessionChecks::offlineSessions);
        check("events: of people and of admins", SessionChecks::events);
        check("attack detection: locked and freed", SessionChecks::attackDetection);
        check("flows and required actions", DataChecks::flows);
        check("identity providers and their mappers", DataChecks::identityProviders);
        check("client policies and profiles", RealmChecks::policies);
        check("rights: who may only view, and who may nothing", RoleChecks::rights);
        admin.close();
        System.out.println(passed + " passed, " + failed + " failed");
        System.exit(failed == 0 ? 0 : 1);
    }

    private static void check(String name, Check check) {
        RealmResource realm = null;
        try {
            String realmName = "java-" + UUID.randomUUID();
            admin.realms().create(named(realmName));
            realm = admin.realm(realmName);
            check.run(realm);
            realm.remove();
            passed++;
            System.out.println("ok     " + name);
        } catch (Exception | AssertionError error) {
            failed++;
            System.out.println("FAILED " + name + ": " + said(error) + line(error));
            remove(realm);
        }
    }

    private static void remove(RealmResource realm) {
        try {
            if (realm != null) {
                realm.remove();
            }
        } catch (RuntimeException gone) {
            // The check itself has told what is wrong.
        }
    }

    private static String line(Throwable error) {
        for (StackTraceElement frame : error.getStackTrace()) {
            if (frame.getClassName().startsWith("admin.") && !frame.getClassName().equals("admin.Ask")) {
                return " (" + frame.getFileName() + ":" + frame.getLineNumber() + ")";
            }
        }
        return "";
    }
}
