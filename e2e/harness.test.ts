// The harness itself: a page that does what none of ours may do is caught. The
// pages here are made for that; everything else in this folder is the real server.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { test, type TestContext } from 'node:test';

import { assertAccessible } from './accessibility.ts';
import { addAuthenticator } from './authenticator.ts';
import { browserNames, openTab } from './browsers.ts';
import { openWebKit } from './webkit.ts';

const good = `<!doctype html><html lang="en"><title>Two halves</title><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<main><h1>47</h1><label>Number <input id="number"></label> <button onclick="document.querySelector('h1').textContent=document.querySelector('input').value">Approve</button></main></html>`;

type Answer = (path: string, response: ServerResponse) => void;

async function serve(t: TestContext, answer: Answer): Promise<string> {
  const server = createServer((request, response) => {
    answer(request.url ?? '', response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(address !== null && typeof address !== 'string');
  return `http://localhost:${String(address.port)}`;
}

async function pages(t: TestContext): Promise<{ origin: string; elsewhere: string }> {
  const elsewhere = await serve(t, (_path, response) => response.end());
  const bodies: Record<string, string> = {
    '/good': good,
    '/stray': good.replace('</main>', `<img alt="" src="${elsewhere}/picture.png"></main>`),
    '/unlabelled': good.replace('Number <input', '</label><input'),
  };
  const origin = await serve(t, (path, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    // No eval: the harness must work on pages as strict as ours.
    response.setHeader('Content-Security-Policy', "script-src 'unsafe-inline'");
    response.end(bodies[path]);
  });
  return { origin, elsewhere };
}

for (const name of browserNames) {
  test(`${name}: a page that asks another server is caught`, async (t) => {
    const { origin, elsewhere } = await pages(t);
    const { page, faults } = await openTab(t, name, origin);
    await page.goto('/stray');
    assert.deepEqual(
      faults.splice(0).filter((fault) => fault.startsWith('asked')),
      [`asked another server: ${elsewhere}/picture.png`],
    );
  });

  test(`${name}: a field without a label is caught`, async (t) => {
    const { page } = await openTab(t, name, (await pages(t)).origin);
    await page.goto('/unlabelled');
    await assert.rejects(
      assertAccessible((expression) => page.evaluate(expression), 'the page'),
      /label: Form elements must have labels/,
    );
  });
}

test('chromium: the virtual authenticator evaluates PRF', async (t) => {
  const { page } = await openTab(t, 'chromium', (await pages(t)).origin);
  await page.goto('/good');
  await addAuthenticator(page);
  const length = await page.evaluate(async () => {
    const salt = new Uint8Array(32);
    const made = (await navigator.credentials.create({
      publicKey: {
        rp: { name: 'localhost' },
        user: { id: new Uint8Array(32), name: 'mara', displayName: 'Mara' },
        challenge: new Uint8Array(32),
        pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        extensions: { prf: { eval: { first: salt } } },
      },
    })) as PublicKeyCredential;
    const first = made.getClientExtensionResults().prf?.results?.first;
    return first instanceof ArrayBuffer ? first.byteLength : 0;
  });
  assert.equal(length, 32);
});

test('webkit: a field without a label is caught', async (t) => {
  const browser = await openWebKit(t, (await pages(t)).origin);
  await browser.goto('/unlabelled');
  await assert.rejects(
    assertAccessible((expression) => browser.evaluate(expression), 'the page'),
    /label: Form elements must have labels/,
  );
});

test('webkit: a page that asks another server is caught', async (t) => {
  const browser = await openWebKit(t, (await pages(t)).origin);
  await browser.goto('/stray');
  await assert.rejects(browser.assertStayed(), /WebKit asked another server/);
  await browser.goto('/good');
});
