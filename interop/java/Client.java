import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.TokenIntrospectionResponse;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.TokenRevocationRequest;
import com.nimbusds.oauth2.sdk.as.AuthorizationServerMetadata;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import java.util.Set;

/** Nimbus' OAuth 2.0 SDK as the client, its JOSE+JWT as the API. Prints a line a check and `N passed, N failed`. */
public final class Client {
    private static final String ISSUER = System.getenv("KEYWARD_ISSUER");
    private static int passed;
    private static int failed;

    private interface Check {
        void run() throws Exception;
    }

    public static void main(String[] args) {
        check("discovery by issuer", () -> {
            equal(ISSUER, OIDCProviderMetadata.resolve(new Issuer(ISSUER)).getIssuer().getValue());
            equal(ISSUER, metadata().getIssuer().getValue());
        });
        check("RS256 token validates, secret by Basic", () -> validate(token(basic("backend-service")), JWSAlgorithm.RS256, "JWT", "backend-api"));
        check("RS256 token validates, secret by post", () -> validate(token(post("backend-service")), JWSAlgorithm.RS256, "JWT", "backend-api"));
        check("PS256 token validates", () -> validate(token(basic("ps256-service")), JWSAlgorithm.PS256, "JWT", "backend-api"));
        check("RS256 at+jwt validates", () -> validate(token(basic("at-jwt-service")), JWSAlgorithm.RS256, "at+jwt", "backend-api"));
        check("ES256 at+jwt validates", () -> validate(token(basic("es256-service")), JWSAlgorithm.ES256, "at+jwt", "backend-api"));
        check("another audience is refused", () -> {
            AccessToken token = token(basic("backend-service"));
            try {
                validate(token, JWSAlgorithm.RS256, "JWT", "another-api");
            } catch (BadJOSEException refused) {
                return;
            }
            throw new AssertionError("accepted");
        });
        check("revoked token introspects as inactive", () -> {
            AccessToken token = token(basic("backend-service"));
            equal(true, active(token));
            var revocation = new TokenRevocationRequest(metadata().getRevocationEndpointURI(), basic("backend-service"), token);
            equal(200, revocation.toHTTPRequest().send().getStatusCode());
            equal(false, active(token));
        });
        check("a wrong secret is invalid_client", () -> {
            var wrong = new ClientSecretBasic(new ClientID("backend-service"), new Secret("wrong"));
            TokenResponse response = request(wrong);
            equal(false, response.indicatesSuccess());
            equal(401, response.toErrorResponse().getErrorObject().getHTTPStatusCode());
            equal(OAuth2Error.INVALID_CLIENT, response.toErrorResponse().getErrorObject());
        });
        System.out.println(passed + " passed, " + failed + " failed");
        System.exit(failed == 0 ? 0 : 1);
    }

    private static void check(String name, Check check) {
        try {
            check.run();
            passed++;
            System.out.println("ok     " + name);
        } catch (Exception | AssertionError error) {
            failed++;
            System.out.println("FAILED " + name + ": " + error);
        }
    }

    private static void equal(Object expected, Object found) {
        if (!expected.equals(found)) {
            throw new AssertionError("expected " + expected + ", found " + found);
        }
    }

    private static AuthorizationServerMetadata metadata() throws Exception {
        return AuthorizationServerMetadata.resolve(new Issuer(ISSUER));
    }

    private static Secret secret(String id) {
        return new Secret(System.getenv("KEYWARD_" + id.toUpperCase().replace('-', '_') + "_SECRET"));
    }

    private static ClientAuthentication basic(String id) {
        return new ClientSecretBasic(new ClientID(id), secret(id));
    }

    private static ClientAuthentication post(String id) {
        return new ClientSecretPost(new ClientID(id), secret(id));
    }

    private static TokenResponse request(ClientAuthentication client) throws Exception {
        var request = new TokenRequest.Builder(metadata().getTokenEndpointURI(), client, new ClientCredentialsGrant()).scope(new Scope("openid")).build();
        return TokenResponse.parse(request.toHTTPRequest().send());
    }

    private static AccessToken token(ClientAuthentication client) throws Exception {
        TokenResponse response = request(client);
        if (!response.indicatesSuccess()) {
            throw new AssertionError(response.toErrorResponse().toJSONObject());
        }
        return response.toSuccessResponse().getTokens().getAccessToken();
    }

    private static boolean active(AccessToken token) throws Exception {
        var request = new TokenIntrospectionRequest(metadata().getIntrospectionEndpointURI(), basic("backend-api"), token);
        return TokenIntrospectionResponse.parse(request.toHTTPRequest().send()).toSuccessResponse().isActive();
    }

    private static void validate(AccessToken token, JWSAlgorithm algorithm, String type, String audience) throws Exception {
        JWKSource<SecurityContext> keys = JWKSourceBuilder.create(metadata().getJWKSetURI().toURL()).build();
        var processor = new DefaultJWTProcessor<SecurityContext>();
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(new JOSEObjectType(type)));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(algorithm, keys));
        var issued = new JWTClaimsSet.Builder().issuer(ISSUER).build();
        processor.setJWTClaimsSetVerifier(new DefaultJWTClaimsVerifier<>(audience, issued, Set.of("sub", "iat", "exp", "jti")));
        processor.process(token.getValue(), null);
    }
}
