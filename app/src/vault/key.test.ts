import { describe, expect, test } from 'vitest';
import { seal, unseal } from './key';

async function key(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

describe('an entry at rest', () => {
  test('opens as it was', async () => {
    const vault = await key();
    expect(await unseal(vault, await seal(vault, 'a', '{"issuer":"Jürgen"}'))).toBe(
      '{"issuer":"Jürgen"}',
    );
  });

  test('is another run of bytes each time it is written', async () => {
    const vault = await key();
    const [one, two] = [await seal(vault, 'a', 'x'), await seal(vault, 'a', 'x')];
    expect(one.iv).not.toEqual(two.iv);
    expect(one.sealed).not.toEqual(two.sealed);
  });

  test('shows nothing of what it holds', async () => {
    const { sealed } = await seal(await key(), 'a', 'GEZDGNBVGY3TQOJQ');
    expect(new TextDecoder().decode(sealed)).not.toContain('GEZDGNBV');
  });

  test('does not open in another entry’s place', async () => {
    const vault = await key();
    const record = await seal(vault, 'a', 'x');
    await expect(unseal(vault, { ...record, id: 'b' })).rejects.toThrow();
  });

  test('does not open with a byte flipped, or under another key', async () => {
    const vault = await key();
    const record = await seal(vault, 'a', 'x');
    for (let place = 0; place < record.sealed.length; place++) {
      const sealed = record.sealed.slice();
      sealed[place] = (sealed[place] ?? 0) ^ 1;
      await expect(unseal(vault, { ...record, sealed })).rejects.toThrow();
    }
    await expect(unseal(await key(), record)).rejects.toThrow();
  });
});
