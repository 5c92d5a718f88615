// Makes the pictures of docs/screenshots: every page of a round, light and
// dark, on a desk and on a phone. Run by `make screenshots`.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { openTab } from './browsers.ts';
import { handOf, type Hand } from './hand.ts';
import { addPhone, approve, openApplication, printed, prove } from './round.ts';
import { startServer } from './server.ts';

const folder = join(import.meta.dirname, '..', 'docs', 'screenshots');

for (const dark of [false, true]) {
  test(`pictures, ${dark ? 'dark' : 'light'}`, async (t) => {
    await mkdir(folder, { recursive: true });
    const keep = async (hand: Hand, name: string): Promise<void> => {
      const picture = await hand.screenshot();
      await writeFile(join(folder, `${name}-${dark ? 'dark' : 'light'}.png`), picture);
    };
    const server = await startServer(t, { demo: true });
    const secret = printed(server, /as {2}mara {2}with {2}(\S+)/);
    const open = async (size: 'desk' | 'phone'): Promise<Hand> =>
      handOf((await openTab(t, 'chromium', server.origin, { size, dark })).page);
    const [desk, phone] = [await open('desk'), await open('phone')];
    await desk.goto('/security');
    await keep(desk, 'signin-name-desk');
    await prove(desk, 'mara', secret);
    await desk.shows('Security info');
    await keep(desk, 'security-info-desk');
    await addPhone(desk, phone, dark ? 'dark' : 'light');
    await phone.goto('/app');
    await phone.text('h1');
    await keep(phone, 'app-codes-phone');
    await desk.goto('/security');
    await desk.shows('Security info');
    await keep(desk, 'security-info-with-phone-desk');

    const small = await openApplication(t, server, { size: 'phone', dark });
    await prove(small, 'mara', secret);
    await small.text('output.number');
    await keep(small, 'signin-number-phone');
    await phone.shows('wants to sign you in');
    await keep(phone, 'app-request-phone');
    await small.click('form.as button');

    const other = await openApplication(t, server, { dark });
    await keep(other, 'signin-payroll-desk');
    await prove(other, 'mara', secret);
    await phone.goto('/app');
    await other.text('output.number');
    await keep(other, 'signin-number-desk');
    await approve(other, phone, dark ? 'dark' : 'light', 6);
    await other.shows('Hello, Mara Silva');
    await keep(other, 'application-desk');
  });
}
