// One hand for every browser: what a round does to a page, whoever drives it.
import type { Page } from 'playwright-core';

import { openTab, type BrowserName } from './browsers.ts';
import type { Ending } from './command.ts';
import { openWebKit } from './webkit.ts';

export interface Hand {
  goto(path: string): Promise<void>;
  click(selector: string): Promise<void>;
  type(selector: string, text: string): Promise<void>;
  /** Waits for the element, then gives its text. */
  text(selector: string): Promise<string>;
  /** Waits until the page shows the text. */
  shows(text: string | RegExp): Promise<void>;
  evaluate(expression: string): Promise<unknown>;
  screenshot(): Promise<Uint8Array>;
  /** Gives a file to the page's picture field; absent where the driver cannot. */
  picture?(png: Uint8Array): Promise<void>;
}

export function handOf(page: Page): Hand {
  return {
    async goto(path) {
      await page.goto(path);
    },
    async click(selector) {
      await page.locator(selector).first().click();
    },
    async type(selector, text) {
      await page.locator(selector).first().fill(text);
    },
    async text(selector) {
      return page.locator(selector).first().innerText();
    },
    async shows(text) {
      await page.getByText(text).first().waitFor();
    },
    evaluate: (expression) => page.evaluate(expression),
    // Hiding the caret would add a style, which our own policy refuses.
    screenshot: () => page.screenshot({ caret: 'initial' }),
    async picture(png) {
      await page
        .locator('input[type=file]')
        .setInputFiles({ name: 'screen.png', mimeType: 'image/png', buffer: Buffer.from(png) });
    },
  };
}

/** A phone: the app's page at phone size in any of the three browsers. */
export async function openPhone(
  t: Ending,
  name: BrowserName | 'webkit',
  origin: string,
  dark = false,
): Promise<Hand> {
  if (name !== 'webkit') {
    const insecure = origin.startsWith('https:');
    return handOf((await openTab(t, name, origin, { size: 'phone', dark, insecure })).page);
  }
  const browser = await openWebKit(t, origin);
  return {
    goto: (path) => browser.goto(path),
    click: (selector) => browser.click(selector),
    type: (selector, text) => browser.type(selector, text),
    text: (selector) => browser.text(selector),
    async shows(text) {
      const pattern = typeof text === 'string' ? escaped(text) : text.source;
      await browser.evaluate(`new Promise((shown) => {
        const look = () => new RegExp(${JSON.stringify(pattern)}).test(document.body.innerText)
          ? shown(true) : requestAnimationFrame(look);
        look();
      })`);
    },
    evaluate: (expression) => browser.evaluate(expression),
    screenshot: () => browser.screenshot(),
  };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
