// The whole round in real browsers: a person adds a phone by what the desktop
// shows, signs in to an application, and approves by typing the number.
import { test } from 'node:test';

import { openTab } from './browsers.ts';
import { handOf, openPhone, type Hand } from './hand.ts';
import { keepPicture } from './screenshot.ts';
import { addPhone, approve, look, openApplication, printed, prove } from './round.ts';
import { startServer } from './server.ts';

const password = 'correct horse battery';

/** From what the phone shows last back to its first screen, where requests open by themselves. */
async function rest(phone: Hand): Promise<void> {
  await phone.goto('/app');
}

for (const name of ['chromium', 'firefox'] as const) {
  test(`${name}: a phone is added by its own camera's decoder, and approves a sign-in to an application`, async (t) => {
    const server = await startServer(t, { demo: true });
    const secret = printed(server, /as {2}mara {2}with {2}(\S+)/);
    const desk = handOf((await openTab(t, 'chromium', server.origin)).page);
    const phone = await openPhone(t, name, server.origin);
    await desk.goto('/security');
    await look(desk, `name-desk-${name}`);
    await prove(desk, 'mara', secret);
    await desk.shows('Security info');
    await look(desk, `security-desk-${name}`);
    await addPhone(desk, phone, name);
    await rest(phone);

    const payroll = await openApplication(t, server);
    await prove(payroll, 'mara', secret);
    await phone.shows('Payroll wants to sign you in');
    await approve(payroll, phone, `payroll-${name}`, 6);
    // Nothing is pressed on the desk: the page moves on by itself.
    await payroll.shows('Hello, Mara Silva');
    await payroll.shows('urn:countersign:acr:2');
    await keepPicture(`claims-desk-${name}`, await payroll.screenshot());
  });
}

test('webkit: a phone is added by typing, approves one sign-in and refuses another', async (t) => {
  // WebKitGTK keeps Secure cookies only over TLS.
  const server = await startServer(t, { tls: true });
  await server.admin(['account', 'create', 'jonas'], `${password}\n`);
  const desk = handOf((await openTab(t, 'chromium', server.origin, { insecure: true })).page);
  const phone = await openPhone(t, 'webkit', server.origin);
  await desk.goto('/security');
  await prove(desk, 'jonas', password);
  await addPhone(desk, phone, 'webkit');
  await rest(phone);

  const stranger = handOf((await openTab(t, 'chromium', server.origin, { insecure: true })).page);
  await stranger.goto('/signin');
  await prove(stranger, 'jonas', password);
  await phone.shows('wants to sign you in');
  await approve(stranger, phone, 'webkit', 6);
  await stranger.shows('Security info');
  await rest(phone);

  const thief = handOf((await openTab(t, 'chromium', server.origin, { insecure: true })).page);
  await thief.goto('/signin');
  await prove(thief, 'jonas', password);
  await phone.shows('wants to sign you in');
  await phone.click('.button.warning');
  await look(phone, 'refuse-phone-webkit');
  await phone.click('dialog button'); // Report
  await phone.shows('Refused and reported');
  await thief.shows('The request was reported');
  await keepPicture('reported-desk-webkit', await thief.screenshot());
});

test('chromium: signing in needs no script', async (t) => {
  const server = await startServer(t);
  await server.admin(['account', 'create', 'jonas'], `${password}\n`);
  const desk = handOf((await openTab(t, 'chromium', server.origin, { script: false })).page);
  await desk.goto('/signin');
  await prove(desk, 'jonas', password);
  await desk.click('form.step button'); // Continue
  await desk.shows('Security info');
});
