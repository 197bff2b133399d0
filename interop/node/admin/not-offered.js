// What Keyward does not offer: each method of it answers a clear 501.
import assert from 'node:assert/strict';
import { NetworkError } from '@keycloak/keycloak-admin-client';
import { inRealm, person, refused } from './realm.js';
import { isKeycloak } from './server.js';

/** Names that the client still has, and no server answers, not even Keycloak. */
export const gone = [
  'users.removeTotp',
  'authenticationManagement.addExecution',
  'clients.v2',
  'organizations.groups().count',
];

/** Methods that Keycloak answers, and Keyward refuses in the tests of their nouns. */
export const refusedByUs = isKeycloak
  ? []
  : [
      'clients.generateAndDownloadKey',
      'clients.uploadKey',
      'clients.downloadKey',
      'identityProviders.importFromUrl',
      'identityProviders.uploadCertificate',
      'serverInfo.findEffectiveMessageBundles',
    ];

/** Methods that have a sense only in the groups of an organization, where they are called. */
export const elsewhere = ['groups.listOrgGroups', 'groups.addMemberToOrgGroup', 'groups.removeMemberFromOrgGroup'];

/** Authorization services (UMA) of clients. */
const authorization = [
  'getResourceServer',
  'updateResourceServer',
  'listResources',
  'createResource',
  'getResource',
  'updateResource',
  'delResource',
  'importResource',
  'exportResource',
  'evaluateResource',
  'listPolicies',
  'findPolicyByName',
  'updatePolicy',
  'createPolicy',
  'findOnePolicyWithType',
  'findOnePolicy',
  'listDependentPolicies',
  'delPolicy',
  'listPolicyProviders',
  'createOrUpdatePolicy',
  'listAllScopes',
  'listAllResourcesByScope',
  'listAllPermissionsByScope',
  'listPermissionsByResource',
  'listScopesByResource',
  'listPermissionScope',
  'createAuthorizationScope',
  'updateAuthorizationScope',
  'getAuthorizationScope',
  'delAuthorizationScope',
  'findPermissions',
  'createPermission',
  'updatePermission',
  'delPermission',
  'findOnePermission',
  'getAssociatedScopes',
  'getAssociatedResources',
  'getAssociatedPolicies',
];

/** By what is asked for: the methods, a body, and what Keycloak answers where it does not offer it either. */
const families = {
  'authorization services': { clients: authorization },
  'fine-grained admin permissions': {
    keycloak: 501,
    body: { enabled: true },
    clients: ['listFineGrainPermissions', 'updateFineGrainPermission'],
    groups: ['listPermissions', 'updatePermission'],
    roles: ['listPermissions', 'updatePermission'],
    identityProviders: ['listPermissions', 'updatePermission'],
    realms: ['getUsersManagementPermissions', 'updateUsersManagementPermissions'],
  },
  'fine-grained admin permissions of groups of organizations': {
    'organizations.groups()': ['listPermissions', 'updatePermission'],
  },
  'groups and invitations of organizations': {
    'organizations': [
      'invite',
      'inviteExistingUser',
      'listInvitations',
      'findInvitation',
      'resendInvitation',
      'deleteInvitation',
    ],
    'organizations.groups()': [
      'find',
      'findOne',
      'create',
      'updateRoot',
      'update',
      'del',
      'listSubGroups',
      'createChildGroup',
      'updateChildGroup',
      'listMembers',
      'listRoleMappings',
      'addRealmRoleMappings',
      'listRealmRoleMappings',
      'delRealmRoleMappings',
      'listAvailableRealmRoleMappings',
      'listCompositeRealmRoleMappings',
      'addClientRoleMappings',
      'listClientRoleMappings',
      'delClientRoleMappings',
      'listAvailableClientRoleMappings',
      'listCompositeClientRoleMappings',
      'listOrgGroups',
      'addMemberToOrgGroup',
      'removeMemberFromOrgGroup',
    ],
  },
  'LDAP': {
    realms: ['testLDAPConnection', 'ldapServerCapabilities'],
    userStorageProvider: ['removeImportedUsers', 'sync', 'unlinkUsers', 'mappersSync'],
  },
  'workflows': { workflows: ['find', 'findOne', 'scheduled', 'update', 'create', 'createAsYaml', 'delById'] },
  'verifiable credentials': {
    users: [
      'listVerifiableCredentials',
      'createVerifiableCredential',
      'revokeVerifiableCredential',
      'updateVerifiableCredential',
      'sendVerifiableCredentialOffer',
      'listIssuedVerifiableCredentials',
      'revokeIssuedVerifiableCredential',
    ],
  },
  'SAML': { clients: ['evaluateGenerateSamlResponse'] },
};

