import { hostOf, type Account } from '../account/account';
import { KeyLost, send } from '../device/call';
import { readDevice, type Device } from '../device/device';
import { Refused, silenceOf, Unreachable, type Silence } from '../device/problem';
import { EventReader } from '../lib/sse';
import { Malformed, parse } from '../lib/strict';
import { parseRequests, type Request } from './request';

// The live channel of one account (docs/spec/approval.md). It reconnects by
// itself, ever more slowly, and at once when the phone comes back to life.

export type Channel =
  | { at: 'connecting' }
  | { at: 'open' }
  /** No answer; another try starts by itself. */
  | { at: 'silent'; host: string; silence: Silence }
  /** The server answered that this account cannot be listened to for now. */
  | { at: 'refused'; code: string }
  /** The server does not know this device: nothing is tried again. */
  | { at: 'unknown' }
  | { at: 'key-lost' };

export interface Listener {
  channel(state: Channel): void;
  requests(list: Request[]): void;
  device(device: Device): void;
}

const firstDelay = 1000;
const longestDelay = 60_000;
// The server says "keep-alive" every 20 s: two missed ones mean a dead line.
const quietLimit = 45_000;
const livedWell = 10_000;

/** delayBefore is the pause before the nth try: doubling, spread so that phones do not return as one. */
export function delayBefore(attempt: number, spread: number): number {
  const delay = Math.min(longestDelay, firstDelay * 2 ** Math.min(attempt, 16));
  return Math.round(delay * (0.8 + 0.4 * spread));
}

export class LiveChannel {
  #account: () => Account;
  #listener: Listener;
  #running = false;
  #attempt = 0;
  #current: AbortController | null = null;
  #wake: (() => void) | null = null;

  constructor(account: () => Account, listener: Listener) {
    this.#account = account;
    this.#listener = listener;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    void this.#run();
  }

  stop(): void {
    this.#running = false;
    this.#current?.abort();
    this.#wake?.();
  }

  /** nudge cuts a pause short: the phone is online again, or looked at. */
  nudge(): void {
    this.#attempt = 0;
    this.#wake?.();
  }

  async #run(): Promise<void> {
    while (this.#running) {
      if (this.#attempt === 0) this.#listener.channel({ at: 'connecting' });
      const state = await this.#listen();
      if (!this.#running) return;
      this.#listener.channel(state);
      if (state.at === 'unknown' || state.at === 'key-lost') {
        this.#running = false;
        return;
      }
      await this.#pause(delayBefore(this.#attempt, Math.random()));
      this.#attempt++;
    }
  }

  async #listen(): Promise<Channel> {
    const current = new AbortController();
    this.#current = current;
    const account = this.#account();
    let quiet = setTimeout(() => undefined, 0);
    const heard = (): void => {
      clearTimeout(quiet);
      quiet = setTimeout(() => {
        current.abort(new DOMException('no keep-alive', 'TimeoutError'));
      }, quietLimit);
    };
    try {
      heard();
      const response = await send(account, {
        method: 'GET',
        path: '/api/phone/v1/live',
        accept: 'text/event-stream',
        signal: current.signal,
      });
      if (response.body === null)
        return { at: 'silent', host: hostOf(account.issuer), silence: 'unreadable' };
      const opened = performance.now();
      await this.#read(response.body, heard).finally(() => {
        // A server that closes at once is not asked every second.
        if (performance.now() - opened > livedWell) this.#attempt = 0;
      });
      // The server ended the stream: a restart, or this device was removed. The next try tells.
      return { at: 'connecting' };
    } catch (fault) {
      return stateOf(fault, hostOf(account.issuer));
    } finally {
      clearTimeout(quiet);
      current.abort();
    }
  }

  async #read(body: ReadableStream<Uint8Array>, heard: () => void): Promise<void> {
    const stream = body.pipeThrough(
      new TextDecoderStream('utf-8', { fatal: true }) as ReadableWritablePair<string, Uint8Array>,
    );
    const events = new EventReader();
    const reader = stream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      for (const event of events.feed(value)) {
        if (event.name === 'device') this.#listener.device(parse(event.text, readDevice, 'device'));
        if (event.name === 'requests') this.#listener.requests(parseRequests(event.text));
      }
      this.#listener.channel({ at: 'open' });
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function stateOf(fault: unknown, host: string): Channel {
  if (fault instanceof KeyLost) return { at: 'key-lost' };
  if (fault instanceof Unreachable) return { at: 'silent', host, silence: fault.silence };
  if (fault instanceof Refused) {
    return fault.code === 'device-unknown'
      ? { at: 'unknown' }
      : { at: 'refused', code: fault.code };
  }
  if (fault instanceof Malformed || fault instanceof RangeError) {
    return { at: 'silent', host, silence: 'unreadable' };
  }
  // A key the browser hands out but cannot use any more signs nothing.
  if (fault instanceof DOMException && fault.name === 'InvalidAccessError')
    return { at: 'key-lost' };
  return { at: 'silent', host, silence: silenceOf(fault) };
}
