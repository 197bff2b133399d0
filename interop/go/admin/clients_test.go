package admin

import (
	"net/http"
	"testing"

	"github.com/Nerzal/gocloak/v13"
)

func TestClient(t *testing.T) {
	realm := newRealm(t)
	ctx := t.Context()
	id := realm.client("shop", func(client *gocloak.Client) {
		client.RedirectURIs = &[]string{"https://shop.example.com/cb"}
		client.Attributes = &map[string]string{"pkce.code.challenge.method": "S256"}
	})
	_, err := realm.CreateClient(ctx, realm.token, realm.name, gocloak.Client{ClientID: gocloak.StringP("shop")})
	refused(t, err, http.StatusConflict, "Client shop already exists")
	found, err := realm.GetClient(ctx, realm.token, realm.name, id)
	must(t, err)
	equal(t, "protocol", "openid-connect", *found.Protocol)
	equal(t, "redirect URI", "https://shop.example.com/cb", (*found.RedirectURIs)[0])
	equal(t, "PKCE", "S256", (*found.Attributes)["pkce.code.challenge.method"])
	found.Name = gocloak.StringP("The shop")
	must(t, realm.UpdateClient(ctx, realm.token, realm.name, *found))
	listed, err := realm.GetClients(ctx, realm.token, realm.name, gocloak.GetClientsParams{ClientID: gocloak.StringP("shop")})
	must(t, err)
	equal(t, "found by client_id", 1, len(listed))
	equal(t, "name", "The shop", *listed[0].Name)
	listed, err = realm.GetClients(ctx, realm.token, realm.name, gocloak.GetClientsParams{ClientID: gocloak.StringP("none")})
	must(t, err)
	equal(t, "found by no client_id", 0, len(listed))
	must(t, realm.DeleteClient(ctx, realm.token, realm.name, id))
	_, err = realm.GetClient(ctx, realm.token, realm.name, id)
	refused(t, err, http.StatusNotFound, "Could not find client")
}

func TestSecretAndServiceAccount(t *testing.T) {
	realm := newRealm(t)
	ctx := t.Context()
	id := realm.client("machine", func(client *gocloak.Client) {
		client.Secret = gocloak.StringP("first-secret")
		client.ServiceAccountsEnabled = gocloak.BoolP(true)
	})
	tokens, err := realm.LoginClient(ctx, "machine", "first-secret", realm.name)
	must(t, err)
	account, err := realm.GetClientServiceAccount(ctx, realm.token, realm.name, id)
	must(t, err)
	equal(t, "name of the account", "service-account-machine", *account.Username)
	claims := realm.claims(tokens.AccessToken)
	equal(t, "sub", any(*account.ID), claims["sub"])
	equal(t, "client_id", any("machine"), claims["client_id"])
	robot := realm.role("robot")
	must(t, realm.AddRealmRoleToUser(ctx, realm.token, realm.name, *account.ID, []gocloak.Role{robot}))

	fresh, err := realm.RegenerateClientSecret(ctx, realm.token, realm.name, id)
	must(t, err)
	kept, err := realm.GetClientSecret(ctx, realm.token, realm.name, id)
	must(t, err)
	equal(t, "secret", *fresh.Value, *kept.Value)
	_, err = realm.LoginClient(ctx, "machine", "first-secret", realm.name)
	refused(t, err, http.StatusUnauthorized, "Invalid client or Invalid client credentials")
	tokens, err = realm.LoginClient(ctx, "machine", *fresh.Value, realm.name)
	must(t, err)
	same(t, "roles of the machine", []string{"robot"}, realmRoles(realm.claims(tokens.AccessToken)))
}

