import * as database from '../lib/database';
import type { Bytes } from '../lib/statement';

// The vault key encrypts what the entries hold. It is itself wrapped: for now
// by a key that the browser keeps and never shows (the profile key), so that a
// lock by PIN or passkey replaces the wrapping and leaves the entries alone.
//
// With the profile key alone the vault is as safe as the browser profile: a
// copied profile on a machine that is running can be opened by that browser.

interface Profile {
  id: 'profile';
  key: CryptoKey;
}

interface Wrapped {
  id: 'vault';
  by: 'profile';
  iv: Bytes;
  wrapped: Bytes;
}

const cipher = 'AES-GCM'; // NIST SP 800-38D
const ivLength = 12; // its §5.2.1.1: the length that needs no hashing
const use: KeyUsage[] = ['encrypt', 'decrypt'];
const purpose = new TextEncoder().encode('countersign/vault-key/v1\n');

/** VaultKeyLost: entries are here and the key that opens them is not. */
export class VaultKeyLost extends Error {
  override name = 'VaultKeyLost';
}

/**
 * openKey returns the vault key, and makes one where there never was any. It
 * never makes a new key over entries that an old one sealed.
 */
export async function openKey(): Promise<CryptoKey> {
  // Two windows that start together must not make two keys.
  return navigator.locks.request('countersign-vault-key', async () => {
    const profile = await database.one<Partial<Profile>>('keys', 'profile');
    const wrapped = await database.one<Partial<Wrapped>>('keys', 'vault');
    if (profile === undefined && wrapped === undefined) {
      const sealed = await database.all<unknown>('entries');
      if (sealed.length > 0) throw new VaultKeyLost('both keys are gone');
      return makeKey();
    }
    const { iv, wrapped: bytes } = wrapped ?? {};
    if (!(profile?.key instanceof CryptoKey) || iv === undefined || bytes === undefined) {
      throw new VaultKeyLost('one key is gone');
    }
    try {
      return await crypto.subtle.unwrapKey(
        'raw',
        bytes,
        profile.key,
        { name: cipher, iv, additionalData: purpose },
        cipher,
        false,
        use,
      );
    } catch (fault) {
      throw new VaultKeyLost('the key does not unwrap', { cause: fault });
    }
  });
}

async function makeKey(): Promise<CryptoKey> {
  const profile = await crypto.subtle.generateKey({ name: cipher, length: 256 }, false, [
    'wrapKey',
    'unwrapKey',
  ]);
  // Extractable only for the moment of wrapping: what is used afterwards is
  // unwrapped again, and cannot be read out.
  const fresh = await crypto.subtle.generateKey({ name: cipher, length: 256 }, true, use);
  const iv = crypto.getRandomValues(new Uint8Array(ivLength));
  const wrapped = new Uint8Array(
    await crypto.subtle.wrapKey('raw', fresh, profile, {
      name: cipher,
      iv,
      additionalData: purpose,
    }),
  );
  await database.within(['keys'], 'readwrite', (on) => {
    on('keys').put({ id: 'profile', key: profile } satisfies Profile);
    on('keys').put({ id: 'vault', by: 'profile', iv, wrapped } satisfies Wrapped);
    return undefined;
  });
  return crypto.subtle.unwrapKey(
    'raw',
    wrapped,
    profile,
    { name: cipher, iv, additionalData: purpose },
    cipher,
    false,
    use,
  );
}

/** Sealed is an entry at rest: nothing of it can be read, not even its name. */
export interface Sealed {
  id: string;
  iv: Bytes;
  sealed: Bytes;
}

// The identity is authenticated: a record put in another's place does not open (check K2).
function bound(id: string): Bytes {
  return new TextEncoder().encode(`countersign/entry/v1\n${id}\n`);
}

export async function seal(key: CryptoKey, id: string, text: string): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(ivLength));
  const sealed = await crypto.subtle.encrypt(
    { name: cipher, iv, additionalData: bound(id) },
    key,
    new TextEncoder().encode(text),
  );
  return { id, iv, sealed: new Uint8Array(sealed) };
}

export async function unseal(key: CryptoKey, record: Sealed): Promise<string> {
  const opened = await crypto.subtle.decrypt(
    { name: cipher, iv: record.iv, additionalData: bound(record.id) },
    key,
    record.sealed,
  );
  return new TextDecoder('utf-8', { fatal: true }).decode(opened);
}
