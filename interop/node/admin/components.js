// components: among them the providers of the realm's keys.
import assert from 'node:assert/strict';
import { inRealm, keyProviders, names, refused } from './realm.js';
import { baseUrl, isKeycloak } from './server.js';

const providerType = 'org.keycloak.keys.KeyProvider';

const ldap = {
  vendor: ['other'],
  connectionUrl: ['ldap://127.0.0.1:1'],
  usersDn: ['ou=people,dc=example'],
  usernameLDAPAttribute: ['uid'],
  rdnLDAPAttribute: ['uid'],
  uuidLDAPAttribute: ['entryUUID'],
  userObjectClasses: ['inetOrgPerson'],
  authType: ['none'],
  editMode: ['READ_ONLY'],
  enabled: ['false'],
};

const noComponent = { error: 'Could not find component' };

inRealm('components: a key is made, put aside, removed', {}, async (kc, realm) => {
  const parentId = (await kc.realms.findOne({ realm })).id;
  const config = { priority: ['200'], enabled: ['true'], active: ['true'], ecdsaEllipticCurveKey: ['P-256'] };
  const key = { name: 'our key', providerId: 'ecdsa-generated', providerType, parentId };
  const { active: before } = await kc.realms.getKeys({ realm });
  const { id } = await kc.components.create({ ...key, config });
  assert.deepEqual(await kc.components.findOne({ id }), { id, ...key, config });
  assert.deepEqual(
    names(await kc.components.find({ parent: parentId, type: providerType })),
    [...keyProviders, 'our key'].sort(),
  );
  assert.deepEqual(names(await kc.components.find({ name: 'our key' })), ['our key']);
  const { active } = await kc.realms.getKeys({ realm });
  const published = async () => {
    const { keys } = await (await fetch(`${baseUrl}/realms/${realm}/protocol/openid-connect/certs`)).json();
    return keys.some(({ kid }) => kid === active.ES256);
  };
  assert.ok(active.ES256 && (await published()));

  const aside = { ...key, id, name: 'old key', config: { ...config, active: ['false'] } };
  assert.equal(await kc.components.update({ id }, aside), '');
  assert.deepEqual(await kc.components.findOne({ id }), aside);
  const { active: now, keys } = await kc.realms.getKeys({ realm });
  // In Keyward, which has a key for each algorithm from the start, that one signs again.
  assert.equal(now.ES256, before.ES256);
  assert.notEqual(now.ES256, active.ES256);
  assert.equal(before.ES256 === undefined, isKeycloak);
  assert.equal(keys.find(({ kid }) => kid === active.ES256).status, 'PASSIVE');
  assert.ok(await published());

  assert.equal(await kc.components.del({ id }), '');
  assert.ok(!(await published()));
  assert.equal(await kc.components.findOne({ id }), null);
  await refused(kc.components.del({ id }), 404, noComponent);
  await refused(kc.components.update({ id }, aside), 404, noComponent);
});

inRealm('components: what is refused, what there is', {}, async (kc, realm) => {
  const parentId = (await kc.realms.findOne({ realm })).id;
  const key = { name: 'our key', providerId: 'rsa-generated', providerType, parentId };
  const unknown = { error: 'Invalid provider type or no such provider' };
  await refused(kc.components.create({ ...key, providerId: 'nothing' }), 400, unknown);
  await refused(kc.components.create({ ...key, providerType: 'nothing' }), 400, unknown);
  await refused(kc.components.create({ ...key, config: { priority: ['high'] } }), 400, {
    errorMessage: "'Priority' should be a number",
  });
  const [{ id }] = await kc.components.find({ type: providerType });
  const kinds = (await kc.components.listSubComponents({ id, type: providerType })).map((kind) => kind.id);
  for (const kind of ['rsa-generated', 'ecdsa-generated', 'eddsa-generated', 'hmac-generated', 'aes-generated']) {
    assert.ok(kinds.includes(kind), kind);
  }
  await refused(kc.components.listSubComponents({ id }), 400, { error: 'must specify a subtype' });
  await refused(kc.components.listSubComponents({ id: 'nowhere', type: providerType }), 404, {
    error: 'Could not find parent component',
  });
});

inRealm('components: a user storage is data', {}, async (kc, realm) => {
  const parentId = (await kc.realms.findOne({ realm })).id;
  const { id } = await kc.components.create({
    name: 'directory',
    providerId: 'ldap',
    providerType: 'org.keycloak.storage.UserStorageProvider',
    parentId,
    config: ldap,
  });
  assert.deepEqual(await kc.userStorageProvider.name({ id }), { id, name: 'directory' });
  await refused(kc.userStorageProvider.name({ id: 'nowhere' }), 404, noComponent);
});
