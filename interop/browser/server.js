// The server under test and its people: from the environment.

export const issuer = process.env.KEYWARD_ISSUER;

export const endpoint = (name) => `${issuer}/protocol/openid-connect/${name}`;

export const password = { alice: process.env.KEYWARD_ALICE_PASSWORD, bob: process.env.KEYWARD_BOB_PASSWORD };
