package admin

import (
	"net/http"
	"slices"
	"testing"

	"github.com/Nerzal/gocloak/v13"
)

func TestRoles(t *testing.T) {
	realm := newRealm(t)
	ctx := t.Context()
	reader, boss := realm.role("reader"), realm.role("boss")
	_, err := realm.CreateRealmRole(ctx, realm.token, realm.name, gocloak.Role{Name: gocloak.StringP("boss")})
	refused(t, err, http.StatusConflict, "Role with name boss already exists")
	api := realm.client("api", func(*gocloak.Client) {})
	write := realm.clientRole(api, "write")
	must(t, realm.AddRealmRoleComposite(ctx, realm.token, realm.name, "boss", []gocloak.Role{reader, write}))
	composites, err := realm.GetCompositeRealmRoles(ctx, realm.token, realm.name, "boss")
	must(t, err)
	same(t, "composites", []string{"reader", "write"}, names(composites, roleName))
	composites, err = realm.GetCompositeRealmRolesByRoleID(ctx, realm.token, realm.name, *boss.ID)
	must(t, err)
	same(t, "realm composites", []string{"reader"}, names(composites, roleName))
	composites, err = realm.GetCompositeClientRolesByRoleID(ctx, realm.token, realm.name, api, *boss.ID)
	must(t, err)
	same(t, "client composites", []string{"write"}, names(composites, roleName))
	must(t, realm.DeleteRealmRoleComposite(ctx, realm.token, realm.name, "boss", []gocloak.Role{write}))

	reader.Description = gocloak.StringP("Reads")
	must(t, realm.UpdateRealmRole(ctx, realm.token, realm.name, "reader", reader))
	found, err := realm.GetRealmRoleByID(ctx, realm.token, realm.name, *reader.ID)
	must(t, err)
	equal(t, "description", "Reads", *found.Description)
	alice := realm.user("alice")
	must(t, realm.AddRealmRoleToUser(ctx, realm.token, realm.name, alice, []gocloak.Role{boss}))
	users, err := realm.GetUsersByRoleName(ctx, realm.token, realm.name, "boss", gocloak.GetUsersByRoleParams{})
	must(t, err)
	same(t, "users with the role", []string{"alice"}, names(users, userName))
	must(t, realm.AddRealmRoleToGroup(ctx, realm.token, realm.name, realm.group("bosses"), []gocloak.Role{boss}))
	groups, err := realm.GetGroupsByRole(ctx, realm.token, realm.name, "boss")
	must(t, err)
	same(t, "groups with the role", []string{"bosses"}, names(groups, groupName))
	must(t, realm.DeleteRealmRole(ctx, realm.token, realm.name, "reader"))
	_, err = realm.GetRealmRole(ctx, realm.token, realm.name, "reader")
	refused(t, err, http.StatusNotFound, "Could not find role")
	must(t, realm.DeleteClientRole(ctx, realm.token, realm.name, api, "write"))
	_, err = realm.GetClientRole(ctx, realm.token, realm.name, api, "write")
	refused(t, err, http.StatusNotFound, "Could not find role")
}

