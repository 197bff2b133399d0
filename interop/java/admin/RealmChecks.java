package admin;

import static admin.Ask.created;
import static admin.Ask.each;
import static admin.Ask.equal;
import static admin.Ask.has;
import static admin.Ask.refused;
import static admin.Logins.login;
import static admin.Made.client;
import static admin.Made.group;
import static admin.Made.named;
import static admin.Made.publicClient;
import static admin.Made.role;
import static admin.Made.scope;
import static admin.Made.user;
import static admin.Main.admin;

import com.nimbusds.jwt.SignedJWT;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.AccessTokenResponse;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.ComponentRepresentation;
import org.keycloak.representations.idm.GroupRepresentation;
import org.keycloak.representations.idm.PartialImportRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;
import org.keycloak.representations.idm.RolesRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** Realms: settings, defaults, keys, partial export and import, client policies. */
final class RealmChecks {
    static void realm(RealmResource realm) {
        RealmRepresentation found = realm.toRepresentation();
        String name = found.getRealm();
        equal(true, found.isEnabled());
        equal(300, found.getAccessTokenLifespan());
        refused(409, () -> admin.realms().create(named(name)));
        found.setDisplayName("Näme");
        found.setAccessTokenLifespan(77);
        found.setRevokeRefreshToken(true);
        found.setAttributes(Map.of("color", "blue"));
        realm.update(found);
        RealmRepresentation changed = realm.toRepresentation();
        equal("Näme", changed.getDisplayName());
        equal(77, changed.getAccessTokenLifespan());
        equal(true, changed.getRevokeRefreshToken());
        equal("blue", changed.getAttributes().get("color"));
        equal(true, has(admin.realms().findAll(), RealmRepresentation::getRealm, name));
        Set<String> builtIn = Set.of("account", "account-console", "admin-cli", "broker", "realm-management", "security-admin-console");
        equal(builtIn, each(realm.clients().findAll(), ClientRepresentation::getClientId));
        refused(NotFoundException.class, () -> admin.realm("no-such-realm-" + UUID.randomUUID()).toRepresentation());
        equal("26", admin.serverInfo().getInfo().getSystemInfo().getVersion().split("\\.")[0]);
    }

    static void defaults(RealmResource realm) {
        String group = group(realm, "everybody");
        realm.addDefaultGroup(group);
        equal(Set.of("/everybody"), each(realm.getDefaultGroups(), GroupRepresentation::getPath));
        String user = user(realm, "newcomer", Map.of());
        equal(Set.of("everybody"), each(realm.users().get(user).groups(), GroupRepresentation::getName));
        realm.removeDefaultGroup(group);
        equal(List.of(), realm.getDefaultGroups());

        String scope = scope(realm, "extra");
        realm.addDefaultDefaultClientScope(scope);
        equal(true, has(realm.getDefaultDefaultClientScopes(), ClientScopeRepresentation::getName, "extra"));
        String client = client(realm, "with-extra", made -> { });
        equal(true, has(realm.clients().get(client).getDefaultClientScopes(), ClientScopeRepresentation::getName, "extra"));
        realm.removeDefaultDefaultClientScope(scope);
        realm.addDefaultOptionalClientScope(scope);
        equal(false, has(realm.getDefaultDefaultClientScopes(), ClientScopeRepresentation::getName, "extra"));
        equal(true, has(realm.getDefaultOptionalClientScopes(), ClientScopeRepresentation::getName, "extra"));
        realm.removeDefaultOptionalClientScope(scope);
        equal(false, has(realm.getDefaultOptionalClientScopes(), ClientScopeRepresentation::getName, "extra"));
    }

    static void localization(RealmResource realm) {
        realm.localization().saveRealmLocalizationText("de", "hello", "Hallo");
        realm.localization().createOrUpdateRealmLocalizationTexts("de", Map.of("bye", "Tschüss"));
        equal(Set.of("de"), new TreeSet<>(realm.localization().getRealmSpecificLocales()));
        equal(Map.of("hello", "Hallo", "bye", "Tschüss"), realm.localization().getRealmLocalizationTexts("de"));
        equal("Tschüss", realm.localization().getRealmLocalizationText("de", "bye"));
        realm.localization().deleteRealmLocalizationText("de", "bye");
        refused(NotFoundException.class, () -> realm.localization().getRealmLocalizationText("de", "bye"));
        realm.localization().deleteRealmLocalizationTexts("de");
        equal(List.of(), realm.localization().getRealmSpecificLocales());
    }