/** `clients.getResource`, and so on. */
export const notOffered = Object.values(families).flatMap(({ keycloak, body, ...resources }) =>
  Object.entries(resources).flatMap(([resource, methods]) => methods.map((method) => `${resource}.${method}`)),
);

for (const [family, { keycloak = isKeycloak ? null : 501, body = { name: 'any' }, ...resources }] of Object.entries(
  families,
)) {
  inRealm(`not offered: ${family}`, { organizationsEnabled: true }, async (kc, realm) => {
    const userId = await person(kc, 'anna');
    const { id: client } = await kc.clients.create({ clientId: 'app', serviceAccountsEnabled: true });
    const { id: group } = await kc.groups.create({ name: 'staff' });
    const { id: organization } = await kc.organizations.create({ name: 'acme', domains: [{ name: 'acme.example' }] });
    await kc.roles.create({ name: 'clerk' });
    const { id: role } = await kc.roles.findOneByName({ name: 'clerk' });
    await kc.identityProviders.create({ alias: 'elsewhere', providerId: 'oidc', config: {} });
    const ids = { clients: client, groups: group, roles: role, users: userId };
    for (const [name, methods] of Object.entries(resources)) {
      const resource = name === 'organizations.groups()' ? kc.organizations.groups(organization) : kc[name];
      for (const method of methods) {
        const path =
          name === 'realms'
            ? { realm, ...body }
            : { ...anything, id: ids[name] ?? 'any', userId, orgId: organization };
        const status = await statusOf(resource[method](path, body));
        if (keycloak !== null) {
          assert.equal(status, keycloak, `${name}.${method}`);
        }
      }
    }
  });
}

/** Whatever a path may name. */
const anything = {
  alias: 'elsewhere',
  credentialId: 'any',
  clientUniqueId: 'any',
  credentialScopeName: 'any',
  groupId: 'any',
  invitationId: 'any',
  parentId: 'any',
  permissionId: 'any',
  policy: { type: 'user' },
  policyId: 'any',
  policyName: 'any',
  resourceId: 'any',
  resourceName: 'any',
  roles: [],
  scopeId: 'any',
  type: 'resource',
  yaml: 'name: any',
};

const statusOf = async (call) => {
  try {
    await call;
    return 200;
  } catch (error) {
    assert.ok(error instanceof NetworkError, error);
    return error.response.status;
  }
};

inRealm('methods that no server answers', { organizationsEnabled: true }, async (kc) => {
  const id = await person(kc, 'anna');
  await refused(kc.users.removeTotp({ id }), 404, { error: 'HTTP 404 Not Found' });
  const old = kc.authenticationManagement.addExecution({ flow: 'browser' }, { provider: 'auth-cookie' });
  // By decision: a path that is there answers 405 for a method that it has not (RFC 9110 §15.5.6).
  await (isKeycloak
    ? refused(old, 404, { error: 'HTTP 404 Not Found' })
    : refused(old, 405, { error: 'HTTP 405 Method Not Allowed' }));
  const { id: organization } = await kc.organizations.create({ name: 'acme' });
  if (isKeycloak) {
    await refused(kc.organizations.groups(organization).count(), 404, { errorMessage: 'Group does not exist' });
  }
  // An experiment, which has to be asked for, and which the server has switched off.
  assert.throws(() => kc.clients.v2(), /experimental and not enabled/);
  kc.enableExperimentalApis = true;
  await assert.rejects(kc.clients.v2().get(), { responseStatusCode: 404 });
});
