package admin

import (
	"net/http"
	"testing"
	"time"

	"github.com/Nerzal/gocloak/v13"
)

func TestLoginRefreshLogout(t *testing.T) {
	realm := newRealm(t)
	ctx := t.Context()
	realm.app()
	alice := realm.user("alice")
	tokens, claims := realm.login("alice", "openid")
	equal(t, "sub", any(alice), claims["sub"])
	equal(t, "azp", any("app"), claims["azp"])
	equal(t, "preferred_username", any("alice"), claims["preferred_username"])
	equal(t, "lifetime", 300, tokens.ExpiresIn)
	info, err := realm.GetUserInfo(ctx, tokens.AccessToken, realm.name)
	must(t, err)
	equal(t, "email", "alice@example.com", *info.Email)
	_, err = realm.Login(ctx, "app", "", realm.name, "alice", "wrong")
	refused(t, err, http.StatusBadRequest, "invalid_grant: Invalid user credentials")

	realm.client("api", func(client *gocloak.Client) { client.Secret = gocloak.StringP("hush") })
	fresh, err := realm.RefreshToken(ctx, tokens.RefreshToken, "app", "", realm.name)
	must(t, err)
	must(t, realm.Logout(ctx, "app", "", realm.name, fresh.RefreshToken))
	_, err = realm.RefreshToken(ctx, fresh.RefreshToken, "app", "", realm.name)
	refused(t, err, http.StatusBadRequest, "invalid_grant")
	state, err := realm.RetrospectToken(ctx, fresh.AccessToken, "api", "hush", realm.name)
	must(t, err)
	equal(t, "active after the logout", false, *state.Active)
}

func TestSessions(t *testing.T) {
	realm := newRealm(t)
	ctx := t.Context()
	id := realm.app()
	alice := realm.user("alice")
	first, _ := realm.login("alice")
	second, _ := realm.login("alice")
	sessions, err := realm.GetUserSessions(ctx, realm.token, realm.name, alice)
	must(t, err)
	equal(t, "sessions", 2, len(sessions))
	equal(t, "client", "app", (*sessions[0].Clients)[id])
	of, err := realm.GetClientUserSessions(ctx, realm.token, realm.name, id)
	must(t, err)
	equal(t, "sessions of the client", 2, len(of))
	must(t, realm.LogoutUserSession(ctx, realm.token, realm.name, first.SessionState))
	sessions, err = realm.GetUserSessions(ctx, realm.token, realm.name, alice)
	must(t, err)
	equal(t, "what is left", second.SessionState, *sessions[0].ID)
	refused(t, realm.LogoutUserSession(ctx, realm.token, realm.name, first.SessionState), http.StatusNotFound, "")
	must(t, realm.LogoutAllSessions(ctx, realm.token, realm.name, alice))
	sessions, err = realm.GetUserSessions(ctx, realm.token, realm.name, alice)
	must(t, err)
	equal(t, "sessions after the logout", 0, len(sessions))

	realm.login("alice", "openid", "offline_access")
	offline, err := realm.GetUserOfflineSessionsForClient(ctx, realm.token, realm.name, alice, id)
	must(t, err)
	equal(t, "offline sessions", 1, len(offline))
	offline, err = realm.GetClientOfflineSessions(ctx, realm.token, realm.name, id)
	must(t, err)
	equal(t, "offline sessions of the client", 1, len(offline))
	must(t, realm.RevokeUserConsents(ctx, realm.token, realm.name, alice, "app"))
	offline, err = realm.GetUserOfflineSessionsForClient(ctx, realm.token, realm.name, alice, id)
	must(t, err)
	equal(t, "offline sessions after the revocation", 0, len(offline))
}

