// A small web site on a free port of the loopback interface: an application's pages, and what was posted to it.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { after } from 'node:test';

const types = { html: 'text/html; charset=utf-8', js: 'text/javascript' };

/** `files` by path, relative to this folder; `handle` answers first and says whether it did. */
export async function site(files = {}, handle = () => false) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://127.0.0.1');
    try {
      if (await handle(request, response, pathname)) {
        return;
      }
      const file = files[pathname];
      if (file === undefined) {
        response.writeHead(pathname === '/favicon.ico' ? 204 : 404).end();
        return;
      }
      const body = await readFile(new URL(file, import.meta.url));
      response.writeHead(200, { 'content-type': types[file.split('.').pop()], 'cache-control': 'no-store' });
      response.end(body);
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/** The settings that a page of ours asks for before anything else. */
export function settings(values) {
  return (request, response, pathname) => {
    if (pathname !== '/settings.json') {
      return false;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(values));
    return true;
  };
}
