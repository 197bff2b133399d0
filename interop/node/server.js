// What every test needs to know about the server: from the environment, secrets by client_id.

export const issuer = new URL(process.env.KEYWARD_ISSUER);

export const audience = 'backend-api';

export function secret(clientId) {
  return process.env[`KEYWARD_${clientId.replaceAll('-', '_').toUpperCase()}_SECRET`];
}

/** The first character of the signature decides: the last one has bits that no byte holds. */
export function changeSignature(token) {
  const at = token.lastIndexOf('.') + 1;
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
}
