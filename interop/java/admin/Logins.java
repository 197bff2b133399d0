package admin;

import static admin.Made.PASSWORD;
import static admin.Made.name;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.keycloak.admin.client.Keycloak;
import org.keycloak.admin.client.KeycloakBuilder;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.AccessTokenResponse;

/** Logins with what the checks made. */
final class Logins {
    static final String URL = System.getenv("KEYWARD_ADMIN_URL");
    private static final List<Keycloak> OPEN = new ArrayList<>();

    static AccessTokenResponse login(RealmResource realm, String username) {
        return login(realm, username, PASSWORD, null);
    }

    static AccessTokenResponse login(RealmResource realm, String username, String password, String scope) {
        // Not closed, as that would log the person out.
        Keycloak one = builder(realm, "app").username(username).password(password).scope(scope).build();
        OPEN.add(one);
        return one.tokenManager().grantToken();
    }

    static Keycloak session(RealmResource realm, String username) {
        return builder(realm, "app").username(username).password(PASSWORD).build();
    }

    static AccessTokenResponse machine(RealmResource realm, String clientId, String secret) {
        try (Keycloak one = builder(realm, clientId).grantType("client_credentials").clientSecret(secret).build()) {
            return one.tokenManager().grantToken();
        }
    }

    static KeycloakBuilder builder(RealmResource realm, String clientId) {
        return KeycloakBuilder.builder().serverUrl(URL).realm(name(realm)).clientId(clientId);
    }

    static JWTClaimsSet claims(String token) throws Exception {
        return SignedJWT.parse(token).getJWTClaimsSet();
    }

    static Set<?> realmRoles(AccessTokenResponse tokens) {
        try {
            Map<String, Object> access = claims(tokens.getToken()).getJSONObjectClaim("realm_access");
            return access == null ? Set.of() : new TreeSet<>((Collection<?>) access.get("roles"));
        } catch (Exception error) {
            throw new AssertionError(error);
        }
    }
}
