// identity providers, kept as data: representations, mappers, import of a configuration.
import assert from 'node:assert/strict';
import { inRealm, names, notFound, refused } from './realm.js';
import { baseUrl, isKeycloak } from './server.js';

const alias = 'elsewhere';

const provider = {
  alias,
  displayName: 'Elsewhere',
  providerId: 'oidc',
  enabled: true,
  config: {
    clientId: 'us',
    clientSecret: 'the secret of us',
    authorizationUrl: 'https://idp.example/auth',
    tokenUrl: 'https://idp.example/token',
  },
};

inRealm('identity providers: create, read, update, delete', {}, async (kc) => {
  const of = kc.identityProviders;
  assert.deepEqual(await of.find(), []);
  assert.deepEqual(await of.create(provider), { id: alias });
  const found = await of.findOne({ alias });
  assert.deepEqual(found.config, { ...provider.config, clientSecret: '**********' });
  assert.deepEqual(
    [found.alias, found.displayName, found.providerId, found.enabled],
    [alias, 'Elsewhere', 'oidc', true],
  );
  assert.deepEqual(
    (await of.find({ search: 'else' })).map((one) => one.alias),
    [alias],
  );
  assert.deepEqual(await of.find({ search: 'nothing' }), []);
  await refused(of.create(provider), 409, { errorMessage: 'Identity Provider elsewhere already exists' });
  await refused(of.create({ ...provider, alias: 'other', providerId: 'nothing' }), 400, {
    errorMessage: 'Invalid identity provider id [nothing]',
  });

  assert.equal(await of.update({ alias }, { ...found, displayName: 'There' }), '');
  assert.equal((await of.findOne({ alias })).displayName, 'There');
  await refused(of.update({ alias: 'nothing' }, provider), 404, notFound);
  assert.equal(await of.reloadKeys({ alias }), false);

  assert.equal(await of.del({ alias }), '');
  assert.equal(await of.findOne({ alias }), null);
  await refused(of.del({ alias }), 404, notFound);
});

inRealm('identity providers: mappers', {}, async (kc) => {
  const of = kc.identityProviders;
  await of.create(provider);
  const mapper = {
    name: 'colour',
    identityProviderAlias: alias,
    identityProviderMapper: 'hardcoded-attribute-idp-mapper',
    config: { 'syncMode': 'INHERIT', 'attribute': 'colour', 'attribute.value': 'blue' },
  };
  const { id } = await of.createMapper({ alias, identityProviderMapper: mapper });
  assert.deepEqual(await of.findOneMapper({ alias, id }), { id, ...mapper });
  assert.deepEqual(names(await of.findMappers({ alias })), ['colour']);
  assert.equal(await of.updateMapper({ alias, id }, { id, ...mapper, name: 'paint' }), '');
  assert.deepEqual(names(await of.findMappers({ alias })), ['paint']);
  await refused(of.createMapper({ alias, identityProviderMapper: { ...mapper, name: 'paint' } }), 400, {
    errorMessage: "Failed to add mapper 'paint' to identity provider [oidc].",
  });
  assert.equal(await of.delMapper({ alias, id }), '');
  assert.equal(await of.findOneMapper({ alias, id }), null);
  await refused(of.delMapper({ alias, id }), 404, { error: 'Model not found' });
  await refused(of.updateMapper({ alias, id }, { id, ...mapper }), 404, { error: 'Model not found' });

  const types = await of.findMapperTypes({ alias });
  assert.equal(types['hardcoded-attribute-idp-mapper'].id, 'hardcoded-attribute-idp-mapper');
  assert.equal((await of.findFactory({ providerId: 'oidc' })).name, 'OpenID Connect v1.0');
  await refused(of.findFactory({ providerId: 'nothing' }), 400, { error: 'HTTP 400 Bad Request' });
});

inRealm('identity providers: from metadata, and a certificate', {}, async (kc, realm) => {
  const of = kc.identityProviders;
  const issuer = `${baseUrl}/realms/${realm}`;
  const fromUrl = `${issuer}/.well-known/openid-configuration`;
  if (!isKeycloak) {
    // Not offered, by decision.
    await refused(of.importFromUrl({ providerId: 'oidc', fromUrl }), 501, {
      error: 'not_implemented',
      error_description: "Keyward does not offer reading an identity provider's own description",
    });
    const form = new FormData();
    form.append('keystoreFormat', 'Certificate PEM');
    await refused(of.uploadCertificate({}, form), 501, {
      error: 'not_implemented',
      error_description: 'Keyward does not offer reading certificates of identity providers',
    });
    return;
  }
  const config = await of.importFromUrl({ providerId: 'oidc', fromUrl });
  assert.deepEqual(
    [config.issuer, config.tokenUrl, config.jwksUrl, config.useJwksUrl, config.metadataDescriptorUrl],
    [issuer, `${issuer}/protocol/openid-connect/token`, `${issuer}/protocol/openid-connect/certs`, 'true', fromUrl],
  );
  const { active, keys } = await kc.realms.getKeys({ realm });
  const { certificate, publicKey } = keys.find(({ kid }) => kid === active.RS256);
  const form = new FormData();
  form.append('keystoreFormat', 'Certificate PEM');
  form.append('file', new Blob([certificate]));
  const uploaded = await of.uploadCertificate({}, form);
  assert.deepEqual([uploaded.certificate, uploaded.publicKey], [certificate, publicKey]);
});
