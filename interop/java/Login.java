import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.AuthenticationResponse;
import com.nimbusds.openid.connect.sdk.AuthenticationResponseParser;
import com.nimbusds.openid.connect.sdk.LogoutRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.UserInfoRequest;
import com.nimbusds.openid.connect.sdk.UserInfoResponse;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.AccessTokenValidator;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import com.nimbusds.jose.JWSAlgorithm;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Nimbus' OpenID Connect SDK with a person at a browser without scripts. Prints `N passed, N failed`. */
public final class Login {
    private static final URI REDIRECT = URI.create("http://127.0.0.1:8123/callback");
    private static final ClientID CLIENT = new ClientID("web-app");

    private static int passed;
    private static int failed;

    private interface Check {
        void run() throws Exception;
    }

    public static void main(String[] args) throws Exception {
        OIDCProviderMetadata metadata = OIDCProviderMetadata.resolve(new Issuer(System.getenv("KEYWARD_ISSUER")));
        check("login, ID token, userinfo, refresh, logout", () -> whole(metadata));
        check("prompt=none without a session is login_required", () -> {
            var answer = visit(client(), request(metadata, new State(), new Nonce(), new CodeVerifier()).toURI() + "&prompt=none");
            AuthenticationResponse response = AuthenticationResponseParser.parse(answer);
            equal("login_required", response.toErrorResponse().getErrorObject().getCode());
        });
        check("another verifier is invalid_grant", () -> {
            var state = new State();
            var answer = AuthenticationResponseParser.parse(visit(client(), request(metadata, state, new Nonce(), new CodeVerifier()).toURI().toString()));
            var grant = new AuthorizationCodeGrant(answer.toSuccessResponse().getAuthorizationCode(), REDIRECT, new CodeVerifier());
            TokenResponse refused = TokenResponse.parse(token(metadata, grant).toHTTPRequest().send());
            equal(OAuth2Error.INVALID_GRANT, refused.toErrorResponse().getErrorObject());
        });
        System.out.println(passed + " passed, " + failed + " failed");
        System.exit(failed == 0 ? 0 : 1);
    }

    private static void whole(OIDCProviderMetadata metadata) throws Exception {
        var state = new State();
        var nonce = new Nonce();
        var verifier = new CodeVerifier();
        HttpClient browser = client();
        AuthenticationResponse answer = AuthenticationResponseParser.parse(visit(browser, request(metadata, state, nonce, verifier).toURI().toString()));
        equal(state, answer.getState());
        equal(metadata.getIssuer(), answer.getIssuer());
        var grant = new AuthorizationCodeGrant(answer.toSuccessResponse().getAuthorizationCode(), REDIRECT, verifier);
        var tokens = (OIDCTokenResponse) OIDCTokenResponseParser.parse(token(metadata, grant).toHTTPRequest().send()).toSuccessResponse();
        var access = tokens.getOIDCTokens().getBearerAccessToken();
        var id = tokens.getOIDCTokens().getIDToken();
        var validator = new IDTokenValidator(metadata.getIssuer(), CLIENT, JWSAlgorithm.RS256, metadata.getJWKSetURI().toURL());
        var claims = validator.validate(id, nonce);
        AccessTokenValidator.validate(access, JWSAlgorithm.RS256, claims.getAccessTokenHash());

        var info = UserInfoResponse.parse(new UserInfoRequest(metadata.getUserInfoEndpointURI(), access).toHTTPRequest().send());
        equal(claims.getSubject(), info.toSuccessResponse().getUserInfo().getSubject());
        equal("alice@example.com", info.toSuccessResponse().getUserInfo().getEmailAddress());

        var refresh = token(metadata, new RefreshTokenGrant(tokens.getOIDCTokens().getRefreshToken()));
        var refreshed = OIDCTokenResponseParser.parse(refresh.toHTTPRequest().send());
        equal(true, refreshed.indicatesSuccess());

        var logout = new LogoutRequest(metadata.getEndSessionEndpointURI(), id, REDIRECT, state);
        equal("state=" + state, visit(browser, logout.toURI().toString()).getQuery());
        var ended = UserInfoResponse.parse(new UserInfoRequest(metadata.getUserInfoEndpointURI(), access).toHTTPRequest().send());
        equal(401, ended.toErrorResponse().getErrorObject().getHTTPStatusCode());
    }

    private static AuthenticationRequest request(OIDCProviderMetadata metadata, State state, Nonce nonce, CodeVerifier verifier) {
        return new AuthenticationRequest.Builder(ResponseType.CODE, new Scope("openid", "profile", "email"), CLIENT, REDIRECT)
            .endpointURI(metadata.getAuthorizationEndpointURI())
            .state(state)
            .nonce(nonce)
            .codeChallenge(verifier, CodeChallengeMethod.S256)
            .build();
    }

    private static TokenRequest token(OIDCProviderMetadata metadata, com.nimbusds.oauth2.sdk.AuthorizationGrant grant) {
        var secret = new ClientSecretBasic(CLIENT, new Secret(System.getenv("KEYWARD_WEB_APP_SECRET")));
        return new TokenRequest.Builder(metadata.getTokenEndpointURI(), secret, grant).build();
    }

    private static HttpClient client() {
        return HttpClient.newBuilder().cookieHandler(new CookieManager()).version(HttpClient.Version.HTTP_1_1).build();
    }

    /** Opens a URL, logs in where a login form comes, and gives the application's address that it ends at. */
    private static URI visit(HttpClient browser, String start) throws Exception {
        URI uri = URI.create(start);
        HttpRequest request = HttpRequest.newBuilder(uri).build();
        for (int step = 0; step < 10; step++) {
            HttpResponse<String> response = browser.send(request, HttpResponse.BodyHandlers.ofString());
            var location = response.headers().firstValue("location");
            if (location.isPresent()) {
                uri = uri.resolve(location.get());
                if (uri.toString().startsWith(REDIRECT.toString())) {
                    return uri;
                }
                request = HttpRequest.newBuilder(uri).build();
                continue;
            }
            Matcher form = Pattern.compile("(?s)<form id=\"kc-form-login\"[^>]*action=\"([^\"]+)\"[^>]*>(.*?)</form>").matcher(response.body());
            if (!form.find()) {
                throw new AssertionError("neither a redirect nor a login form: " + response.statusCode());
            }
            var fields = new StringBuilder(pair("username", "alice") + "&" + pair("password", System.getenv("KEYWARD_ALICE_PASSWORD")));
            Matcher hidden = Pattern.compile("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"").matcher(form.group(2));
            while (hidden.find()) {
                fields.append('&').append(pair(hidden.group(1), text(hidden.group(2))));
            }
            uri = uri.resolve(text(form.group(1)));
            request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(fields.toString()))
                .build();
        }
        throw new AssertionError("too many steps");
    }

    private static String pair(String name, String value) {
        return name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    private static String text(String escaped) {
        return escaped.replace("&#x2F;", "/").replace("&amp;", "&");
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
}
