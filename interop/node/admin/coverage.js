// Which methods of the client have answered: a method that nobody calls fails the suite with its name.
import { KeycloakAdminClient } from '@keycloak/keycloak-admin-client/lib/client.js';
import { Groups } from '@keycloak/keycloak-admin-client';
import Resource from '@keycloak/keycloak-admin-client/lib/resources/resource.js';

const answered = new Set();

/** `users.find`, and so on, as the installed package has them. */
export function methods() {
  const client = new KeycloakAdminClient();
  const resources = { ...client, 'organizations.groups()': new Groups(client, 'an-organization') };
  return Object.entries(resources)
    .filter(([, resource]) => resource instanceof Resource)
    .flatMap(([name, resource]) => methodsOf(resource).map((method) => `${name}.${method}`));
}

export const uncalled = (except) => methods().filter((name) => !answered.has(name) && !except.includes(name));

/** The same client, whose resources note each method that gave an answer. */
export function recorded(client) {
  for (const [name, resource] of Object.entries(client)) {
    if (resource instanceof Resource) {
      client[name] = notes(name, resource);
    }
  }
  return client;
}

const notes = (name, resource) =>
  new Proxy(resource, {
    get(target, method) {
      const value = target[method];
      if (typeof value !== 'function') {
        return value;
      }
      return (...args) => {
        const result = value.apply(target, args);
        if (result instanceof Promise) {
          return result.then((answer) => {
            answered.add(`${name}.${method}`);
            return answer;
          });
        }
        answered.add(`${name}.${method}`);
        return result instanceof Resource ? notes(`${name}.${method}()`, result) : result;
      };
    },
  });

function methodsOf(resource) {
  const own = Object.keys(resource);
  const inherited = Object.getOwnPropertyNames(Object.getPrototypeOf(resource));
  const not = ['constructor', 'makeRequest', 'makeUpdateRequest'];
  return [...own, ...inherited].filter((name) => typeof resource[name] === 'function' && !not.includes(name));
}
