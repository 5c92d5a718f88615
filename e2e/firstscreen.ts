// Measures the phone app's first screen in Chromium: from the start of the
// navigation to the first heading on the screen, and the bytes that travel.
// Part of `make bench`; prints a table for docs/performance.md.
import { chromium } from 'playwright-core';

import { startServer } from './server.ts';

const rounds = 7;
const undo: (() => Promise<void>)[] = [];

const server = await startServer({ after: (one) => undo.push(one) });
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'],
});

// The heading is drawn by the app's own script: the empty page has none. Two
// frames later it is on the screen.
const shown = `new Promise((done) => {
  const look = () => document.querySelector('h1')
    ? requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())))
    : requestAnimationFrame(look);
  look();
})`;

const median = (all: number[]): number => [...all].sort((a, b) => a - b)[all.length >> 1] ?? NaN;

console.log('| CPU | first visit, ms | again, ms | bytes of the first visit |');
console.log('|---|---|---|---|');
for (const slower of [1, 4]) {
  const [cold, warm, bytes]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Emulation.setCPUThrottlingRate', { rate: slower });
    let travelled = 0;
    session.on('Network.loadingFinished', (event) => (travelled += event.encodedDataLength));
    await page.goto(`${server.origin}/app`, { waitUntil: 'commit' });
    cold.push(Number(await page.evaluate(shown)));
    await page.waitForLoadState('networkidle');
    bytes.push(travelled);
    // Now the service worker answers.
    await page.evaluate('navigator.serviceWorker.ready.then(() => true)');
    await page.goto(`${server.origin}/app`, { waitUntil: 'commit' });
    warm.push(Number(await page.evaluate(shown)));
    await context.close();
  }
  console.log(
    `| ${String(slower)}x | ${median(cold).toFixed(0)} | ${median(warm).toFixed(0)} | ${String(median(bytes))} |`,
  );
}
await browser.close();
for (const one of undo.reverse()) await one();
