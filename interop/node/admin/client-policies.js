// Client policies and profiles.
import assert from 'node:assert/strict';
import { inRealm, names, refused } from './realm.js';

const profile = {
  name: 'ours',
  description: 'PKCE everywhere',
  executors: [{ executor: 'pkce-enforcer', configuration: { 'auto-configure': true } }],
};

const policy = {
  name: 'for all',
  description: 'every client',
  enabled: true,
  conditions: [{ condition: 'any-client', configuration: {} }],
  profiles: ['ours'],
};

inRealm('client policies', {}, async (kc) => {
  assert.deepEqual(await kc.clientPolicies.listProfiles(), { profiles: [] });
  const { globalProfiles } = await kc.clientPolicies.listProfiles({ includeGlobalProfiles: true });
  for (const name of ['fapi-1-advanced', 'fapi-2-security-profile', 'oauth-2-1-for-public-client']) {
    assert.ok(names(globalProfiles).includes(name), name);
  }
  assert.equal(await kc.clientPolicies.createProfiles({ profiles: [profile] }), '');
  assert.deepEqual(await kc.clientPolicies.listProfiles(), { profiles: [profile] });
  assert.deepEqual(await kc.clientPolicies.listPolicies(), { policies: [] });
  assert.equal(await kc.clientPolicies.updatePolicy({ policies: [policy] }), '');
  assert.deepEqual(await kc.clientPolicies.listPolicies({ includeGlobalPolicies: false }), { policies: [policy] });

  const { id } = await kc.clients.create({ clientId: 'app', redirectUris: ['https://app.example/back'] });
  assert.equal((await kc.clients.findOne({ id })).attributes['pkce.code.challenge.method'], 'S256');

  const unknown = { ...profile, executors: [{ executor: 'nothing', configuration: {} }] };
  await refused(kc.clientPolicies.createProfiles({ profiles: [unknown] }), 400, {
    errorMessage:
      'proposed client profile contains the executor, which does not have valid provider, ' +
      'or has invalid configuration.',
  });
  await refused(kc.clientPolicies.updatePolicy({ policies: [{ ...policy, profiles: ['nothing'] }] }), 400, {
    errorMessage: 'Policy for all contains invalid profile nothing',
  });
});