func TestGroups(t *testing.T) {
	realm := newRealm(t)
	ctx := t.Context()
	staff := realm.group("staff")
	_, err := realm.CreateGroup(ctx, realm.token, realm.name, gocloak.Group{Name: gocloak.StringP("staff")})
	refused(t, err, http.StatusConflict, "Top level group named 'staff' already exists.")
	night, err := realm.CreateChildGroup(ctx, realm.token, realm.name, staff, gocloak.Group{
		Name: gocloak.StringP("night"), Attributes: &map[string][]string{"shift": {"late"}},
	})
	must(t, err)
	found, err := realm.GetGroupByPath(ctx, realm.token, realm.name, "staff/night")
	must(t, err)
	equal(t, "found by path", night, *found.ID)
	equal(t, "attribute", "late", (*found.Attributes)["shift"][0])
	searched, err := realm.GetGroups(ctx, realm.token, realm.name, gocloak.GetGroupsParams{Search: gocloak.StringP("nig")})
	must(t, err)
	equal(t, "found below its parent", night, *(*searched[0].SubGroups)[0].ID)
	count, err := realm.GetGroupsCount(ctx, realm.token, realm.name, gocloak.GetGroupsParams{})
	must(t, err)
	equal(t, "count", 2, count)

	alice := realm.user("alice")
	must(t, realm.AddUserToGroup(ctx, realm.token, realm.name, alice, night))
	members, err := realm.GetGroupMembers(ctx, realm.token, realm.name, night, gocloak.GetGroupsParams{})
	must(t, err)
	same(t, "members", []string{"alice"}, names(members, userName))
	reader := realm.role("reader")
	must(t, realm.AddRealmRoleToGroup(ctx, realm.token, realm.name, staff, []gocloak.Role{reader}))
	effective, err := realm.GetCompositeRealmRolesByUserID(ctx, realm.token, realm.name, alice)
	must(t, err)
	if !slices.Contains(names(effective, roleName), "reader") {
		t.Fatal("a role of a parent group is not effective")
	}
	must(t, realm.DeleteRealmRoleFromGroup(ctx, realm.token, realm.name, staff, []gocloak.Role{reader}))
	must(t, realm.DeleteUserFromGroup(ctx, realm.token, realm.name, alice, night))
	must(t, realm.UpdateGroup(ctx, realm.token, realm.name, gocloak.Group{ID: &staff, Name: gocloak.StringP("crew")}))
	found, err = realm.GetGroup(ctx, realm.token, realm.name, night)
	must(t, err)
	equal(t, "path", "/crew/night", *found.Path)
	must(t, realm.DeleteGroup(ctx, realm.token, realm.name, staff))
	_, err = realm.GetGroup(ctx, realm.token, realm.name, night)
	refused(t, err, http.StatusNotFound, "Could not find group by id")
}

func TestUsers(t *testing.T) {
	realm := newRealm(t)
	ctx := t.Context()
	for _, name := range []string{"alice", "alina", "bob"} {
		realm.user(name)
	}
	twin := person("alice")
	twin.Email = nil
	_, err := realm.CreateUser(ctx, realm.token, realm.name, twin)
	refused(t, err, http.StatusConflict, "User exists with same username")
	other := person("other")
	other.Email = gocloak.StringP("bob@example.com")
	_, err = realm.CreateUser(ctx, realm.token, realm.name, other)
	refused(t, err, http.StatusConflict, "User exists with same email")

	search := func(params gocloak.GetUsersParams) []string {
		t.Helper()
		found, err := realm.GetUsers(ctx, realm.token, realm.name, params)
		must(t, err)
		return names(found, userName)
	}
	same(t, "search", []string{"alice", "alina"}, search(gocloak.GetUsersParams{Search: gocloak.StringP("ali")}))
	same(t, "by part of the name", []string{"alice", "alina"}, search(gocloak.GetUsersParams{Username: gocloak.StringP("LI")}))
	same(t, "exact", []string{}, search(gocloak.GetUsersParams{Username: gocloak.StringP("ali"), Exact: gocloak.BoolP(true)}))
	same(t, "second page", []string{"alina"}, search(gocloak.GetUsersParams{First: gocloak.IntP(1), Max: gocloak.IntP(1)}))
	count, err := realm.GetUserCount(ctx, realm.token, realm.name, gocloak.GetUsersParams{})
	must(t, err)
	equal(t, "count", 3, count)

	found, err := realm.GetUsers(ctx, realm.token, realm.name, gocloak.GetUsersParams{Email: gocloak.StringP("bob@example.com")})
	must(t, err)
	bob := found[0]
	bob.FirstName, bob.Enabled = gocloak.StringP("Böb"), gocloak.BoolP(false)
	must(t, realm.UpdateUser(ctx, realm.token, realm.name, *bob))
	bob, err = realm.GetUserByID(ctx, realm.token, realm.name, *bob.ID)
	must(t, err)
	equal(t, "first name", "Böb", *bob.FirstName)
	equal(t, "enabled", false, *bob.Enabled)
	must(t, realm.DeleteUser(ctx, realm.token, realm.name, *bob.ID))
	_, err = realm.GetUserByID(ctx, realm.token, realm.name, *bob.ID)
	refused(t, err, http.StatusNotFound, "User not found")
	refused(t, realm.DeleteUser(ctx, realm.token, realm.name, *bob.ID), http.StatusNotFound, "User not found")
}

