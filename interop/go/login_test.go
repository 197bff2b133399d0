package interop

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const redirectURI = "http://127.0.0.1:8123/callback"

var (
	loginForm = regexp.MustCompile(`(?s)<form id="kc-form-login"[^>]*action="([^"]+)"[^>]*>(.*?)</form>`)
	hidden    = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)
)

// person is a browser without scripts: it keeps cookies and fills in the login form.
func person(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(next *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(next.URL.String(), redirectURI) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
}

// visit opens a URL, logs in where a login form comes, and gives what the application is told.
func visit(t *testing.T, browser *http.Client, to string) url.Values {
	t.Helper()
	response, err := browser.Get(to)
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	if form := loginForm.FindSubmatch(page); form != nil {
		fields := url.Values{"username": {"alice"}, "password": {os.Getenv("KEYWARD_ALICE_PASSWORD")}}
		for _, field := range hidden.FindAllSubmatch(form[2], -1) {
			fields.Set(string(field[1]), html.UnescapeString(string(field[2])))
		}
		action, err := response.Request.URL.Parse(html.UnescapeString(string(form[1])))
		if err != nil {
			t.Fatal(err)
		}
		response, err = browser.PostForm(action.String(), fields)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	}
	answered, err := response.Location()
	if err != nil {
		t.Fatalf("%s does not lead back: %s %.500s", to, response.Status, page)
	}
	return answered.Query()
}

func login(provider *oidc.Provider, clientID string) oauth2.Config {
	return oauth2.Config{
		ClientID:     clientID,
		ClientSecret: secret(clientID),
		Endpoint:     provider.Endpoint(),
		RedirectURL:  redirectURI,
		Scopes:       []string{oidc.ScopeOpenID, "profile", "email"},
	}
}

func TestLogin(t *testing.T) {
	provider, more := discover(t)
	for _, clientID := range []string{"frontend-app", "web-app"} {
		t.Run(clientID, func(t *testing.T) {
			config := login(provider, clientID)
			verifier := oauth2.GenerateVerifier()
			browser := person(t)
			answer := visit(t, browser, config.AuthCodeURL("a state", oidc.Nonce("a nonce"), oauth2.S256ChallengeOption(verifier)))
			if answer.Get("state") != "a state" || answer.Get("iss") != os.Getenv("KEYWARD_ISSUER") {
				t.Fatalf("answer: %v", answer["error_description"])
			}
			token, err := config.Exchange(t.Context(), answer.Get("code"), oauth2.VerifierOption(verifier))
			if err != nil {
				t.Fatal(err)
			}
			raw, _ := token.Extra("id_token").(string)
			id, err := provider.Verifier(&oidc.Config{ClientID: clientID}).Verify(t.Context(), raw)
			if err != nil {
				t.Fatal(err)
			}
			if err := id.VerifyAccessToken(token.AccessToken); err != nil || id.Nonce != "a nonce" {
				t.Fatalf("ID token: %v, nonce %q", err, id.Nonce)
			}
			info, err := provider.UserInfo(t.Context(), config.TokenSource(t.Context(), token))
			if err != nil || info.Subject != id.Subject || info.Email != "alice@example.com" || !info.EmailVerified {
				t.Fatalf("userinfo: %v", err)
			}

			// A source that finds its token expired refreshes it.
			old := *token
			old.Expiry = old.Expiry.AddDate(-1, 0, 0)
			fresh, err := config.TokenSource(t.Context(), &old).Token()
			if err != nil || fresh.AccessToken == token.AccessToken || fresh.RefreshToken == "" {
				t.Fatalf("refresh: %v", err)
			}
			if answer := post(t, more.Introspection, "backend-api", fresh.AccessToken); answer["active"] != true {
				t.Fatalf("the refreshed token is not active")
			}

			// The session is there: no form, and auth_time stays.
			silent := visit(t, browser, config.AuthCodeURL("s", oauth2.SetAuthURLParam("prompt", "none"), oauth2.S256ChallengeOption(verifier)))
			if silent.Get("code") == "" {
				t.Fatalf("prompt=none: %v", silent.Get("error"))
			}
			if _, err := config.Exchange(t.Context(), silent.Get("code"), oauth2.VerifierOption(oauth2.GenerateVerifier())); !isRefused(err, "invalid_grant") {
				t.Fatalf("another verifier: %v", err)
			}
		})
	}
}

func TestNobodyIsAskedWithPromptNone(t *testing.T) {
	provider, _ := discover(t)
	config := login(provider, "frontend-app")
	challenge := oauth2.S256ChallengeOption(oauth2.GenerateVerifier())
	answer := visit(t, person(t), config.AuthCodeURL("s", oauth2.SetAuthURLParam("prompt", "none"), challenge))
	if answer.Get("error") != "login_required" || answer.Get("state") != "s" {
		t.Fatalf("answer: %v", answer)
	}
}
