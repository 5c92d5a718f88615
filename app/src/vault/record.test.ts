import { describe, expect, test } from 'vitest';
import { newId, read, write, type Kept } from './record';

const kept: Kept = {
  id: 'a',
  type: 'hotp',
  issuer: 'Example',
  label: 'mara',
  secret: new Uint8Array([1, 2, 3, 255]),
  algorithm: 'SHA256',
  digits: 8,
  period: 0,
  counter: 7,
  pin: '',
  note: 'spare key in the drawer',
  tags: ['work'],
  pinned: true,
  created: 1_790_000_000_000,
  deleted: null,
};

describe('the record of an entry', () => {
  test('is read as it was written', () => {
    expect(read('a', write(kept))).toEqual(kept);
    const gone = { ...kept, deleted: 1_790_000_000_001 };
    expect(read('a', write(gone))).toEqual(gone);
  });

  test.each([
    ['an unknown member', { extra: 1 }],
    ['a missing member', { pinned: undefined }],
    ['a type that is none', { type: 'sms' }],
    ['a period where there is none', { period: 30 }],
    ['a key that is not base64url', { secret: 'AQID/w' }],
    ['an empty key', { secret: '' }],
  ])('is refused with %s', (_claim, change) => {
    const spoiled: unknown = { ...(JSON.parse(write(kept)) as object), ...change };
    expect(() => read('a', JSON.stringify(spoiled))).toThrow();
  });

  test('identities are 26 letters, canonical, and never the same', () => {
    const ids = new Set(Array.from({ length: 200 }, newId));
    expect(ids.size).toBe(200);
    // 130 bits of letters, 128 of them drawn: the last letter ends in two zero bits.
    for (const id of ids) expect(id).toMatch(/^[a-z2-7]{25}[aeimquy4]$/);
  });
});
