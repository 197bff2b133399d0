// authentication management: required actions, flows, executions and their configuration.
import assert from 'node:assert/strict';
import { inRealm, refused } from './realm.js';

inRealm('required actions', {}, async (kc) => {
  const of = kc.authenticationManagement;
  const aliases = async () => (await of.getRequiredActions()).map(({ alias }) => alias);
  for (const alias of ['CONFIGURE_TOTP', 'UPDATE_PASSWORD', 'UPDATE_PROFILE', 'VERIFY_EMAIL', 'VERIFY_PROFILE']) {
    assert.ok((await aliases()).includes(alias), alias);
  }
  const alias = 'TERMS_AND_CONDITIONS';
  const terms = await of.getRequiredActionForAlias({ alias });
  assert.deepEqual(terms, {
    alias,
    name: 'Terms and Conditions',
    providerId: alias,
    enabled: false,
    defaultAction: false,
    priority: terms.priority,
    config: {},
  });
  assert.equal(await of.updateRequiredAction({ alias }, { ...terms, enabled: true, defaultAction: true }), '');
  const { enabled, defaultAction } = await of.getRequiredActionForAlias({ alias });
  assert.deepEqual([enabled, defaultAction], [true, true]);
  // New users have to do it.
  const { id } = await kc.users.create({ username: 'anna' });
  assert.deepEqual((await kc.users.findOne({ id })).requiredActions, [alias]);

  const before = await aliases();
  assert.equal(await of.lowerRequiredActionPriority({ alias }), '');
  const after = await aliases();
  assert.deepEqual([after[0], after[1]], [before[1], before[0]]);
  assert.equal(await of.raiseRequiredActionPriority({ alias }), '');
  assert.deepEqual(await aliases(), before);

  assert.equal(await of.getRequiredActionForAlias({ alias: 'NOTHING' }), null);
  const missing = { error: 'Failed to find required action.' };
  await refused(of.raiseRequiredActionPriority({ alias: 'NOTHING' }), 404, missing);
  await refused(of.updateRequiredAction({ alias: 'NOTHING' }, terms), 404, /^Failed to find required action/);
});

inRealm('required actions: removed and registered again, configured', {}, async (kc) => {
  const of = kc.authenticationManagement;
  const alias = 'webauthn-register';
  const action = { providerId: alias, name: 'Webauthn Register' };
  assert.deepEqual(await of.getUnregisteredRequiredActions(), []);
  assert.equal(await of.deleteRequiredAction({ alias }), '');
  assert.deepEqual(await of.getUnregisteredRequiredActions(), [action]);
  await refused(of.deleteRequiredAction({ alias }), 404, { error: 'Failed to find required action.' });
  assert.equal(await of.registerRequiredAction(action), '');
  assert.equal((await of.getRequiredActionForAlias({ alias })).providerId, alias);
  await refused(of.registerRequiredAction({ ...action, providerId: 'nothing' }), 400, {
    error: 'Required Action Provider with given providerId not found',
  });

  const password = { alias: 'UPDATE_PASSWORD' };
  const { properties } = await of.getRequiredActionConfigDescription(password);
  assert.deepEqual(
    properties.map(({ name, type }) => [name, type]),
    [['max_auth_age', 'String']],
  );
  assert.deepEqual(await of.getRequiredActionConfig(password), { config: {} });
  const config = { config: { max_auth_age: '500' } };
  assert.equal(await of.updateRequiredActionConfig(password, config), '');
  assert.deepEqual(await of.getRequiredActionConfig(password), config);
  await refused(of.updateRequiredActionConfig(password, { config: { max_auth_age: 'long' } }), 400, {
    field: 'max_auth_age',
    errorMessage: 'error-invalid-value',
    params: ['max_auth_age'],
  });
  assert.equal(await of.removeRequiredActionConfig(password), '');
  assert.deepEqual(await of.getRequiredActionConfig(password), { config: {} });
});

inRealm('flows: create, copy, update, delete', {}, async (kc) => {
  const of = kc.authenticationManagement;
  const aliases = async () => (await of.getFlows()).map(({ alias }) => alias).sort();
  const builtIn = [
    'browser',
    'clients',
    'direct grant',
    'docker auth',
    'first broker login',
    'registration',
    'reset credentials',
  ];
  assert.deepEqual(await aliases(), builtIn);
  const browser = (await of.getFlows()).find(({ alias }) => alias === 'browser');
  assert.deepEqual([browser.providerId, browser.topLevel, browser.builtIn], ['basic-flow', true, true]);
  assert.ok(browser.authenticationExecutions.some(({ authenticator }) => authenticator === 'auth-cookie'));

  const flow = { alias: 'ours', description: 'our flow', providerId: 'basic-flow', topLevel: true, builtIn: false };
  const { id: flowId } = await of.createFlow(flow);
  assert.deepEqual(await of.getFlow({ flowId }), { id: flowId, ...flow, authenticationExecutions: [] });
  await refused(of.createFlow(flow), 409, { errorMessage: 'Flow ours already exists' });
  assert.equal(await of.updateFlow({ flowId }, { ...flow, alias: 'yours' }), '');
  assert.equal(await of.copyFlow({ flow: 'browser', newName: 'our browser' }), '');
  assert.deepEqual(await aliases(), [...builtIn, 'our browser', 'yours'].sort());
  const steps = async (name) =>
    (await of.getExecutions({ flow: name })).map(({ providerId, level, requirement }) => [
      providerId,
      level,
      requirement,
    ]);
  assert.deepEqual(await steps('our browser'), await steps('browser'));
  await refused(of.copyFlow({ flow: 'browser', newName: 'our browser' }), 409, {
    errorMessage: 'New flow alias name already exists',
  });
  await refused(of.copyFlow({ flow: 'nothing', newName: 'another' }), 404, { error: 'Flow not found' });

  assert.equal(await of.deleteFlow({ flowId }), '');
  await refused(of.getFlow({ flowId }), 404, { error: 'Could not find flow with id' });
  await refused(of.deleteFlow({ flowId: browser.id }), 400, { error: "Can't delete built in flow" });
});

