import { check, type Entry } from '../lib/otp';
import { fromBase64url, toBase64url } from '../lib/statement';
import { exactly, flag, integer, list, Malformed, oneOf, parse, text } from '../lib/strict';

// What one sealed entry holds, as text. Every member is written, and nothing
// else is read; the names are those of the vault's content in core/vault.

export interface Kept extends Entry {
  id: string;
  note: string;
  tags: readonly string[];
  pinned: boolean;
  /** Unix milliseconds. */
  created: number;
  /** When it was thrown away; null while it is in use. */
  deleted: number | null;
}

const longestText = 16 * 1024; // as core/vault bounds it
const mostTags = 100;

const optionalTime = (value: unknown, path: string): number | null =>
  value === null ? null : integer(0)(value, path);

const readRecord = exactly({
  algorithm: oneOf('SHA1', 'SHA256', 'SHA512', 'MD5'),
  counter: integer(0),
  created: integer(0),
  deleted: optionalTime,
  digits: integer(1, 10),
  issuer: text(longestText),
  label: text(longestText),
  note: text(longestText),
  period: integer(0, 300),
  pin: text(longestText),
  pinned: flag,
  secret: text(longestText, 1),
  tags: list(text(longestText, 1), mostTags),
  type: oneOf('totp', 'hotp', 'steam', 'motp', 'yandex'),
});

export function write(kept: Kept): string {
  // The identity stands beside the sealed text, and is authenticated with it.
  const { id, ...rest } = kept;
  void id;
  return JSON.stringify({ ...rest, secret: toBase64url(kept.secret) });
}

export function read(id: string, written: string): Kept {
  const { secret: spelled, ...rest } = parse(written, readRecord, 'entry');
  const secret = fromBase64url(spelled);
  if (secret === null) throw new Malformed('entry.secret is not base64url');
  const kept: Kept = { id, ...rest, secret };
  check(kept);
  return kept;
}

/** newId is 128 random bits as docs/spec/conventions.md spells them: identity is never a name (check A6). */
export function newId(): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
  let bits = 0n;
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) bits = (bits << 8n) | BigInt(byte);
  bits <<= 2n; // 26 letters hold 130 bits
  let id = '';
  for (let place = 125n; place >= 0n; place -= 5n) id += alphabet[Number((bits >> place) & 31n)];
  return id;
}