func TestScopesOfClients(t *testing.T) {
	realm := newRealm(t)
	ctx := t.Context()
	id := realm.app()
	wanted := gocloak.ClientScope{
		Name: gocloak.StringP("orders"), Protocol: gocloak.StringP("openid-connect"),
		ClientScopeAttributes: &gocloak.ClientScopeAttributes{IncludeInTokenScope: gocloak.StringP("true")},
	}
	scope, err := realm.CreateClientScope(ctx, realm.token, realm.name, wanted)
	must(t, err)
	_, err = realm.CreateClientScope(ctx, realm.token, realm.name, wanted)
	refused(t, err, http.StatusConflict, "Client Scope orders already exists")
	must(t, realm.AddDefaultScopeToClient(ctx, realm.token, realm.name, id, scope))
	must(t, realm.RemoveDefaultScopeFromClient(ctx, realm.token, realm.name, id, scope))
	must(t, realm.AddOptionalScopeToClient(ctx, realm.token, realm.name, id, scope))
	optional, err := realm.GetClientsOptionalScopes(ctx, realm.token, realm.name, id)
	must(t, err)
	same(t, "optional scopes", []string{"address", "microprofile-jwt", "offline_access", "orders", "organization", "phone"}, names(optional, scopeName))
	mapper, err := realm.CreateClientScopeProtocolMapper(ctx, realm.token, realm.name, scope, gocloak.ProtocolMappers{
		Name: gocloak.StringP("tier"), Protocol: gocloak.StringP("openid-connect"),
		ProtocolMapper: gocloak.StringP("oidc-hardcoded-claim-mapper"),
		ProtocolMappersConfig: &gocloak.ProtocolMappersConfig{
			ClaimName: gocloak.StringP("tier"), ClaimValue: gocloak.StringP("gold"), JSONTypeLabel: gocloak.StringP("String"),
			AccessTokenClaim: gocloak.StringP("true"),
		},
	})
	must(t, err)
	kept, err := realm.GetClientScopeProtocolMapper(ctx, realm.token, realm.name, scope, mapper)
	must(t, err)
	equal(t, "claim's value", "gold", *kept.ProtocolMappersConfig.ClaimValue)

	realm.user("alice")
	_, plain := realm.login("alice")
	equal(t, "claim without the scope", nil, plain["tier"])
	_, wide := realm.login("alice", "orders")
	equal(t, "claim with the scope", any("gold"), wide["tier"])

	must(t, realm.DeleteClientScopeProtocolMapper(ctx, realm.token, realm.name, scope, mapper))
	_, err = realm.GetClientScopeProtocolMapper(ctx, realm.token, realm.name, scope, mapper)
	refused(t, err, http.StatusNotFound, "")
	must(t, realm.RemoveOptionalScopeFromClient(ctx, realm.token, realm.name, id, scope))
	must(t, realm.DeleteClientScope(ctx, realm.token, realm.name, scope))
	_, err = realm.GetClientScope(ctx, realm.token, realm.name, scope)
	refused(t, err, http.StatusNotFound, "Could not find client scope")
}

func TestScopeMappings(t *testing.T) {
	realm := newRealm(t)
	ctx := t.Context()
	id := realm.app()
	alice := realm.user("alice")
	reader, writer := realm.role("reader"), realm.role("writer")
	must(t, realm.AddRealmRoleToUser(ctx, realm.token, realm.name, alice, []gocloak.Role{reader, writer}))
	found, err := realm.GetClient(ctx, realm.token, realm.name, id)
	must(t, err)
	found.FullScopeAllowed = gocloak.BoolP(false)
	must(t, realm.UpdateClient(ctx, realm.token, realm.name, *found))
	_, claims := realm.login("alice")
	same(t, "roles with nothing mapped", nil, realmRoles(claims))
	must(t, realm.CreateClientScopeMappingsRealmRoles(ctx, realm.token, realm.name, id, []gocloak.Role{reader}))
	mapped, err := realm.GetClientScopeMappingsRealmRoles(ctx, realm.token, realm.name, id)
	must(t, err)
	same(t, "mapped", []string{"reader"}, names(mapped, roleName))
	_, claims = realm.login("alice")
	same(t, "roles", []string{"reader"}, realmRoles(claims))
	must(t, realm.DeleteClientScopeMappingsRealmRoles(ctx, realm.token, realm.name, id, []gocloak.Role{reader}))

	api := realm.client("api", func(*gocloak.Client) {})
	write := realm.clientRole(api, "write")
	must(t, realm.AddClientRolesToUser(ctx, realm.token, realm.name, api, alice, []gocloak.Role{write}))
	_, claims = realm.login("alice")
	equal(t, "resource_access", nil, claims["resource_access"])
	must(t, realm.CreateClientScopeMappingsClientRoles(ctx, realm.token, realm.name, id, api, []gocloak.Role{write}))
	_, claims = realm.login("alice")
	equal(t, "aud", any("api"), claims["aud"])
	must(t, realm.DeleteClientScopeMappingsClientRoles(ctx, realm.token, realm.name, id, api, []gocloak.Role{write}))
}

func TestMappersOfClients(t *testing.T) {
	realm := newRealm(t)
	ctx := t.Context()
	id := realm.app()
	alice := realm.user("alice")
	staff := realm.group("staff")
	must(t, realm.AddUserToGroup(ctx, realm.token, realm.name, alice, staff))
	mapper := gocloak.ProtocolMapperRepresentation{
		Name: gocloak.StringP("groups"), Protocol: gocloak.StringP("openid-connect"),
		ProtocolMapper: gocloak.StringP("oidc-group-membership-mapper"),
		Config:         &map[string]string{"claim.name": "groups", "full.path": "true", "access.token.claim": "true"},
	}
	made, err := realm.CreateClientProtocolMapper(ctx, realm.token, realm.name, id, mapper)
	must(t, err)
	_, claims := realm.login("alice")
	equal(t, "groups", "/staff", claims["groups"].([]any)[0].(string))
	mapper.ID = &made
	(*mapper.Config)["full.path"] = "false"
	must(t, realm.UpdateClientProtocolMapper(ctx, realm.token, realm.name, id, made, mapper))
	_, claims = realm.login("alice")
	equal(t, "groups by name", "staff", claims["groups"].([]any)[0].(string))
	must(t, realm.DeleteClientProtocolMapper(ctx, realm.token, realm.name, id, made))
	refused(t, realm.DeleteClientProtocolMapper(ctx, realm.token, realm.name, id, made), http.StatusNotFound, "")
}
