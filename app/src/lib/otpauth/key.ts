// Keys and PINs as links spell them.

import type { Bytes, Entry, EntryType } from '../otp/entry';
import { encode, hides, isText, upper } from './query';
import { Refusal } from './refusal';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** parseKey reads base32 as sites show it (RFC 4648 §6). */
export function parseKey(text: string): Bytes {
  const letters = upper(unspaced(text)).replace(/=+$/, '');
  if (letters === '') throw new Refusal('secret-missing');
  if (!/^[A-Z2-7]+$/.test(letters)) throw new Refusal('secret-characters');
  // Eight characters hold five bytes; one, three or six left over hold no
  // whole number of bytes: something was lost on the way.
  if ([1, 3, 6].includes(letters.length % 8)) throw new Refusal('secret-length');
  const key = new Uint8Array(Math.floor((letters.length * 5) / 8));
  let bits = 0;
  let held = 0;
  let place = 0;
  for (const letter of letters) {
    held = ((held << 5) | alphabet.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    key[place++] = held >> bits;
  }
  return key;
}

export function formatKey(key: Bytes): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of key) {
    held = ((held << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet.charAt((held >> (bits - 5)) & 31);
  }
  return bits === 0 ? text : text + alphabet.charAt((held << (5 - bits)) & 31);
}

/**
 * parseHexKey reads an mOTP key. Its codes are made of the text itself, so
 * capital letters would make other codes on some phones than on others.
 */
export function parseHexKey(text: string): Bytes {
  const digits = unspaced(text);
  if (digits === '') throw new Refusal('secret-missing');
  if (!/^[0-9a-f]+$/.test(digits)) throw new Refusal('secret-characters');
  if (digits.length % 2 !== 0) throw new Refusal('secret-length');
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function formatHexKey(key: Bytes): string {
  return Array.from(key, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function unspaced(text: string): string {
  return text.replace(/[ -]/g, '');
}

/**
 * parsePIN reads the PIN that some apps write into links. For mOTP it is the
 * text. For Yandex, whose PINs are digits, Aegis writes base32 and others write
 * the digits: base32 of digits begins with G, so the two cannot be mistaken for
 * each other. null leaves the PIN to be asked for.
 */
export function parsePIN(type: EntryType, text: string): string | null {
  if (type === 'motp') return text === '' || hides(text) ? null : text;
  if (isDigits(text)) return text;
  try {
    const pin = String.fromCharCode(...parseKey(text));
    return isDigits(pin) ? pin : null;
  } catch {
    return null;
  }
}

export function formatPIN({ type, pin }: Entry): string {
  if (type === 'motp') {
    if (hides(pin) || !isText(pin)) throw new Refusal('pin');
    return encode(pin);
  }
  if (!isDigits(pin)) throw new Refusal('pin');
  return formatKey(new TextEncoder().encode(pin));
}

export function isDigits(text: string): boolean {
  return /^[0-9]+$/.test(text);
}
