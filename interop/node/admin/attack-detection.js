// Attack detection: who is locked out, and let in again.
import assert from 'node:assert/strict';
import { inRealm, login, passwordClient, passwordOf, person, token } from './realm.js';

const clean = {
  numFailures: 0,
  numTemporaryLockouts: 0,
  numSecondaryAuthFailures: 0,
  disabled: false,
  failedLoginNotBefore: 0,
  lastIPFailure: 'n/a',
  lastFailure: 0,
};

inRealm('attack detection', { bruteForceProtected: true, failureFactor: 2 }, async (kc, realm) => {
  await passwordClient(kc, 'app');
  const ids = [await person(kc, 'anna'), await person(kc, 'bert')];
  const who = (username) => ({ client_id: 'app', username, password: passwordOf(username) });
  const [status] = [async (id) => kc.attackDetection.findOne({ id })];
  const lock = async (username) => {
    for (let failure = 0; failure < 2; failure += 1) {
      await token(realm, { ...who(username), password: 'wrong' });
    }
    const { error, error_description } = await token(realm, who(username));
    assert.deepEqual([error, error_description], ['invalid_grant', 'Invalid user credentials']);
  };
  assert.deepEqual(await status(ids[0]), clean);
  await lock('anna');
  await lock('bert');
  const { lastFailure, failedLoginNotBefore, ...locked } = await status(ids[0]);
  assert.deepEqual(locked, {
    numFailures: 2,
    numTemporaryLockouts: 1,
    numSecondaryAuthFailures: 0,
    disabled: true,
    lastIPFailure: '127.0.0.1',
  });
  assert.ok(Math.abs(lastFailure - Date.now()) < 60_000 && failedLoginNotBefore * 1000 > Date.now());

  assert.equal(await kc.attackDetection.del({ id: ids[0] }), '');
  assert.deepEqual(await status(ids[0]), clean);
  assert.equal((await status(ids[1])).disabled, true);
  await login(realm, who('anna'));
  assert.equal(await kc.attackDetection.delAll(), '');
  assert.deepEqual(await status(ids[1]), clean);
  await login(realm, who('bert'));
});
