// The whole round in real browsers: a person adds a phone by what the desktop
// shows, signs in to an application, and approves by typing the number.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { assertAccessible } from './accessibility.ts';
import { launch, openTab, sizes, type BrowserName } from './browsers.ts';
import { handOf, openPhone, type Hand } from './hand.ts';
import { keepPicture } from './screenshot.ts';
import { startServer, type Server } from './server.ts';

const password = 'correct horse battery';

/** Types the user name and the password; the page goes on from there. */
async function prove(desk: Hand, name: string, secret: string): Promise<void> {
  await desk.type('input[name=name]', name);
  await desk.click('form.step button');
  await desk.type('input[name=password]', secret);
  await desk.click('form.step button');
}

async function look(hand: Hand, name: string): Promise<void> {
  // What is on its way is not yet what a person reads.
  await hand.evaluate(`Promise.allSettled(document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().endTime !== Infinity).map((one) => one.finished))`);
  await assertAccessible((expression) => hand.evaluate(expression), name);
  await keepPicture(name, await hand.screenshot());
}

/** Adds a phone; the desk is signed in and shows security info. */
async function addPhone(desk: Hand, phone: Hand, name: string): Promise<void> {
  await desk.click('form[action="/security/phones"] button');
  await desk.shows('Add a phone');
  const picture = await desk.screenshot();
  await look(desk, `add-phone-desk-${name}`);
  await phone.goto('/app');
  await phone.text('h1');
  await look(phone, `empty-phone-${name}`);
  await phone.click('main button.main, .button.main');
  if (phone.picture) {
    // The phone's own decoder reads the desktop's screen.
    await phone.picture(picture);
  } else {
    await phone.click('.pair button:last-of-type');
    const code = await desk.evaluate(`document.getElementById('code').textContent`);
    await phone.type('#typed', String(code));
    await phone.click('button[form=type]');
  }
  await phone.click('button[form=offer]');
  const safety = (await phone.text('p.code')).replaceAll(/\D/g, '').slice(-6);
  await look(phone, `safety-phone-${name}`);
  assert.match(safety, /^\d{6}$/);
  await desk.type('input[name=safety]', safety);
  await look(desk, `safety-desk-${name}`);
  await desk.click('form.step button');
  const number = (await desk.text('output.number')).replaceAll(/\D/g, '');
  assert.equal(number.length, 2);
  await phone.type('input[inputmode=numeric]', number);
  await phone.click('.button.main');
  await phone.shows('It works');
}

/** Reads the number from the desk, types it on the phone, approves. */
async function approve(desk: Hand, phone: Hand, name: string, digits: number): Promise<void> {
  const number = (await desk.text('output.number')).replaceAll(/\D/g, '');
  assert.equal(number.length, digits);
  await look(desk, `number-desk-${name}`);
  await phone.type('input[inputmode=numeric]', number);
  await look(phone, `request-phone-${name}`);
  await phone.click('.button.main');
  await phone.shows('Approved');
}

/** From what the phone shows last back to its first screen, where requests open by themselves. */
async function rest(phone: Hand): Promise<void> {
  await phone.goto('/app');
}

function printed(server: Server, pattern: RegExp): string {
  const found = pattern.exec(server.said())?.[1];
  assert.ok(found !== undefined, `the console does not say ${String(pattern)}`);
  return found;
}

async function application(t: TestContext, name: BrowserName): Promise<Hand> {
  // Two origins on purpose: the application and the server it signs in by.
  const context = await (await launch(name)).newContext({ viewport: sizes.desk });
  t.after(() => context.close());
  return handOf(await context.newPage());
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

    const payroll = await application(t, 'chromium');
    await payroll.goto(printed(server, /(http:\/\/127\.0\.0\.1:\d+)/));
    await payroll.click('button');
    await payroll.shows('Sign in to Payroll');
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
