// Keys and signatures: ECDSA over P-256 with SHA-256, which WebCrypto gives as
// r ‖ s, 32 bytes each (IEEE P1363), as they travel.

import { digestBytes, fromBase64url, toBase64url, type Bytes } from './bytes';
import { MalformedStatement, type Statement } from './statement';

const curve = { name: 'ECDSA', namedCurve: 'P-256' };
const scheme = { name: 'ECDSA', hash: 'SHA-256' };

export const pointLength = 65; // 0x04 ‖ X ‖ Y (SEC 1 §2.3.3)
export const signatureLength = 64;

export interface KeyPair {
  /** Signs, and cannot be read out. */
  secret: CryptoKey;
  point: Bytes;
}

/** makeKeyPair makes a key that no script can carry away (check J3). */
export async function makeKeyPair(): Promise<KeyPair> {
  const pair = await crypto.subtle.generateKey(curve, false, ['sign', 'verify']);
  // The public half is always extractable, whatever was asked for the pair.
  const point = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return { secret: pair.privateKey, point };
}

/** sign is the signature as it travels. */
export async function sign(secret: CryptoKey, statement: Statement): Promise<string> {
  return toBase64url(new Uint8Array(await crypto.subtle.sign(scheme, secret, statement.bytes())));
}

/** verify says whether the key of the point made the signature; what is malformed did not. */
export async function verify(
  point: Uint8Array,
  statement: Statement,
  signature: string,
): Promise<boolean> {
  const bytes = fromBase64url(signature);
  if (bytes?.length !== signatureLength) return false;
  const key = await importPoint(point);
  return key !== null && crypto.subtle.verify(scheme, key, bytes, statement.bytes());
}

/** parsePoint reads a point as it travels and refuses one that is not on the curve. */
export async function parsePoint(wire: string): Promise<Bytes> {
  const point = fromBase64url(wire);
  if (point === null || (await importPoint(point)) === null) {
    throw new MalformedStatement('not a point on P-256');
  }
  return point;
}

/** thumbprint names a key. */
export async function thumbprint(point: Uint8Array): Promise<string> {
  return digestBytes(point);
}

// Compressed points, which some WebCrypto take, would give one key two names.
async function importPoint(point: Uint8Array): Promise<CryptoKey | null> {
  if (point.length !== pointLength || point[0] !== 0x04) return null;
  try {
    return await crypto.subtle.importKey('raw', new Uint8Array(point), curve, true, ['verify']);
  } catch {
    return null;
  }
}
