// RFC 4226 (HOTP), RFC 6238 (TOTP), and Steam Guard, Mobile-OTP and Yandex.Key,
// which have no standard.
//
// No clock inside: `at` is Unix time in milliseconds, corrected by the caller.

import {
  check,
  CodeFault,
  hashNames,
  yandexKeyLength,
  type Algorithm,
  type Bytes,
  type CodeEntry,
} from './entry';
import { md5 } from './md5';

/** code is what the entry shows at a moment; for HOTP, the code of its counter. */
export async function code(entry: CodeEntry, at: number): Promise<string> {
  return codeAt(entry, entry.type === 'hotp' ? entry.counter : stepOf(entry, at));
}

/** codeAt is the code of one counter, or of one step of time. */
export async function codeAt(entry: CodeEntry, counter: number): Promise<string> {
  check(entry);
  if (!Number.isSafeInteger(counter) || counter < 0) throw new CodeFault('counter');
  if (entry.type === 'motp') return motpCode(entry, counter);
  const digest = await sum(await keyOf(entry), counter);
  switch (entry.type) {
    case 'steam':
      return steamCode(digest, entry.digits);
    case 'yandex':
      return yandexCode(digest, entry.digits);
    default:
      // RFC 4226 §5.3; its last digits, with leading zeros.
      return String(truncate(digest)).padStart(entry.digits, '0').slice(-entry.digits);
  }
}

/** windowOf is when the code shown at a moment began, and when the next begins; null for HOTP. */
export function windowOf(
  entry: Pick<CodeEntry, 'type' | 'period'>,
  at: number,
): { start: number; end: number } | null {
  if (entry.type === 'hotp') return null;
  const length = entry.period * 1000;
  const start = stepOf(entry, at) * length;
  return { start, end: start + length };
}

/**
 * lockSecret replaces the key's bytes by a key that no script can read out
 * again. An mOTP key stays bytes: WebCrypto has no MD5. A Yandex entry needs
 * its PIN for this, and no longer afterwards.
 */
export async function lockSecret<T extends CodeEntry>(entry: T): Promise<T> {
  check(entry);
  if (entry.type === 'motp') return entry;
  return { ...entry, secret: await keyOf(entry) };
}

// RFC 6238 §4.2's T, with T0 = 0. T is not negative.
function stepOf(entry: Pick<CodeEntry, 'period'>, at: number): number {
  if (!Number.isSafeInteger(entry.period) || entry.period <= 0) throw new CodeFault('period');
  if (!Number.isFinite(at) || at < 0) throw new CodeFault('time');
  return Math.floor(at / 1000 / entry.period);
}

async function keyOf(entry: CodeEntry): Promise<CryptoKey> {
  if (!(entry.secret instanceof Uint8Array)) return entry.secret;
  return importKey(
    entry.type === 'yandex' ? await yandexKey(entry.secret, entry.pin) : entry.secret,
    entry.algorithm,
  );
}

async function importKey(secret: Bytes, algorithm: Algorithm): Promise<CryptoKey> {
  const hash = hashNames[algorithm];
  if (hash === undefined) throw new CodeFault('algorithm');
  return crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash }, false, ['sign']);
}

// HMAC over the counter as eight bytes, the most significant first (RFC 4226 §5.2).
async function sum(key: CryptoKey, counter: number): Promise<DataView> {
  const message = new DataView(new ArrayBuffer(8));
  message.setUint32(0, Math.floor(counter / 2 ** 32));
  message.setUint32(4, counter % 2 ** 32);
  return new DataView(await crypto.subtle.sign('HMAC', key, message));
}

// RFC 4226 §5.3's dynamic truncation: the last nibble chooses where.
function offsetOf(digest: DataView): number {
  return digest.getUint8(digest.byteLength - 1) & 0x0f;
}

function truncate(digest: DataView): number {
  return digest.getUint32(offsetOf(digest)) & 0x7fffffff;
}

const steamLetters = '23456789BCDFGHJKMNPQRTVWXY';

// The 31 bits in base 26, the least significant letter first.
function steamCode(digest: DataView, digits: number): string {
  let rest = truncate(digest);
  let letters = '';
  for (let i = 0; i < digits; i++) {
    letters += steamLetters.charAt(rest % steamLetters.length);
    rest = Math.floor(rest / steamLetters.length);
  }
  return letters;
}

// The key is the SHA-256 of PIN and secret, without a first byte of zero, as
// Yandex's own program has it.
async function yandexKey(secret: Bytes, pin: string): Promise<Bytes> {
  if (pin === '') throw new CodeFault('pin');
  const typed = new TextEncoder().encode(pin);
  const seed = new Uint8Array(typed.length + yandexKeyLength);
  seed.set(typed);
  seed.set(secret.subarray(0, yandexKeyLength), typed.length);
  const key = new Uint8Array(await crypto.subtle.digest('SHA-256', seed));
  return key[0] === 0 ? key.slice(1) : key;
}

// 63 bits in base 26.
function yandexCode(digest: DataView, digits: number): string {
  let rest = digest.getBigUint64(offsetOf(digest)) & 0x7fff_ffff_ffff_ffffn;
  let letters = '';
  for (let i = 0; i < digits; i++) {
    letters = String.fromCharCode(97 + Number(rest % 26n)) + letters;
    rest /= 26n;
  }
  return letters;
}

// The first hexadecimal digits of the MD5 of step, key and PIN as text.
function motpCode(entry: CodeEntry, step: number): string {
  if (!(entry.secret instanceof Uint8Array)) throw new CodeFault('secret');
  if (entry.pin === '') throw new CodeFault('pin');
  const text = `${String(step)}${hex(entry.secret)}${entry.pin}`;
  return hex(md5(new TextEncoder().encode(text))).slice(0, entry.digits);
}

function hex(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