func TestEvents(t *testing.T) {
	realm := newRealm(t)
	ctx := t.Context()
	realm.app()
	alice := realm.user("alice")
	found, err := realm.GetRealm(ctx, realm.token, realm.name)
	must(t, err)
	found.EventsEnabled = gocloak.BoolP(true)
	must(t, realm.UpdateRealm(ctx, realm.token, *found))
	realm.login("alice")
	params := gocloak.GetEventsParams{UserID: &alice, Client: gocloak.StringP("app")}
	deadline := time.Now().Add(5 * time.Second)
	for {
		events, err := realm.GetEvents(ctx, realm.token, realm.name, params)
		must(t, err)
		if len(events) == 1 {
			equal(t, "type", "LOGIN", *events[0].Type)
			equal(t, "client", "app", *events[0].ClientID)
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("within five seconds %d events", len(events))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func TestAttackDetection(t *testing.T) {
	realm := newRealm(t)
	ctx := t.Context()
	realm.app()
	alice := realm.user("alice")
	found, err := realm.GetRealm(ctx, realm.token, realm.name)
	must(t, err)
	found.BruteForceProtected = gocloak.BoolP(true)
	found.FailureFactor = gocloak.IntP(2)
	must(t, realm.UpdateRealm(ctx, realm.token, *found))
	for range 3 {
		_, err := realm.Login(ctx, "app", "", realm.name, "alice", "wrong")
		refused(t, err, http.StatusBadRequest, "invalid_grant: Invalid user credentials")
	}
	deadline := time.Now().Add(5 * time.Second)
	for {
		status, err := realm.GetUserBruteForceDetectionStatus(ctx, realm.token, realm.name, alice)
		must(t, err)
		if *status.Disabled {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not locked within five seconds: %+v", status)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func TestIdentityProviders(t *testing.T) {
	realm := newRealm(t)
	ctx := t.Context()
	provider := gocloak.IdentityProviderRepresentation{
		Alias: gocloak.StringP("corp"), ProviderID: gocloak.StringP("oidc"), Enabled: gocloak.BoolP(true),
		Config: &map[string]string{
			"clientId": "us", "clientSecret": "hush", "authorizationUrl": "https://login.example.org/auth",
			"tokenUrl": "https://login.example.org/token",
		},
	}
	_, err := realm.CreateIdentityProvider(ctx, realm.token, realm.name, provider)
	must(t, err)
	_, err = realm.CreateIdentityProvider(ctx, realm.token, realm.name, provider)
	refused(t, err, http.StatusConflict, "Identity Provider corp already exists")
	found, err := realm.GetIdentityProvider(ctx, realm.token, realm.name, "corp")
	must(t, err)
	equal(t, "secret", "**********", (*found.Config)["clientSecret"])
	alice := realm.user("alice")
	link := gocloak.FederatedIdentityRepresentation{UserID: gocloak.StringP("corp-1"), UserName: gocloak.StringP("alice.corp")}
	must(t, realm.CreateUserFederatedIdentity(ctx, realm.token, realm.name, alice, "corp", link))
	links, err := realm.GetUserFederatedIdentities(ctx, realm.token, realm.name, alice)
	must(t, err)
	equal(t, "linked", "corp-1", *links[0].UserID)
	must(t, realm.DeleteUserFederatedIdentity(ctx, realm.token, realm.name, alice, "corp"))
	must(t, realm.DeleteIdentityProvider(ctx, realm.token, realm.name, "corp"))
	_, err = realm.GetIdentityProvider(ctx, realm.token, realm.name, "corp")
	refused(t, err, http.StatusNotFound, "")
}

func TestFlowsAndRequiredActions(t *testing.T) {
	realm := newRealm(t)
	ctx := t.Context()
	flow := gocloak.AuthenticationFlowRepresentation{
		Alias: gocloak.StringP("mine"), ProviderID: gocloak.StringP("basic-flow"), TopLevel: gocloak.BoolP(true), BuiltIn: gocloak.BoolP(false),
	}
	must(t, realm.CreateAuthenticationFlow(ctx, realm.token, realm.name, flow))
	execution := gocloak.CreateAuthenticationExecutionRepresentation{Provider: gocloak.StringP("auth-cookie")}
	must(t, realm.CreateAuthenticationExecution(ctx, realm.token, realm.name, "mine", execution))
	executions, err := realm.GetAuthenticationExecutions(ctx, realm.token, realm.name, "mine")
	must(t, err)
	equal(t, "provider", "auth-cookie", *executions[0].ProviderID)
	executions[0].Requirement = gocloak.StringP("REQUIRED")
	must(t, realm.UpdateAuthenticationExecution(ctx, realm.token, realm.name, "mine", *executions[0]))
	executions, err = realm.GetAuthenticationExecutions(ctx, realm.token, realm.name, "mine")
	must(t, err)
	equal(t, "requirement", "REQUIRED", *executions[0].Requirement)
	must(t, realm.DeleteAuthenticationExecution(ctx, realm.token, realm.name, *executions[0].ID))

	action, err := realm.GetRequiredAction(ctx, realm.token, realm.name, "VERIFY_EMAIL")
	must(t, err)
	action.DefaultAction = gocloak.BoolP(true)
	must(t, realm.UpdateRequiredAction(ctx, realm.token, realm.name, *action))
	action, err = realm.GetRequiredAction(ctx, realm.token, realm.name, "VERIFY_EMAIL")
	must(t, err)
	equal(t, "default action", true, *action.DefaultAction)
}