func TestCredentials(t *testing.T) {
	realm := newRealm(t)
	ctx := t.Context()
	alice := realm.user("alice")
	credentials, err := realm.GetCredentials(ctx, realm.token, realm.name, alice)
	must(t, err)
	equal(t, "credentials", 1, len(credentials))
	equal(t, "kind", "password", *credentials[0].Type)
	must(t, realm.UpdateCredentialUserLabel(ctx, realm.token, realm.name, alice, *credentials[0].ID, "My label"))
	credentials, err = realm.GetCredentials(ctx, realm.token, realm.name, alice)
	must(t, err)
	equal(t, "label", "My label", *credentials[0].UserLabel)
	must(t, realm.SetPassword(ctx, realm.token, alice, realm.name, "another horse 2", true))
	found, err := realm.GetUserByID(ctx, realm.token, realm.name, alice)
	must(t, err)
	same(t, "required actions", []string{"UPDATE_PASSWORD"}, *found.RequiredActions)
	// Another password may be another credential: so the hash of the one before is never written over it.
	credentials, err = realm.GetCredentials(ctx, realm.token, realm.name, alice)
	must(t, err)
	must(t, realm.DeleteCredentials(ctx, realm.token, realm.name, alice, *credentials[0].ID))
	refused(t, realm.DeleteCredentials(ctx, realm.token, realm.name, alice, *credentials[0].ID), http.StatusNotFound, "Credential not found")
}

func TestRoleMappings(t *testing.T) {
	realm := newRealm(t)
	ctx := t.Context()
	alice := realm.user("alice")
	reader := realm.role("reader")
	api := realm.client("api", func(*gocloak.Client) {})
	write := realm.clientRole(api, "write")
	available, err := realm.GetAvailableRealmRolesByUserID(ctx, realm.token, realm.name, alice)
	must(t, err)
	if !slices.Contains(names(available, roleName), "reader") {
		t.Fatal("the role is not available")
	}
	must(t, realm.AddRealmRoleToUser(ctx, realm.token, realm.name, alice, []gocloak.Role{reader}))
	must(t, realm.AddClientRolesToUser(ctx, realm.token, realm.name, api, alice, []gocloak.Role{write}))
	mappings, err := realm.GetRoleMappingByUserID(ctx, realm.token, realm.name, alice)
	must(t, err)
	equal(t, "client role", "write", *(*mappings.ClientMappings["api"].Mappings)[0].Name)
	assigned, err := realm.GetRealmRolesByUserID(ctx, realm.token, realm.name, alice)
	must(t, err)
	same(t, "realm roles", []string{"default-roles-" + realm.name, "reader"}, names(assigned, roleName))
	assigned, err = realm.GetClientRolesByUserID(ctx, realm.token, realm.name, api, alice)
	must(t, err)
	same(t, "client roles", []string{"write"}, names(assigned, roleName))
	unknown := gocloak.Role{ID: gocloak.StringP("00000000-0000-4000-8000-000000000000"), Name: gocloak.StringP("none")}
	err = realm.AddRealmRoleToUser(ctx, realm.token, realm.name, alice, []gocloak.Role{unknown})
	refused(t, err, http.StatusNotFound, "Role not found")
	must(t, realm.DeleteRealmRoleFromUser(ctx, realm.token, realm.name, alice, []gocloak.Role{reader}))
	must(t, realm.DeleteClientRolesFromUser(ctx, realm.token, realm.name, api, alice, []gocloak.Role{write}))
}
