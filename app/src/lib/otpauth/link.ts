import {
  check,
  CodeFault,
  shapeOf,
  type Algorithm,
  type Entry,
  type EntryType,
  type Fault,
} from '../otp/entry';
import {
  formatHexKey,
  formatKey,
  formatPIN,
  isDigits,
  parseHexKey,
  parseKey,
  parsePIN,
} from './key';
import { formatNames, parseNames, trim } from './names';
import { cut, decode, encode, hides, isText, lower, Query, upper } from './query';
import { Refusal, type RefusalCode } from './refusal';

/** The longest text in a QR code (ISO/IEC 18004, version 40-L); no site shows a longer link. */
export const maxLength = 4296;

export interface Link {
  entry: Entry;
  /** Parameters that were left out, by name. */
  dropped: string[];
}

/** parse reads a link; what it refuses is thrown as a Refusal. */
export function parse(text: string): Link {
  if (new TextEncoder().encode(text).length > maxLength) throw new Refusal('too-long');
  if (!isText(text)) throw new Refusal('encoding');
  const [before, rest] = text.includes(':') ? cut(text, ':') : ['', text];
  const scheme = lower(before);
  if (scheme !== 'otpauth' && scheme !== 'motp') throw new Refusal(stranger(scheme, rest));
  if (hides(text)) throw new Refusal('hidden-characters');
  if (text.includes('#')) throw new Refusal('fragment');
  const [place, parameters] = cut(rest, '?');
  const { type, path } = splitPlace(scheme, place);
  const query = new Query(parameters);
  const codes = parseCodes(type, query);
  const issuer = query.take('issuer');
  const names = parseNames(path, issuer === undefined ? [] : [issuer, query.literalIssuer]);
  const link = { entry: { ...codes, ...names }, dropped: query.dropped() };
  // What cannot be written again is not taken over: a name with hidden
  // characters or of thousands of letters would be shown, and then lost on the
  // way to the next phone.
  marshal(link.entry);
  return link;
}

// What people scan by mistake, by its scheme.
function stranger(scheme: string, rest: string): RefusalCode {
  switch (scheme) {
    case 'otpauth-migration':
      return 'migration';
    case 'phonefactor':
    case 'ms-msa':
    case 'msauth':
    case 'microsoft-authenticator':
      return 'microsoft-only';
    case 'duo':
      return 'duo-only';
    case 'steam':
    case 'steammobile':
      return 'steam-only';
    case 'oktaverify':
      return 'okta-only';
    case 'fido':
      return 'passkey';
    case 'http':
    case 'https':
      // The QR code by which the Steam app signs in.
      return lower(rest).startsWith('//s.team/') ? 'steam-only' : 'web-address';
    default:
      return 'not-otpauth';
  }
}

const hosts: ReadonlyMap<string, EntryType> = new Map([
  ['totp', 'totp'],
  ['hotp', 'hotp'],
  ['steam', 'steam'],
  ['yaotp', 'yandex'],
]);

// Type and path between the scheme and the parameters.
function splitPlace(scheme: string, place: string): { type: EntryType; path: string } {
  // multiOTP writes motp://, Aegis motp:/.
  if (scheme === 'motp') return { type: 'motp', path: decode(place.replace(/^\/{1,3}/, '')) };
  if (!place.startsWith('//')) throw new Refusal('type');
  const [host, path] = cut(place.slice(2), '/');
  const type = hosts.get(lower(host));
  if (type === undefined) throw new Refusal('type');
  return { type, path: decode(path) };
}

function parseCodes(said: EntryType, query: Query): Omit<Entry, 'issuer' | 'label'> {
  let type = said;
  if ((type === 'totp' || type === 'steam') && lower(query.look('encoder') ?? '') === 'steam') {
    type = 'steam'; // KeePassXC
    query.take('encoder');
  }
  const shape = shapeOf(type);
  const text = query.take('secret') ?? '';
  const secret = type === 'motp' ? parseHexKey(text) : parseKey(text);
  const algorithm = parseAlgorithm(query.take('algorithm') ?? shape.algorithm);
  const digits = parseNumber(query.take('digits'), shape.digits, 'digits');
  let { period } = shape;
  let counter = 0;
  if (type === 'hotp') {
    const given = query.take('counter');
    if (given === undefined) throw new Refusal('counter-missing');
    counter = parseNumber(given, 0, 'counter');
  } else {
    period = parseNumber(query.take('period'), shape.period, 'period');
  }
  const pin = type === 'motp' || type === 'yandex' ? takePIN(type, query) : '';
  const codes = { type, secret, algorithm, digits, period, counter, pin };
  checked(codes);
  return codes;
}

