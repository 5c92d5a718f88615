// The noun on which codes are made, and the rule that an entry keeps. Its twin
// is the Go program's entry.go and shape.go.

export type Bytes = Uint8Array<ArrayBuffer>;

export type EntryType = 'totp' | 'hotp' | 'steam' | 'motp' | 'yandex';
export type Algorithm = 'SHA1' | 'SHA256' | 'SHA512' | 'MD5';

/** What codes are made of. */
export interface CodeEntry {
  type: EntryType;
  /** Raw key bytes, or the key that `lockSecret` made of them. */
  secret: Bytes | CryptoKey;
  algorithm: Algorithm;
  digits: number;
  /** Seconds; 0 for HOTP. */
  period: number;
  /** HOTP: the counter of the next code to show. */
  counter: number;
  /** mOTP and Yandex only; empty means "ask". */
  pin: string;
}

/** An account that makes codes, with its names, as links and vaults hold it. */
export interface Entry extends CodeEntry {
  issuer: string;
  label: string;
  secret: Bytes;
}

export type Fault =
  'type' | 'algorithm' | 'digits' | 'period' | 'counter' | 'secret' | 'pin' | 'time';

/** CodeFault says why there is no code. It never holds the key. */
export class CodeFault extends Error {
  override name = 'CodeFault';
  constructor(readonly fault: Fault) {
    super(`no code: ${fault}`);
  }
}

/** What a type says of hash, digits and period when nothing is said; fixed: nothing else can be. */
export interface Shape {
  algorithm: Algorithm;
  digits: number;
  period: number;
  fixed: boolean;
}

const shapes: ReadonlyMap<string, Shape> = new Map<EntryType, Shape>([
  ['totp', { algorithm: 'SHA1', digits: 6, period: 30, fixed: false }],
  ['hotp', { algorithm: 'SHA1', digits: 6, period: 0, fixed: false }],
  ['steam', { algorithm: 'SHA1', digits: 5, period: 30, fixed: true }],
  ['motp', { algorithm: 'MD5', digits: 6, period: 10, fixed: false }],
  ['yandex', { algorithm: 'SHA256', digits: 8, period: 30, fixed: true }],
]);

const algorithms: Record<EntryType, readonly string[]> = {
  totp: ['SHA1', 'SHA256', 'SHA512'],
  hotp: ['SHA1', 'SHA256', 'SHA512'],
  steam: ['SHA1'],
  motp: ['MD5'],
  yandex: ['SHA256'],
};

/** hashNames are the hashes of HMAC as WebCrypto spells them. */
export const hashNames: Partial<Record<Algorithm, string>> = {
  SHA1: 'SHA-1',
  SHA256: 'SHA-256',
  SHA512: 'SHA-512',
};

export function shapeOf(type: EntryType): Shape;
export function shapeOf(type: string): Shape | undefined;
export function shapeOf(type: string): Shape | undefined {
  return shapes.get(type);
}

const minDigits = 5; // Steam's; RFC 4226 §5.3 asks for 6 of a new authenticator
const maxDigits = 10; // 31 bits make at most ten decimal digits
const maxPeriod = 300; // five minutes; what lives longer is a password

/**
 * check throws a CodeFault for an entry from which no codes, or codes that no
 * server expects, would come. A missing PIN is no fault: the person is asked.
 */
export function check(entry: CodeEntry): void {
  const shape = shapeOf(entry.type as string);
  if (shape === undefined) throw new CodeFault('type');
  if (!algorithms[entry.type].includes(entry.algorithm)) throw new CodeFault('algorithm');
  if (!within(entry.digits, minDigits, maxDigits, shape.fixed ? shape.digits : undefined)) {
    throw new CodeFault('digits');
  }
  if (entry.type === 'hotp') {
    if (entry.period !== 0) throw new CodeFault('period');
    if (!within(entry.counter, 0, Number.MAX_SAFE_INTEGER)) throw new CodeFault('counter');
  } else if (!within(entry.period, 1, maxPeriod, shape.fixed ? shape.period : undefined)) {
    throw new CodeFault('period');
  }
  checkSecret(entry);
}

function within(value: number, least: number, most: number, only?: number): boolean {
  if (!Number.isSafeInteger(value) || value < least || value > most) return false;
  return only === undefined || value === only;
}

function checkSecret({ type, algorithm, secret }: CodeEntry): void {
  if (!(secret instanceof Uint8Array)) {
    // A key made for another hash would make other codes without a word.
    const made = secret.algorithm as Partial<HmacKeyAlgorithm>;
    if (made.name !== 'HMAC' || made.hash?.name !== hashNames[algorithm]) {
      throw new CodeFault('secret');
    }
    return;
  }
  if (secret.length === 0) throw new CodeFault('secret');
  if (type === 'yandex' && !yandexSecretIsWhole(secret)) throw new CodeFault('secret');
}

// A Yandex.Key secret is 16 bytes from a QR code, or 26 when typed: the same
// 16, what the server knows of the account, and 12 bits of checksum.
export const yandexKeyLength = 16;
const yandexFullLength = 26;

// The last 12 bits are the remainder of the bits before them, divided by
// x¹²+x¹¹+x⁷+x⁶+x⁵+x⁴+x+1: a mistyped character is caught.
function yandexSecretIsWhole(secret: Bytes): boolean {
  if (secret.length === yandexKeyLength) return true;
  if (secret.length !== yandexFullLength) return false;
  const bit = (place: number): number => ((secret[place >> 3] ?? 0) >> (7 - (place & 7))) & 1;
  let remainder = 0;
  let sum = 0;
  for (let place = 0; place < yandexFullLength * 8; place++) {
    if (place >= yandexFullLength * 8 - 12) {
      sum = (sum << 1) | bit(place);
      continue;
    }
    remainder = (remainder << 1) | bit(place);
    if ((remainder & 0x1000) !== 0) remainder ^= 0x18f3;
  }
  return remainder === sum;
}
