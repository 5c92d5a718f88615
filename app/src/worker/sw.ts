/// <reference lib="webworker" />

// The service worker keeps the shell of the app, whole and of one build, so
// that codes work without a connection. It keeps no answer of any API, and it
// never decides: nothing that arrives here can approve a request (check J3).

export type {};
declare const self: ServiceWorkerGlobalScope;
declare const __SHELL_FILES__: readonly string[];
declare const __SHELL_BUILD__: string;

const page = '/app/';
const kept = 'shell-' + __SHELL_BUILD__;
const files: ReadonlySet<string> = new Set(__SHELL_FILES__);

self.addEventListener('install', (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(kept);
      // Past the browser's own cache: a shell mixed from two builds would not start.
      await cache.addAll(Array.from(files, (file) => new Request(file, { cache: 'reload' })));
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith('shell-') && name !== kept) await caches.delete(name);
      }
      await self.clients.claim();
    })(),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== 'GET' || address.origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    if (address.pathname === page || address.pathname === '/app')
      event.respondWith(shell(page, request));
    return;
  }
  if (files.has(address.pathname)) event.respondWith(shell(address.pathname, request));
});

async function shell(file: string, request: Request): Promise<Response> {
  const cache = await caches.open(kept);
  const found = await cache.match(file);
  return found ?? fetch(request);
}