// A PIN that cannot be read stays among the dropped and is asked for.
function takePIN(type: EntryType, query: Query): string {
  const pin = parsePIN(type, query.look('pin') ?? '');
  if (pin === null) return '';
  query.take('pin');
  return pin;
}

const spellings: ReadonlySet<string> = new Set<Algorithm>(['SHA1', 'SHA256', 'SHA512', 'MD5']);

// The spellings that are in use. A word that is none is left to check.
function parseAlgorithm(name: string): Algorithm {
  const word = upper(name).replace(/[-_]/g, '').replace(/^HMAC/, '');
  return (spellings.has(word) ? word : '') as Algorithm;
}

// Plain decimal: no sign, no space, no leading zero, which some readers take
// for octal.
function parseNumber(text: string | undefined, absent: number, code: RefusalCode): number {
  if (text === undefined) return absent;
  if (!isDigits(text) || (text.length > 1 && text.startsWith('0'))) throw new Refusal(code);
  const value = Number(text);
  // As far as the Go program reads, so that both refuse by the same code.
  const most = code === 'counter' ? Number.MAX_SAFE_INTEGER : 2 ** 31 - 1;
  if (value > most) throw new Refusal(code);
  return value;
}

const codesOfFaults: Partial<Record<Fault, RefusalCode>> = {
  type: 'type',
  algorithm: 'algorithm',
  digits: 'digits',
  period: 'period',
  counter: 'counter',
  secret: 'secret-damaged',
};

// The faults of entries get their codes here.
function checked(codes: Omit<Entry, 'issuer' | 'label'>): void {
  try {
    check(codes);
  } catch (error) {
    const code = error instanceof CodeFault ? codesOfFaults[error.fault] : undefined;
    throw code === undefined ? error : new Refusal(code);
  }
}

const places: Record<EntryType, string> = {
  totp: 'otpauth://totp/',
  hotp: 'otpauth://hotp/',
  steam: 'otpauth://steam/',
  yandex: 'otpauth://yaotp/',
  motp: 'motp://',
};

/**
 * marshal writes an entry as a link: type, names, key, PIN, and how codes are
 * made. What it writes, parse reads as the same account.
 */
export function marshal(entry: Entry): string {
  if (entry.secret.length === 0) throw new Refusal('secret-missing');
  checked(entry);
  const names = { issuer: trim(entry.issuer), label: trim(entry.label) };
  for (const name of [names.issuer, names.label]) {
    if (!isText(name) || hides(name)) throw new Refusal('hidden-characters');
  }
  const key = entry.type === 'motp' ? formatHexKey(entry.secret) : formatKey(entry.secret);
  let link = `${places[entry.type]}${formatNames(names)}?secret=${key}`;
  if (names.issuer !== '') link += `&issuer=${encode(names.issuer)}`;
  link += formatShape(entry);
  if ((entry.type === 'motp' || entry.type === 'yandex') && entry.pin !== '') {
    link += `&pin=${formatPIN(entry)}`;
  }
  if (link.length > maxLength) throw new Refusal('too-long');
  return link;
}

// What is usual is written as well: a reader with other defaults makes other
// codes. Only motp links, whose readers know nothing but a key, say no more
// than they must.
function formatShape({ type, algorithm, digits, period, counter }: Entry): string {
  const width = `&digits=${String(digits)}`;
  const length = `&period=${String(period)}`;
  switch (type) {
    case 'motp': {
      const shape = shapeOf(type);
      return (digits === shape.digits ? '' : width) + (period === shape.period ? '' : length);
    }
    case 'hotp':
      return `&algorithm=${algorithm}${width}&counter=${String(counter)}`;
    default:
      return `&algorithm=${algorithm}${width}${length}`;
  }
}
