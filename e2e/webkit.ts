// Drives WebKitGTK, the nearest to Safari that Debian has, through its own
// WebDriver: MiniBrowser under Xvfb. Its window is at least 447 pixels wide,
// and its storage lasts one session.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { after } from 'node:test';

import { foreign } from './browsers.ts';
import { temporaryFolder, type Ending } from './command.ts';
import { png, readPixels, type Area } from './framebuffer.ts';
import { freePort } from './server.ts';

// How long an element may take to appear before a test fails.
const patience = 15_000;

const elementKey = 'element-6066-11e4-a52e-4f735466cecf'; // W3C WebDriver, 12

const started: ChildProcess[] = [];
let driver: Promise<Driver> | undefined;

interface Driver {
  address: string;
  /** Where Xvfb keeps the screen. */
  screen: string;
}

after(async () => {
  for (const child of started.reverse()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  }
});

/** Opens a window that belongs to the test, with storage of its own. */
export async function openWebKit(
  t: Ending,
  origin: string,
  { width = 480, height = 844 }: { width?: number; height?: number } = {},
): Promise<WebKit> {
  driver ??= startDriver();
  const browser = await WebKit.open(await driver, origin);
  t.after(() => browser.close());
  await browser.resize(width, height);
  return browser;
}

async function startDriver(): Promise<Driver> {
  const screen = await temporaryFolder({ after });
  const display = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp', '-fbdir', screen],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  );
  started.push(display);
  const [number] = (await once(display.stdio[3] as Readable, 'data')) as [Buffer];
  const port = await freePort();
  const child = spawn('WebKitWebDriver', [`--port=${String(port)}`, '--host=127.0.0.1'], {
    stdio: 'ignore',
    env: {
      ...process.env,
      DISPLAY: `:${number.toString().trim()}`,
      GDK_BACKEND: 'x11',
      WEBKIT_DISABLE_COMPOSITING_MODE: '1',
      // Root has no user namespace of its own to put the browser into.
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
    },
  });
  started.push(child);
  const address = `http://127.0.0.1:${String(port)}`;
  const limit = AbortSignal.timeout(patience);
  for (;;) {
    limit.throwIfAborted();
    try {
      await fetch(`${address}/status`, { signal: limit });
      return { address, screen };
    } catch (refused) {
      if (limit.aborted) throw refused;
    }
  }
}

function miniBrowser(): string {
  const found = globSync('/usr/lib/*/webkit2gtk-4.*/MiniBrowser').sort().at(-1);
  if (found === undefined) throw new Error('MiniBrowser is not installed');
  return found;
}

export class WebKit {
  readonly #session: string;
  readonly #screen: string;
  readonly #origin: string;

  private constructor(session: string, screen: string, origin: string) {
    this.#session = session;
    this.#screen = screen;
    this.#origin = origin;
  }

  static async open({ address, screen }: Driver, origin: string): Promise<WebKit> {
    const { sessionId } = (await call(`${address}/session`, 'POST', {
      capabilities: {
        alwaysMatch: {
          acceptInsecureCerts: true,
          timeouts: { implicit: patience, script: patience, pageLoad: 2 * patience },
          'webkitgtk:browserOptions': {
            binary: miniBrowser(),
            args: [
              '--automation',
              '--enable-mock-capture-devices=true',
              '--enable-media-stream=true',
            ],
          },
        },
      },
    })) as { sessionId: string };
    return new WebKit(`${address}/session/${sessionId}`, screen, origin);
  }

  /** Asserts that nothing left the server, then ends the session. */
  async close(): Promise<void> {
    try {
      await this.assertStayed();
    } finally {
      await call(this.#session, 'DELETE');
    }
  }

  async goto(path: string): Promise<void> {
    await this.#post('url', { url: new URL(path, this.#origin).href });
  }

  async address(): Promise<string> {
    return (await this.#get('url')) as string;
  }

  async title(): Promise<string> {
    return (await this.#get('title')) as string;
  }

  async resize(width: number, height: number): Promise<void> {
    await this.#post('window/rect', { width, height });
  }

  async click(selector: string): Promise<void> {
    await this.#post(`element/${await this.#find(selector)}/click`, {});
  }

  async type(selector: string, text: string): Promise<void> {
    await this.#post(`element/${await this.#find(selector)}/value`, { text });
  }

  async text(selector: string): Promise<string> {
    return (await this.#get(`element/${await this.#find(selector)}/text`)) as string;
  }

  /** Evaluates one expression in the page and gives its value; a promise is awaited. */
  async evaluate(expression: string): Promise<unknown> {
    // The driver's own scripts stand above the page's policy; eval would not.
    const answer = (await this.#post('execute/async', {
      script: `
        const done = arguments[arguments.length - 1];
        Promise.resolve()
          .then(() => (${expression}))
          .then((value) => done({ value: value === undefined ? null : value }))
          .catch((error) => done({ error: String(error) }));`,
      args: [],
    })) as { value?: unknown; error?: string };
    if (answer.error !== undefined) throw new Error(`in the page: ${answer.error}`);
    return answer.value;
  }

  /** The page as it is on the screen, once it has stopped changing. */
  async screenshot(): Promise<Uint8Array> {
    const area = (await this.evaluate(`new Promise((painted) => {
      const area = () => painted({
        left: screenX + outerWidth - innerWidth, top: screenY + outerHeight - innerHeight,
        width: innerWidth, height: innerHeight,
      });
      requestAnimationFrame(() => requestAnimationFrame(area));
    })`)) as Area;
    let before = await readPixels(this.#screen, area);
    for (let looks = 1; ; looks++) {
      await this.evaluate('new Promise((painted) => requestAnimationFrame(painted))');
      const now = await readPixels(this.#screen, area);
      // A countdown never stops changing: then any moment is as good.
      if (now.equals(before) || looks === 20) return png(now, area.width, area.height);
      before = now;
    }
  }

  async assertStayed(): Promise<void> {
    const names = (await this.#post('execute/sync', {
      script: `return performance.getEntriesByType('resource').map((entry) => entry.name)`,
      args: [],
    })) as string[];
    const left = names.filter((name) => foreign(name, this.#origin));
    assert.deepEqual(left, [], 'WebKit asked another server');
  }

  async #find(selector: string): Promise<string> {
    const found = (await this.#post('element', {
      using: 'css selector',
      value: selector,
    })) as Record<string, string>;
    const id = found[elementKey];
    if (id === undefined) throw new Error(`no element ${selector}`);
    return id;
  }

  #get(path: string): Promise<unknown> {
    return call(`${this.#session}/${path}`, 'GET');
  }

  #post(path: string, body: object): Promise<unknown> {
    return call(`${this.#session}/${path}`, 'POST', body);
  }
}

async function call(address: string, method: string, body?: object): Promise<unknown> {
  // A driver that hangs fails its test, not the whole run.
  const init: RequestInit = { method, signal: AbortSignal.timeout(4 * patience) };
  if (body !== undefined) init.body = JSON.stringify(body);
  const answer = await fetch(address, init);
  const { value } = (await answer.json()) as { value: unknown };
  if (!answer.ok) {
    const { error, message } = value as { error: string; message: string };
    throw new Error(`WebDriver ${method} ${new URL(address).pathname}: ${error}: ${message}`);
  }
  return value;
}
