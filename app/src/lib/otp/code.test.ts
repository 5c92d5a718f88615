import { describe, expect, test } from 'vitest';
import vectors from '../../../../vectors/otp.json';
import {
  check,
  code,
  codeAt,
  CodeFault,
  lockSecret,
  windowOf,
  type Algorithm,
  type Bytes,
  type CodeEntry,
  type EntryType,
} from '.';

interface EntryVector {
  type: string;
  algorithm: string;
  digits: number;
  period: number;
  secret: string;
  pin: string;
  counter?: number;
}

function bytes(hexadecimal: string): Bytes {
  return Uint8Array.from(hexadecimal.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function entryOf(vector: EntryVector): CodeEntry {
  return {
    type: vector.type as EntryType,
    algorithm: vector.algorithm as Algorithm,
    digits: vector.digits,
    period: vector.period,
    secret: bytes(vector.secret),
    pin: vector.pin,
    counter: vector.counter ?? 0,
  };
}

function faultOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof CodeFault) return error.fault;
    throw error;
  }
  return 'none';
}

async function rejection(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof CodeFault) return error.fault;
    throw error;
  }
  return 'none';
}

describe('codes are those of the vectors', () => {
  test.each(vectors.codes)('$name', async (vector) => {
    const entry = entryOf(vector);
    const at = vector.time_ms ?? 0;
    expect(await code(entry, at)).toBe(vector.code);
    const locked = await lockSecret(entry);
    expect(await code(locked, at)).toBe(vector.code);
  });
});

describe('what the vectors refuse makes no code', () => {
  test.each(vectors.refused)('$name', async (vector) => {
    const entry = entryOf(vector);
    expect(await rejection(code(entry, vector.time_ms))).toBe(vector.error);
    const sound = vector.error === 'pin' || vector.error === 'time';
    expect(
      faultOf(() => {
        check(entry);
      }),
    ).toBe(sound ? 'none' : vector.error);
  });
});

describe('windows are those of the vectors', () => {
  test.each(vectors.windows)('$name', (vector) => {
    const entry = { type: vector.type as EntryType, period: vector.period };
    expect(windowOf(entry, vector.time_ms)).toEqual({
      start: vector.start_ms,
      end: vector.end_ms,
    });
  });
});

const seed = entryOf({
  type: 'totp',
  algorithm: 'SHA1',
  digits: 6,
  period: 30,
  secret: '3132333435363738393031323334353637383930',
  pin: '',
});

test('HOTP has no window', () => {
  expect(windowOf({ type: 'hotp', period: 0 }, 59_000)).toBe(null);
});

test('a locked secret cannot be read out', async () => {
  const { secret } = await lockSecret(seed);
  if (secret instanceof Uint8Array) throw new Error('the secret is still bytes');
  expect(secret.extractable).toBe(false);
  expect(secret.usages).toEqual(['sign']);
  await expect(crypto.subtle.exportKey('raw', secret)).rejects.toThrow();
  await expect(crypto.subtle.exportKey('jwk', secret)).rejects.toThrow();
});

test('a key made for another hash is refused', async () => {
  const { secret } = await lockSecret(seed);
  expect(await rejection(code({ ...seed, secret, algorithm: 'SHA256' }, 0))).toBe('secret');
  const motp: CodeEntry = { ...seed, type: 'motp', algorithm: 'MD5', period: 10, pin: '1234' };
  expect(await rejection(code({ ...motp, secret }, 0))).toBe('secret');
});

test('a locked Yandex secret needs its PIN once', async () => {
  const yandex: CodeEntry = {
    ...seed,
    type: 'yandex',
    algorithm: 'SHA256',
    digits: 8,
    secret: new Uint8Array(16),
    pin: '7586',
  };
  const locked = { ...(await lockSecret(yandex)), pin: '' };
  expect(await code(locked, 1_581_064_020_000)).toBe(await code(yandex, 1_581_064_020_000));
  expect(await rejection(lockSecret({ ...yandex, pin: '' }))).toBe('pin');
});

test('numbers that are no counters and times that are none are refused', async () => {
  for (const counter of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
    expect(await rejection(codeAt(seed, counter))).toBe('counter');
  }
  for (const at of [NaN, Infinity, -Infinity]) {
    expect(await rejection(code(seed, at))).toBe('time');
  }
  for (const digits of [6.5, NaN]) {
    expect(await rejection(code({ ...seed, digits }, 0))).toBe('digits');
  }
  for (const period of [29.5, NaN]) {
    expect(await rejection(code({ ...seed, period }, 0))).toBe('period');
  }
});
