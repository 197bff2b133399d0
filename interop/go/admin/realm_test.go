package admin

import (
	"net/http"
	"slices"
	"testing"

	"github.com/Nerzal/gocloak/v13"
)

func TestRealm(t *testing.T) {
	realm := newRealm(t)
	ctx := t.Context()
	_, err := realm.CreateRealm(ctx, realm.token, gocloak.RealmRepresentation{Realm: &realm.name})
	refused(t, err, http.StatusConflict, "already exists")
	found, err := realm.GetRealm(ctx, realm.token, realm.name)
	must(t, err)
	equal(t, "enabled", true, *found.Enabled)
	found.DisplayName = gocloak.StringP("Näme")
	found.AccessTokenLifespan = gocloak.IntP(77)
	must(t, realm.UpdateRealm(ctx, realm.token, *found))
	found, err = realm.GetRealm(ctx, realm.token, realm.name)
	must(t, err)
	equal(t, "display name", "Näme", *found.DisplayName)
	equal(t, "lifespan", 77, *found.AccessTokenLifespan)
	all, err := realm.GetRealms(ctx, realm.token)
	must(t, err)
	if !slices.ContainsFunc(all, func(one *gocloak.RealmRepresentation) bool { return *one.Realm == realm.name }) {
		t.Fatal("the realm is not listed")
	}
	_, err = realm.GetRealm(ctx, realm.token, realm.name+"-not")
	refused(t, err, http.StatusNotFound, "Realm not found.")

	issuer, err := realm.GetIssuer(ctx, realm.name)
	must(t, err)
	equal(t, "realm of the public page", realm.name, *issuer.Realm)
	keys, err := realm.GetKeyStoreConfig(ctx, realm.token, realm.name)
	must(t, err)
	certificates, err := realm.GetCerts(ctx, realm.name)
	must(t, err)
	if !slices.ContainsFunc(*certificates.Keys, func(key gocloak.CertResponseKey) bool { return *key.Kid == *keys.ActiveKeys.RS256 }) {
		t.Fatal("the active key is not published")
	}
	must(t, realm.ClearRealmCache(ctx, realm.token, realm.name))
	must(t, realm.ClearUserCache(ctx, realm.token, realm.name))
	must(t, realm.ClearKeysCache(ctx, realm.token, realm.name))
}

func TestDefaultGroup(t *testing.T) {
	realm := newRealm(t)
	ctx := t.Context()
	group := realm.group("everybody")
	must(t, realm.AddDefaultGroup(ctx, realm.token, realm.name, group))
	found, err := realm.GetDefaultGroups(ctx, realm.token, realm.name)
	must(t, err)
	same(t, "default groups", []string{"everybody"}, names(found, groupName))
	found, err = realm.GetUserGroups(ctx, realm.token, realm.name, realm.user("newcomer"), gocloak.GetGroupsParams{})
	must(t, err)
	same(t, "groups of a newcomer", []string{"everybody"}, names(found, groupName))
	must(t, realm.RemoveDefaultGroup(ctx, realm.token, realm.name, group))
}

func TestComponents(t *testing.T) {
	realm := newRealm(t)
	ctx := t.Context()
	before, err := realm.GetKeyStoreConfig(ctx, realm.token, realm.name)
	must(t, err)
	config := map[string][]string{"priority": {"200"}, "keySize": {"2048"}}
	id, err := realm.CreateComponent(ctx, realm.token, realm.name, gocloak.Component{
		Name: gocloak.StringP("newer"), ProviderID: gocloak.StringP("rsa-generated"),
		ProviderType: gocloak.StringP("org.keycloak.keys.KeyProvider"), ComponentConfig: &config,
	})
	must(t, err)
	after, err := realm.GetKeyStoreConfig(ctx, realm.token, realm.name)
	must(t, err)
	if *before.ActiveKeys.RS256 == *after.ActiveKeys.RS256 {
		t.Fatal("the provider with the higher priority is not active")
	}
	found, err := realm.GetComponent(ctx, realm.token, realm.name, id)
	must(t, err)
	equal(t, "priority", "200", (*found.ComponentConfig)["priority"][0])
	must(t, realm.DeleteComponent(ctx, realm.token, realm.name, id))
	_, err = realm.GetComponent(ctx, realm.token, realm.name, id)
	refused(t, err, http.StatusNotFound, "Could not find component")
}
