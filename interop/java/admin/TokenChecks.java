package admin;

import static admin.Ask.created;
import static admin.Ask.each;
import static admin.Ask.equal;
import static admin.Ask.has;
import static admin.Logins.URL;
import static admin.Logins.claims;
import static admin.Logins.login;
import static admin.Logins.realmRoles;
import static admin.Made.PASSWORD;
import static admin.Made.audience;
import static admin.Made.client;
import static admin.Made.group;
import static admin.Made.groups;
import static admin.Made.hardcoded;
import static admin.Made.name;
import static admin.Made.publicClient;
import static admin.Made.role;
import static admin.Made.scope;
import static admin.Made.user;

import com.nimbusds.jwt.JWTClaimsSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.AccessTokenResponse;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;

/** Tokens of people who were made here. */
final class TokenChecks {
    static void personToken(RealmResource realm) throws Exception {
        String alice = user(realm, "alice", Map.of());
        role(realm, "reader");
        role(realm, "boss");
        realm.roles().get("boss").addComposites(List.of(realm.roles().get("reader").toRepresentation()));
        realm.users().get(alice).roles().realmLevel().add(List.of(realm.roles().get("boss").toRepresentation()));
        realm.users().get(alice).joinGroup(group(realm, "staff"));
        String api = client(realm, "api", made -> { });
        realm.clients().get(api).roles().create(new RoleRepresentation("write", null, false));
        realm.users().get(alice).roles().clientLevel(api).add(List.of(realm.clients().get(api).roles().get("write").toRepresentation()));

        String client = publicClient(realm);
        String scope = scope(realm, "staff:read");
        created(realm.clientScopes().get(scope).getProtocolMappers().createMapper(groups()));
        created(realm.clientScopes().get(scope).getProtocolMappers().createMapper(audience("https://staff.example.com")));
        realm.clients().get(client).addOptionalClientScope(scope);
        created(realm.clients().get(client).getProtocolMappers().createMapper(hardcoded("tier", "gold")));

        AccessTokenResponse plain = login(realm, "alice");
        JWTClaimsSet claims = claims(plain.getToken());
        equal(URL + "/realms/" + name(realm), claims.getIssuer());
        equal(alice, claims.getSubject());
        equal("app", claims.getStringClaim("azp"));
        equal("alice", claims.getStringClaim("preferred_username"));
        equal("gold", claims.getStringClaim("tier"));
        equal(true, realmRoles(plain).containsAll(Set.of("boss", "reader", "offline_access")));
        equal(List.of("write"), ((Map<?, ?>) ((Map<?, ?>) claims.getClaim("resource_access")).get("api")).get("roles"));
        equal(true, claims.getAudience().contains("api"));
        equal(false, claims.getAudience().contains("https://staff.example.com"));
        equal(null, claims.getClaim("groups"));
        equal(300L, (claims.getExpirationTime().getTime() - claims.getIssueTime().getTime()) / 1000);

        AccessTokenResponse more = login(realm, "alice", PASSWORD, "openid staff:read");
        JWTClaimsSet wide = claims(more.getToken());
        equal(List.of("/staff"), wide.getStringListClaim("groups"));
        equal(true, wide.getAudience().contains("https://staff.example.com"));
        equal(true, Set.of(wide.getStringClaim("scope").split(" ")).containsAll(Set.of("openid", "staff:read")));
        equal("app", claims(more.getIdToken()).getAudience().get(0));
    }

    static void scopeMappings(RealmResource realm) {
        String alice = user(realm, "alice", Map.of());
        role(realm, "reader");
        role(realm, "writer");
        List<RoleRepresentation> reader = List.of(realm.roles().get("reader").toRepresentation());
        List<RoleRepresentation> writer = List.of(realm.roles().get("writer").toRepresentation());
        realm.users().get(alice).roles().realmLevel().add(reader);
        realm.users().get(alice).roles().realmLevel().add(writer);
        String id = publicClient(realm);
        ClientRepresentation narrow = realm.clients().get(id).toRepresentation();
        narrow.setFullScopeAllowed(false);
        realm.clients().get(id).update(narrow);
        equal(Set.of(), realmRoles(login(realm, "alice")));
        realm.clients().get(id).getScopeMappings().realmLevel().add(reader);
        equal(Set.of("reader"), each(realm.clients().get(id).getScopeMappings().realmLevel().listAll(), RoleRepresentation::getName));
        equal(true, has(realm.clients().get(id).getScopeMappings().realmLevel().listAvailable(), RoleRepresentation::getName, "writer"));
        equal(Set.of("reader"), realmRoles(login(realm, "alice")));

        String scope = scope(realm, "writing");
        realm.clientScopes().get(scope).getScopeMappings().realmLevel().add(writer);
        realm.clients().get(id).addOptionalClientScope(scope);
        equal(Set.of("reader"), realmRoles(login(realm, "alice")));
        equal(Set.of("reader", "writer"), realmRoles(login(realm, "alice", PASSWORD, "openid writing")));
        var example = realm.clients().get(id).clientScopesEvaluate().generateAccessToken("openid writing", alice, null);
        equal(Set.of("reader", "writer"), example.getRealmAccess().getRoles());
        equal("alice", example.getPreferredUsername());
        equal("alice", realm.clients().get(id).clientScopesEvaluate().generateExampleIdToken("openid", alice, null).getPreferredUsername());
        equal("alice", realm.clients().get(id).clientScopesEvaluate().generateExampleUserinfo("openid", alice).get("preferred_username"));
        realm.clients().get(id).getScopeMappings().realmLevel().remove(reader);
        equal(Set.of(), realmRoles(login(realm, "alice")));
    }
}
