// Package interop runs go-oidc and x/oauth2 against a running server.
package interop

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

type endpoints struct {
	Introspection string `json:"introspection_endpoint"`
	Revocation    string `json:"revocation_endpoint"`
}

func discover(t *testing.T) (*oidc.Provider, endpoints) {
	t.Helper()
	provider, err := oidc.NewProvider(t.Context(), os.Getenv("KEYWARD_ISSUER"))
	if err != nil {
		t.Fatal(err)
	}
	var more endpoints
	if err := provider.Claims(&more); err != nil {
		t.Fatal(err)
	}
	return provider, more
}

func secret(clientID string) string {
	return os.Getenv("KEYWARD_" + strings.ToUpper(strings.ReplaceAll(clientID, "-", "_")) + "_SECRET")
}

func config(provider *oidc.Provider, clientID string, style oauth2.AuthStyle) clientcredentials.Config {
	return clientcredentials.Config{
		ClientID:     clientID,
		ClientSecret: secret(clientID),
		TokenURL:     provider.Endpoint().TokenURL,
		Scopes:       []string{"openid"},
		AuthStyle:    style,
	}
}

func fetch(t *testing.T, provider *oidc.Provider, clientID string) string {
	t.Helper()
	config := config(provider, clientID, oauth2.AuthStyleInHeader)
	token, err := config.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return token.AccessToken
}

// post sends the token form, authenticated as clientID with Basic.
func post(t *testing.T, to, clientID, token string) map[string]any {
	t.Helper()
	form := strings.NewReader(url.Values{"token": {token}}.Encode())
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, to, form)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(url.QueryEscape(clientID), url.QueryEscape(secret(clientID)))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", to, response.Status)
	}
	answer := map[string]any{}
	if response.ContentLength != 0 {
		if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
			t.Fatal(err)
		}
	}
	return answer
}

func TestDiscoveryByIssuer(t *testing.T) {
	provider, more := discover(t)
	if provider.Endpoint().TokenURL == "" || more.Introspection == "" || more.Revocation == "" {
		t.Fatalf("endpoints missing: %+v %+v", provider.Endpoint(), more)
	}
	if _, err := oidc.NewProvider(t.Context(), os.Getenv("KEYWARD_ISSUER")+"/"); err == nil {
		t.Fatal("an issuer with a slash too many was accepted")
	}
}

func TestTokenInEveryStyle(t *testing.T) {
	provider, _ := discover(t)
	styles := map[string]oauth2.AuthStyle{
		"header": oauth2.AuthStyleInHeader, "params": oauth2.AuthStyleInParams, "detected": oauth2.AuthStyleAutoDetect,
	}
	for name, style := range styles {
		t.Run(name, func(t *testing.T) {
			config := config(provider, "backend-service", style)
			token, err := config.Token(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if !token.Valid() || token.Type() != "Bearer" || token.RefreshToken != "" {
				t.Fatalf("token of an unexpected kind: %s, expires %s", token.Type(), token.Expiry)
			}
		})
	}
}

func TestVerification(t *testing.T) {
	provider, _ := discover(t)
	algorithms := map[string]string{
		"backend-service": oidc.RS256, "at-jwt-service": oidc.RS256, "ps256-service": oidc.PS256,
		"es256-service": oidc.ES256, "eddsa-service": oidc.EdDSA,
	}
	for clientID, algorithm := range algorithms {
		t.Run(clientID, func(t *testing.T) {
			config := &oidc.Config{ClientID: "backend-api", SupportedSigningAlgs: []string{algorithm}}
			token, err := provider.Verifier(config).Verify(t.Context(), fetch(t, provider, clientID))
			if err != nil {
				t.Fatal(err)
			}
			if token.Subject == "" || token.Issuer != os.Getenv("KEYWARD_ISSUER") {
				t.Fatalf("claims: %+v", token)
			}
		})
	}
}

func TestVerificationRefuses(t *testing.T) {
	provider, _ := discover(t)
	raw := fetch(t, provider, "backend-service")
	verify := func(config oidc.Config, raw string) error {
		_, err := provider.Verifier(&config).Verify(context.Background(), raw)
		return err
	}
	if err := verify(oidc.Config{ClientID: "another-api"}, raw); err == nil {
		t.Error("another audience was accepted")
	}
	later := func() time.Time { return time.Now().Add(time.Hour) }
	var expired *oidc.TokenExpiredError
	if err := verify(oidc.Config{ClientID: "backend-api", Now: later}, raw); !errors.As(err, &expired) {
		t.Errorf("expired token: %v", err)
	}
	at := strings.LastIndexByte(raw, '.') + 1
	first := "A"
	if raw[at] == 'A' {
		first = "B"
	}
	if err := verify(oidc.Config{ClientID: "backend-api"}, raw[:at]+first+raw[at+1:]); err == nil {
		t.Error("a changed signature was accepted")
	}
}

func TestRevokedTokenIsInactive(t *testing.T) {
	provider, more := discover(t)
	raw := fetch(t, provider, "backend-service")
	if answer := post(t, more.Introspection, "backend-api", raw); answer["active"] != true {
		t.Fatalf("a fresh token: %v", answer)
	}
	post(t, more.Revocation, "backend-service", raw)
	if answer := post(t, more.Introspection, "backend-api", raw); answer["active"] != false || len(answer) != 1 {
		t.Fatalf("a revoked token: %v", answer)
	}
}

func TestWrongSecret(t *testing.T) {
	provider, _ := discover(t)
	config := config(provider, "backend-service", oauth2.AuthStyleInHeader)
	config.ClientSecret = "wrong"
	_, err := config.Token(t.Context())
	if !isRefused(err, "invalid_client") {
		t.Fatalf("wrong secret: %v", err)
	}
}

// isRefused says whether the server answered with this error, and with the status that belongs to it (RFC 6749 §5.2).
func isRefused(err error, code string) bool {
	status := http.StatusBadRequest
	if code == "invalid_client" {
		status = http.StatusUnauthorized
	}
	var refused *oauth2.RetrieveError
	return errors.As(err, &refused) && refused.ErrorCode == code && refused.Response.StatusCode == status
}