inRealm('executions: add, order, require, configure, delete', {}, async (kc) => {
  const of = kc.authenticationManagement;
  const flow = 'ours';
  await of.createFlow({ alias: flow, providerId: 'basic-flow', topLevel: true, builtIn: false });
  const { id: cookie } = await of.addExecutionToFlow({ flow, provider: 'auth-cookie' });
  const { id: redirector } = await of.addExecutionToFlow({ flow, provider: 'identity-provider-redirector' });
  const sub = { alias: 'forms of ours', type: 'basic-flow', provider: 'registration-page-form', description: 'a form' };
  const { id: forms } = await of.addFlowToFlow({ flow, ...sub });
  await refused(of.addExecutionToFlow({ flow, provider: 'nothing' }), 400, {
    error: 'No authentication provider found for id: nothing',
  });
  const all = await of.getExecutions({ flow });
  assert.deepEqual(
    all.map(({ displayName, index, level }) => [displayName, index, level]),
    [
      ['Cookie', 0, 0],
      ['Identity Provider Redirector', 1, 0],
      ['forms of ours', 2, 0],
    ],
  );
  assert.deepEqual([all[2].authenticationFlow, all[2].flowId], [true, forms]);
  assert.deepEqual(all[0].requirementChoices, ['REQUIRED', 'ALTERNATIVE', 'DISABLED']);
  await of.updateExecution({ flow }, { ...all[0], requirement: 'ALTERNATIVE' });
  assert.equal((await of.getExecutions({ flow }))[0].requirement, 'ALTERNATIVE');

  const order = async () => (await of.getExecutions({ flow })).map(({ id }) => id);
  assert.equal(await of.raisePriorityExecution({ id: redirector }), '');
  assert.deepEqual((await order()).slice(0, 2), [redirector, cookie]);
  assert.equal(await of.lowerPriorityExecution({ id: redirector }), '');
  assert.deepEqual((await order()).slice(0, 2), [cookie, redirector]);

  const description = await of.getConfigDescription({ providerId: 'identity-provider-redirector' });
  assert.deepEqual(
    description.properties.map(({ name }) => name),
    ['defaultProvider'],
  );
  await refused(of.getConfigDescription({ providerId: 'nothing' }), 404, {
    error: 'Could not find authenticator provider',
  });
  const { id } = await of.createConfig({ id: redirector, alias: 'where to', config: { defaultProvider: 'there' } });
  assert.deepEqual(await of.getConfig({ id }), { id, alias: 'where to', config: { defaultProvider: 'there' } });
  assert.equal((await of.getExecutions({ flow }))[1].authenticationConfig, id);
  // The client sends no id in the body: the one in the path counts.
  assert.equal(await of.updateConfig({ id, alias: 'where to', config: { defaultProvider: 'here' } }), '');
  assert.deepEqual((await of.getConfig({ id })).config, { defaultProvider: 'here' });
  assert.equal(await of.delConfig({ id }), '');
  await refused(of.getConfig({ id }), 404, { error: 'Could not find authenticator config' });

  assert.equal(await of.delExecution({ id: cookie }), '');
  const illegal = { error: 'Illegal execution' };
  await refused(of.delExecution({ id: cookie }), 404, illegal);
  await refused(of.lowerPriorityExecution({ id: cookie }), 404, illegal);
  await refused(of.getExecutions({ flow: 'nothing' }), 404, { error: 'Flow not found' });
});

inRealm('authentication: the providers that there are', {}, async (kc) => {
  const of = kc.authenticationManagement;
  const has = async (call, ids) => {
    const found = await call;
    for (const id of ids) {
      assert.ok(
        found.some((provider) => provider.id === id && provider.displayName && provider.description),
        id,
      );
    }
  };
  await has(of.getAuthenticatorProviders(), ['auth-cookie', 'auth-username-password-form', 'auth-otp-form']);
  await has(of.getClientAuthenticatorProviders(), ['client-secret', 'client-jwt', 'client-secret-jwt', 'client-x509']);
  await has(of.getFormProviders(), ['registration-page-form']);
  await has(of.getFormActionProviders(), ['registration-user-creation', 'registration-password-action']);
});
