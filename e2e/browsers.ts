// Launches Debian's Chromium and Firefox ESR and watches what their pages do.
import assert from 'node:assert/strict';
import { after } from 'node:test';

import { chromium, firefox, type Browser, type BrowserContext, type Page } from 'playwright-core';

import type { Ending } from './command.ts';

export type BrowserName = 'chromium' | 'firefox';
export const browserNames: readonly BrowserName[] = ['chromium', 'firefox'];

// The sizes the product is judged at: a small phone, a usual phone, a desk.
export const sizes = {
  small: { width: 360, height: 640 },
  phone: { width: 390, height: 844 },
  desk: { width: 1280, height: 800 },
} as const;

export interface TabOptions {
  size?: keyof typeof sizes;
  dark?: boolean;
  reducedMotion?: boolean;
  /** Only for servers with the certificate of certificate.ts. */
  insecure?: boolean;
  script?: boolean;
}

export interface Tab {
  page: Page;
  context: BrowserContext;
  /** What the page did that it should not have; asserted empty when the test ends. */
  faults: string[];
}

// One browser per kind and test file; contexts are what tests do not share.
const launched = new Map<BrowserName, Promise<Browser>>();
after(async () => {
  for (const browser of launched.values()) await (await browser).close();
});

export async function launch(name: BrowserName): Promise<Browser> {
  let browser = launched.get(name);
  if (browser === undefined) {
    browser = name === 'chromium' ? launchChromium() : launchFirefox();
    launched.set(name, browser);
  }
  return browser;
}

function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    headless: true,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
      // A picture in place of the camera, granted without asking.
      ...['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
    ],
  });
}

function launchFirefox(): Promise<Browser> {
  return firefox.launch({
    // Drives an unpatched Firefox over WebDriver BiDi.
    channel: 'moz-firefox',
    executablePath: '/usr/bin/firefox-esr',
    headless: true,
    firefoxUserPrefs: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'permissions.default.desktop-notification': 1,
    },
  });
}

/**
 * Opens a tab that belongs to the test. When the test ends it fails if the page
 * asked any server but origin for anything, raised an error, or broke its own
 * content security policy.
 */
export async function openTab(
  t: Ending,
  name: BrowserName,
  origin: string,
  {
    size = 'desk',
    dark = false,
    reducedMotion = true,
    insecure = false,
    script = true,
  }: TabOptions = {},
): Promise<Tab> {
  const browser = await launch(name);
  const context = await browser.newContext({
    baseURL: origin,
    viewport: sizes[size],
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
    ignoreHTTPSErrors: insecure,
    javaScriptEnabled: script,
    locale: 'en-GB',
  });
  const faults: string[] = [];
  watch(context, origin, faults);
  const page = await context.newPage();
  t.after(async () => {
    await context.close();
    assert.deepEqual(faults, [], `${name} saw what no page may do`);
  });
  return { page, context, faults };
}

// Firefox's driver adds "body {}" before a screenshot; our policy refuses it,
// rightly, and names it by its hash.
const driverStyle = 'sha256-YjaKGiklmzC6wjXA513HAMmzus8VE61XCOT+SmwNZWA=';

function watch(context: BrowserContext, origin: string, faults: string[]): void {
  context.on('request', (request) => {
    if (foreign(request.url(), origin)) faults.push(`asked another server: ${request.url()}`);
  });
  context.on('weberror', (event) => {
    const { message } = event.error();
    if (!message.includes(driverStyle)) faults.push(`error: ${message}`);
  });
  context.on('console', (message) => {
    // A refusal is an answer; tests assert it where they expect it.
    if (message.type() !== 'error' || /status of 4\d\d/.test(message.text())) return;
    faults.push(`console: ${message.text()}`);
  });
  context.on('page', (page) => {
    page.on('websocket', (socket) => {
      if (foreign(socket.url(), origin)) faults.push(`asked another server: ${socket.url()}`);
    });
  });
}

/** Whether an address leaves the server; what a page makes itself does not. */
export function foreign(address: string, origin: string): boolean {
  const url = new URL(address);
  if (['data:', 'about:'].includes(url.protocol)) return false;
  // A blob's address ends in the origin that made it.
  const target = url.protocol === 'blob:' ? new URL(url.pathname) : url;
  return target.host !== new URL(origin).host;
}
