// Package admin runs gocloak, an admin client in Go, against a running server.
package admin

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/Nerzal/gocloak/v13"
	"github.com/golang-jwt/jwt/v5"
)

const password = "correct horse 1"

// adminRealm is a realm of one test, with gocloak to administer it.
type adminRealm struct {
	*gocloak.GoCloak
	t     *testing.T
	name  string
	token string
}

// newRealm makes a realm that goes when the test ends.
func newRealm(t *testing.T) *adminRealm {
	t.Helper()
	t.Parallel()
	client := gocloak.NewClient(os.Getenv("KEYWARD_ADMIN_URL"))
	token, err := client.LoginAdmin(t.Context(), os.Getenv("KEYWARD_ADMIN_USER"), os.Getenv("KEYWARD_ADMIN_PASSWORD"), "master")
	must(t, err)
	realm := &adminRealm{GoCloak: client, t: t, name: "go-" + strings.ToLower(rand.Text()), token: token.AccessToken}
	id, err := client.CreateRealm(t.Context(), realm.token, gocloak.RealmRepresentation{Realm: &realm.name, Enabled: gocloak.BoolP(true)})
	must(t, err)
	equal(t, "the realm's Location", realm.name, id)
	t.Cleanup(func() {
		// The context of the test has ended.
		ctx := context.Background()
		fresh, err := client.LoginAdmin(ctx, os.Getenv("KEYWARD_ADMIN_USER"), os.Getenv("KEYWARD_ADMIN_PASSWORD"), "master")
		if err == nil {
			err = client.DeleteRealm(ctx, fresh.AccessToken, realm.name)
		}
		if err != nil {
			t.Errorf("the realm stays: %v", err)
		}
	})
	return realm
}

func (r *adminRealm) client(id string, change func(*gocloak.Client)) string {
	r.t.Helper()
	wanted := gocloak.Client{ClientID: &id, Enabled: gocloak.BoolP(true)}
	change(&wanted)
	made, err := r.CreateClient(r.t.Context(), r.token, r.name, wanted)
	must(r.t, err)
	return made
}

// app is the client through which people log in.
func (r *adminRealm) app() string {
	r.t.Helper()
	return r.client("app", func(client *gocloak.Client) {
		client.PublicClient = gocloak.BoolP(true)
		client.DirectAccessGrantsEnabled = gocloak.BoolP(true)
	})
}

func (r *adminRealm) user(name string) string {
	r.t.Helper()
	id, err := r.CreateUser(r.t.Context(), r.token, r.name, person(name))
	must(r.t, err)
	must(r.t, r.SetPassword(r.t.Context(), r.token, id, r.name, password, false))
	return id
}

func person(name string) gocloak.User {
	return gocloak.User{
		Username: &name, Enabled: gocloak.BoolP(true), Email: gocloak.StringP(name + "@example.com"),
		FirstName: gocloak.StringP("First " + name), LastName: gocloak.StringP("Last"),
	}
}

func (r *adminRealm) role(name string) gocloak.Role {
	r.t.Helper()
	_, err := r.CreateRealmRole(r.t.Context(), r.token, r.name, gocloak.Role{Name: &name})
	must(r.t, err)
	role, err := r.GetRealmRole(r.t.Context(), r.token, r.name, name)
	must(r.t, err)
	return *role
}

func (r *adminRealm) clientRole(client, name string) gocloak.Role {
	r.t.Helper()
	_, err := r.CreateClientRole(r.t.Context(), r.token, r.name, client, gocloak.Role{Name: &name})
	must(r.t, err)
	role, err := r.GetClientRole(r.t.Context(), r.token, r.name, client, name)
	must(r.t, err)
	return *role
}

func (r *adminRealm) group(name string) string {
	r.t.Helper()
	id, err := r.CreateGroup(r.t.Context(), r.token, r.name, gocloak.Group{Name: &name})
	must(r.t, err)
	return id
}

// login gives the tokens of a person and the claims of the access token.
func (r *adminRealm) login(name string, scopes ...string) (*gocloak.JWT, jwt.MapClaims) {
	r.t.Helper()
	tokens, err := r.GetToken(r.t.Context(), r.name, gocloak.TokenOptions{
		ClientID: gocloak.StringP("app"), GrantType: gocloak.StringP("password"), Username: &name,
		Password: gocloak.StringP(password), Scopes: &scopes,
	})
	must(r.t, err)
	return tokens, r.claims(tokens.AccessToken)
}

// claims validates the token with the realm's keys, as an API with gocloak does.
func (r *adminRealm) claims(token string) jwt.MapClaims {
	r.t.Helper()
	_, claims, err := r.DecodeAccessToken(r.t.Context(), token, r.name)
	must(r.t, err)
	return *claims
}

// realmRoles are the roles of a token without those that everybody has.
func realmRoles(claims jwt.MapClaims) []string {
	access, _ := claims["realm_access"].(map[string]any)
	roles, _ := access["roles"].([]any)
	var names []string
	for _, role := range roles {
		name, _ := role.(string)
		if name != "offline_access" && name != "uma_authorization" && !strings.HasPrefix(name, "default-roles-") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t *testing.T, what string, expected, found T) {
	t.Helper()
	if expected != found {
		t.Fatalf("%s: expected %v, found %v", what, expected, found)
	}
}

func same(t *testing.T, what string, expected, found []string) {
	t.Helper()
	slices.Sort(found)
	if !slices.Equal(expected, found) {
		t.Fatalf("%s: expected %v, found %v", what, expected, found)
	}
}

// refused says that the answer was this error, with these words in gocloak's message.
func refused(t *testing.T, err error, status int, words string) {
	t.Helper()
	var answer *gocloak.APIError
	if !errors.As(err, &answer) || answer.Code != status || !strings.Contains(answer.Message, words) {
		t.Fatalf("expected %d %s, found %v", status, words, err)
	}
}

func names[T any](items []*T, name func(*T) *string) []string {
	found := []string{}
	for _, item := range items {
		found = append(found, gocloak.PString(name(item)))
	}
	return found
}

func roleName(role *gocloak.Role) *string          { return role.Name }
func groupName(group *gocloak.Group) *string       { return group.Name }
func userName(user *gocloak.User) *string          { return user.Username }
func scopeName(scope *gocloak.ClientScope) *string { return scope.Name }