    static void keys(RealmResource realm) throws Exception {
        String before = realm.keys().getKeyMetadata().getActive().get("RS256");
        ComponentRepresentation provider = new ComponentRepresentation();
        provider.setName("newer");
        provider.setProviderId("rsa-generated");
        provider.setProviderType("org.keycloak.keys.KeyProvider");
        provider.setParentId(realm.toRepresentation().getId());
        provider.setConfig(new org.keycloak.common.util.MultivaluedHashMap<>(Map.of("priority", List.of("200"), "keySize", List.of("2048"))));
        String id = created(realm.components().add(provider));
        String after = realm.keys().getKeyMetadata().getActive().get("RS256");
        equal(false, before.equals(after));
        equal(true, has(realm.components().query(null, "org.keycloak.keys.KeyProvider"), ComponentRepresentation::getName, "newer"));
        user(realm, "alice", Map.of());
        publicClient(realm);
        AccessTokenResponse tokens = login(realm, "alice");
        equal(after, SignedJWT.parse(tokens.getToken()).getHeader().getKeyID());
        realm.components().component(id).remove();
        equal(before, realm.keys().getKeyMetadata().getActive().get("RS256"));
        refused(NotFoundException.class, () -> realm.components().component(id).toRepresentation());
    }

    static void partial(RealmResource realm) {
        role(realm, "carrier");
        group(realm, "carried");
        client(realm, "carried-client", made -> made.setSecret("hush"));
        RealmRepresentation export = realm.partialExport(true, true);
        equal(true, has(export.getRoles().getRealm(), RoleRepresentation::getName, "carrier"));
        equal(true, has(export.getGroups(), GroupRepresentation::getName, "carried"));
        ClientRepresentation exported = export.getClients().stream().filter(c -> c.getClientId().equals("carried-client")).findFirst().orElseThrow();
        equal("**********", exported.getSecret());
        equal(null, realm.partialExport(false, false).getGroups());

        UserRepresentation user = new UserRepresentation();
        user.setUsername("imported");
        user.setEnabled(true);
        PartialImportRepresentation more = new PartialImportRepresentation();
        more.setUsers(List.of(user));
        RolesRepresentation roles = new RolesRepresentation();
        roles.setRealm(List.of(new RoleRepresentation("carrier", "again", false), new RoleRepresentation("imported-role", "new", false)));
        more.setRoles(roles);
        more.setIfResourceExists("FAIL");
        try (Response answer = realm.partialImport(more)) {
            equal(409, answer.getStatus());
        }
        equal(List.of(), realm.users().searchByUsername("imported", true));
        more.setIfResourceExists("SKIP");
        try (Response answer = realm.partialImport(more)) {
            equal(200, answer.getStatus());
            Map<?, ?> result = answer.readEntity(Map.class);
            equal(List.of(2, 1, 0), List.of(result.get("added"), result.get("skipped"), result.get("overwritten")));
        }
        equal(null, realm.roles().get("carrier").toRepresentation().getDescription());
        more.setIfResourceExists("OVERWRITE");
        try (Response answer = realm.partialImport(more)) {
            equal(200, answer.getStatus());
            equal(3, answer.readEntity(Map.class).get("overwritten"));
        }
        equal("again", realm.roles().get("carrier").toRepresentation().getDescription());
    }

    static void policies(RealmResource realm) {
        var profiles = realm.clientPoliciesProfilesResource().getProfiles(true);
        equal(List.of(), profiles.getProfiles());
        equal(true, has(profiles.getGlobalProfiles(), profile -> profile.getName(), "fapi-2-security-profile"));
        var profile = new org.keycloak.representations.idm.ClientProfileRepresentation();
        profile.setName("careful");
        profile.setDescription("Careful");
        profile.setExecutors(List.of());
        profiles.setProfiles(List.of(profile));
        profiles.setGlobalProfiles(null);
        realm.clientPoliciesProfilesResource().updateProfiles(profiles);
        equal(Set.of("careful"), each(realm.clientPoliciesProfilesResource().getProfiles(false).getProfiles(), one -> one.getName()));
        var policies = realm.clientPoliciesPoliciesResource().getPolicies();
        var policy = new org.keycloak.representations.idm.ClientPolicyRepresentation();
        policy.setName("all");
        policy.setEnabled(false);
        policy.setConditions(List.of());
        policy.setProfiles(List.of("careful"));
        policies.setPolicies(List.of(policy));
        realm.clientPoliciesPoliciesResource().updatePolicies(policies);
        equal(Set.of("all"), each(realm.clientPoliciesPoliciesResource().getPolicies().getPolicies(), one -> one.getName()));
        policy.setProfiles(List.of("unknown"));
        refused(BadRequestException.class, () -> realm.clientPoliciesPoliciesResource().updatePolicies(policies));
    }
}
