// What a person does in a round, in whichever browser.
import assert from 'node:assert/strict';

import { assertAccessible } from './accessibility.ts';
import { launch, sizes } from './browsers.ts';
import type { Ending } from './command.ts';
import { handOf, type Hand } from './hand.ts';
import { keepPicture } from './screenshot.ts';
import type { Server } from './server.ts';

/** Types the user name and the password; the page goes on from there. */
export async function prove(desk: Hand, name: string, secret: string): Promise<void> {
  await desk.type('input[name=name]', name);
  await desk.click('form.step button');
  await desk.type('input[name=password]', secret);
  await desk.click('form.step button');
}

/** Asserts that the screen keeps nobody out, and keeps a picture of it. */
export async function look(hand: Hand, name: string): Promise<void> {
  // What is on its way is not yet what a person reads.
  await hand.evaluate(`Promise.allSettled(document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().endTime !== Infinity).map((one) => one.finished))`);
  await assertAccessible((expression) => hand.evaluate(expression), name);
  await keepPicture(name, await hand.screenshot());
}

/** Adds a phone; the desk is signed in and shows security info. */
export async function addPhone(desk: Hand, phone: Hand, name: string): Promise<void> {
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
export async function approve(
  desk: Hand,
  phone: Hand,
  name: string,
  digits: number,
): Promise<void> {
  const number = (await desk.text('output.number')).replaceAll(/\D/g, '');
  assert.equal(number.length, digits);
  await look(desk, `number-desk-${name}`);
  await phone.type('input[inputmode=numeric]', number);
  await look(phone, `request-phone-${name}`);
  await phone.click('.button.main');
  await phone.shows('Approved');
}

/** What the server's console said. */
export function printed(server: Server, pattern: RegExp): string {
  const found = pattern.exec(server.said())?.[1];
  assert.ok(found !== undefined, `the console does not say ${String(pattern)}`);
  return found;
}

/** The demo's application in a browser of its own, which it sent to sign in. */
export async function openApplication(
  t: Ending,
  server: Server,
  { size = 'desk', dark = false }: { size?: keyof typeof sizes; dark?: boolean } = {},
): Promise<Hand> {
  // Two origins on purpose: the application and the server it signs in by.
  const context = await (
    await launch('chromium')
  ).newContext({
    viewport: sizes[size],
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  t.after(() => context.close());
  const hand = handOf(await context.newPage());
  await hand.goto(printed(server, /(http:\/\/127\.0\.0\.1:\d+)/));
  await hand.click('button');
  await hand.shows('Sign in to Payroll');
  return hand;
}
