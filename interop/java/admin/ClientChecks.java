package admin;

import static admin.Ask.created;
import static admin.Ask.each;
import static admin.Ask.equal;
import static admin.Ask.has;
import static admin.Ask.refused;
import static admin.Logins.claims;
import static admin.Logins.machine;
import static admin.Logins.realmRoles;
import static admin.Made.client;
import static admin.Made.hardcoded;
import static admin.Made.role;
import static admin.Made.scope;

import com.nimbusds.jwt.JWTClaimsSet;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.ClientInitialAccessCreatePresentation;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** Clients: secrets, scopes, registration, mappers. */
final class ClientChecks {
    static void clientItself(RealmResource realm) {
        String id = client(realm, "shop", made -> {
            made.setRedirectUris(List.of("https://shop.example.com/cb"));
            made.setWebOrigins(List.of("https://shop.example.com"));
            made.setAttributes(Map.of("pkce.code.challenge.method", "S256"));
        });
        ClientRepresentation found = realm.clients().get(id).toRepresentation();
        equal("shop", found.getClientId());
        equal("openid-connect", found.getProtocol());
        equal(true, found.isStandardFlowEnabled());
        equal(false, found.isServiceAccountsEnabled());
        equal(List.of("https://shop.example.com/cb"), found.getRedirectUris());
        equal("S256", found.getAttributes().get("pkce.code.challenge.method"));
        ClientRepresentation twin = new ClientRepresentation();
        twin.setClientId("shop");
        try (Response answer = realm.clients().create(twin)) {
            equal(409, answer.getStatus());
            equal("Client shop already exists", answer.readEntity(Map.class).get("errorMessage"));
        }
        ClientRepresentation unsafe = new ClientRepresentation();
        unsafe.setClientId("unsafe");
        unsafe.setRedirectUris(List.of("javascript:alert(1)"));
        try (Response answer = realm.clients().create(unsafe)) {
            equal(400, answer.getStatus());
        }
        equal(id, realm.clients().findByClientId("shop").get(0).getId());
        equal(List.of(), realm.clients().findByClientId("nobody"));
        equal(Set.of("shop"), each(realm.clients().findAll("sho", null, true, 0, 10), ClientRepresentation::getClientId));
        found.setName("The shop");
        found.setClientId("shop-2");
        realm.clients().get(id).update(found);
        equal("The shop", realm.clients().findByClientId("shop-2").get(0).getName());
        realm.clients().get(id).remove();
        refused(NotFoundException.class, () -> realm.clients().get(id).toRepresentation());
        refused(NotFoundException.class, () -> realm.clients().get(id).remove());
    }

    static void secret(RealmResource realm) throws Exception {
        String id = client(realm, "machine", made -> {
            made.setSecret("first-secret");
            made.setServiceAccountsEnabled(true);
        });
        equal("first-secret", realm.clients().get(id).getSecret().getValue());
        JWTClaimsSet claims = claims(machine(realm, "machine", "first-secret").getToken());
        UserRepresentation account = realm.clients().get(id).getServiceAccountUser();
        equal("service-account-machine", account.getUsername());
        equal(account.getId(), claims.getSubject());
        equal("machine", claims.getStringClaim("client_id"));
        String second = realm.clients().get(id).generateNewSecret().getValue();
        equal(second, realm.clients().get(id).getSecret().getValue());
        refused(NotAuthorizedException.class, () -> machine(realm, "machine", "first-secret"));
        equal("Bearer", machine(realm, "machine", second).getTokenType());

        role(realm, "robot");
        realm.users().get(account.getId()).roles().realmLevel().add(List.of(realm.roles().get("robot").toRepresentation()));
        equal(true, realmRoles(machine(realm, "machine", second)).contains("robot"));

        String spa = client(realm, "spa", made -> made.setPublicClient(true));
        refused(BadRequestException.class, () -> realm.clients().get(spa).getServiceAccountUser());
    }

    static void clientScopes(RealmResource realm) {
        String id = client(realm, "shop", made -> { });
        String scope = scope(realm, "orders");
        ClientScopeRepresentation twin = new ClientScopeRepresentation();
        twin.setName("orders");
        twin.setProtocol("openid-connect");
        try (Response answer = realm.clientScopes().create(twin)) {
            equal(409, answer.getStatus());
        }
        realm.clients().get(id).addDefaultClientScope(scope);
        equal(true, has(realm.clients().get(id).getDefaultClientScopes(), ClientScopeRepresentation::getName, "orders"));
        realm.clients().get(id).removeDefaultClientScope(scope);
        realm.clients().get(id).addOptionalClientScope(scope);
        equal(true, has(realm.clients().get(id).getOptionalClientScopes(), ClientScopeRepresentation::getName, "orders"));
        equal(false, has(realm.clients().get(id).getDefaultClientScopes(), ClientScopeRepresentation::getName, "orders"));
        ClientScopeRepresentation found = realm.clientScopes().get(scope).toRepresentation();
        found.setDescription("Orders");
        realm.clientScopes().get(scope).update(found);
        equal("Orders", realm.clientScopes().get(scope).toRepresentation().getDescription());
        realm.clients().get(id).removeOptionalClientScope(scope);
        realm.clientScopes().get(scope).remove();
        refused(NotFoundException.class, () -> realm.clientScopes().get(scope).toRepresentation());
        equal(true, has(realm.clientScopes().findAll(), ClientScopeRepresentation::getName, "profile"));
    }

    static void registration(RealmResource realm) {
        ClientInitialAccessCreatePresentation wanted = new ClientInitialAccessCreatePresentation();
        wanted.setCount(2);
        wanted.setExpiration(60);
        var made = realm.clientInitialAccess().create(wanted);
        equal(3, made.getToken().split("\\.").length);
        equal(Set.of(made.getId()), each(realm.clientInitialAccess().list(), one -> one.getId()));
        realm.clientInitialAccess().delete(made.getId());
        equal(List.of(), realm.clientInitialAccess().list());

        String id = client(realm, "shop", given -> given.setSecret("hush"));
        equal(3, realm.clients().get(id).regenerateRegistrationAccessToken().getRegistrationAccessToken().split("\\.").length);
        String file = realm.clients().get(id).getInstallationProvider("keycloak-oidc-keycloak-json");
        equal(true, file.contains("\"resource\"") && file.contains("\"shop\"") && file.contains("hush"));
    }

    static void mappers(RealmResource realm) {
        String id = client(realm, "shop", made -> { });
        var mappers = realm.clients().get(id).getProtocolMappers();
        String mapper = created(mappers.createMapper(hardcoded("tier", "gold")));
        ProtocolMapperRepresentation found = mappers.getMapperById(mapper);
        equal("gold", found.getConfig().get("claim.value"));
        try (Response answer = mappers.createMapper(hardcoded("tier", "again"))) {
            equal(409, answer.getStatus());
        }
        found.getConfig().put("claim.value", "silver");
        mappers.update(mapper, found);
        equal("silver", mappers.getMappers().get(0).getConfig().get("claim.value"));
        mappers.createMapper(List.of(hardcoded("a", "1"), hardcoded("b", "2")));
        equal(Set.of("a", "b", "tier"), each(mappers.getMappersPerProtocol("openid-connect"), ProtocolMapperRepresentation::getName));
        mappers.delete(mapper);
        refused(NotFoundException.class, () -> mappers.getMapperById(mapper));
    }
}
