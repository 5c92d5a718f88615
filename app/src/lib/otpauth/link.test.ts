import { describe, expect, test } from 'vitest';
import vectors from '../../../../vectors/otpauth.json';
import type { Algorithm, Entry, EntryType } from '../otp/entry';
import { marshal, parse, Refusal } from '.';

interface EntryVector extends Omit<Entry, 'type' | 'algorithm' | 'secret'> {
  type: string;
  algorithm: string;
  secret: string;
}

function entryOf(vector: EntryVector): Entry {
  const pairs = vector.secret.match(/../g) ?? [];
  return {
    ...vector,
    type: vector.type as EntryType,
    algorithm: vector.algorithm as Algorithm,
    secret: Uint8Array.from(pairs, (pair) => parseInt(pair, 16)),
  };
}

function refusalOf(run: () => unknown): { code: string; parameter: string } {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code, parameter: error.parameter };
    throw error;
  }
  return { code: 'taken over', parameter: '' };
}

// Check A6.
describe('good links are taken over exactly', () => {
  test.each(vectors.good)('$name', (vector) => {
    const want = entryOf(vector.entry);
    const { entry, dropped } = parse(vector.link);
    expect(entry).toEqual(want);
    expect(dropped).toEqual(vector.dropped);
    expect(marshal(entry)).toBe(vector.canonical);
    expect(parse(vector.canonical)).toEqual({ entry: want, dropped: [] });
  });
});

describe('hostile links are refused with their code', () => {
  test.each(vectors.refused)('$name', (vector) => {
    expect(refusalOf(() => parse(vector.link))).toEqual({
      code: vector.code,
      parameter: vector.parameter ?? '',
    });
  });
});

describe('what no link can say is not written', () => {
  test.each(vectors.unwritable)('$name', (vector) => {
    expect(refusalOf(() => marshal(entryOf(vector.entry))).code).toBe(vector.code);
  });
});

test('half a surrogate pair is no text', () => {
  const link = 'otpauth://totp/a\ud800?secret=JBSWY3DP';
  expect(refusalOf(() => parse(link)).code).toBe('encoding');
  const { entry } = parse('otpauth://totp/a?secret=JBSWY3DP');
  expect(refusalOf(() => marshal({ ...entry, label: 'a\udc00' })).code).toBe('hidden-characters');
});

test('a byte order mark in a name stays', () => {
  expect(parse('otpauth://totp/%EF%BB%BFa?secret=JBSWY3DP').entry.label).toBe('\ufeffa');
});

test('names of parameters that objects have of themselves are plain names', () => {
  const link = 'otpauth://totp/a?secret=JBSWY3DP&__proto__=1&constructor=2';
  expect(parse(link).dropped).toEqual(['__proto__', 'constructor']);
});

test('refusals show nothing of the key', () => {
  const canary = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
  for (const link of [
    `otpauth://totp/a?${canary}`,
    `otpauth://totp/a?secret=${canary}1`,
    `otpauth://totp/a?${canary}&${canary}`,
    `otpauth://${canary}/a`,
    canary,
  ]) {
    let told = '';
    try {
      parse(link);
    } catch (error) {
      told = String(error);
    }
    expect(told).toMatch(/^Refusal: /);
    expect(told.toUpperCase()).not.toContain(canary.slice(0, 8));
  }
});
