// A link's text: percent-encoding, parameters, and characters that hide.

import { Refusal } from './refusal';

/** Query is a link's parameters by their names in lower case. */
export class Query {
  private readonly values = new Map<string, string>();
  private readonly rest = new Set<string>();
  /** The issuer with + as it stood, for "C++". */
  literalIssuer = '';

  constructor(text: string) {
    for (const part of text.split('&')) {
      if (part !== '') this.add(...cut(part, '='));
    }
  }

  private add(rawName: string, raw: string): void {
    const name = lower(decode(rawName));
    // A link copied out of a page's source: passing over "amp;digits" would
    // change the codes.
    if (name.startsWith('amp;')) throw new Refusal('encoding');
    // Two values, and readers that take the first or the last: a link that
    // means one account here and another there.
    if (this.values.has(name)) throw new Refusal('duplicate', shown(name));
    this.values.set(name, decode(raw.replaceAll('+', ' ')));
    if (name === 'issuer') this.literalIssuer = decode(raw);
    this.rest.add(name);
  }

  look(name: string): string | undefined {
    return this.values.get(name);
  }

  /** take is a parameter's value, which then counts as read. */
  take(name: string): string | undefined {
    this.rest.delete(name);
    return this.values.get(name);
  }

  /** dropped names the parameters that nobody took, or refuses those that change the codes. */
  dropped(): string[] {
    const names = new Set<string>();
    for (const name of this.rest) {
      if (changesCodes(name)) throw new Refusal('parameter', shown(name));
      names.add(shown(name));
    }
    return [...names];
  }
}

// The parameters without which the codes would be wrong: another alphabet
// (KeePassXC), another beginning of time, and privacyIDEA's enrolment in two
// steps, whose link holds half of a key.
function changesCodes(name: string): boolean {
  return name === 'encoder' || name === 't0' || name === 'offset' || name.startsWith('2step_');
}

// A name as far as it is fit to be told: not a text of pages, and not a key
// that lost the name before it.
function shown(name: string): string {
  return /^[a-z0-9_-]{1,16}$/.test(name) ? name : '?';
}

/** cut splits at the first mark; without one, all stands before it. */
export function cut(text: string, mark: string): [before: string, after: string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + mark.length)];
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** decode undoes percent-encoding (RFC 3986 §2.1) and refuses what it cannot have made. */
export function decode(text: string): string {
  if (!text.includes('%')) return text;
  const bytes: number[] = [];
  const source = new TextEncoder().encode(text);
  for (let i = 0; i < source.length; i++) {
    const byte = source[i] ?? 0;
    if (byte !== 0x25) {
      bytes.push(byte);
      continue;
    }
    const digits = String.fromCharCode(source[i + 1] ?? 0, source[i + 2] ?? 0);
    if (!/^[0-9A-Fa-f]{2}$/.test(digits)) throw new Refusal('encoding');
    bytes.push(parseInt(digits, 16));
    i += 2;
  }
  try {
    return utf8.decode(Uint8Array.from(bytes));
  } catch {
    throw new Refusal('encoding');
  }
}

/** encode escapes all but RFC 3986 §2.3's unreserved characters. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * hides reports characters that are not seen where they stand: controls, line
 * and paragraph separators, and those that turn the direction of text, with
 * which "moc.elpmaxe" is shown as example.com.
 */
export function hides(text: string): boolean {
  return /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(text);
}

/** isText is false for half a surrogate pair, which no bytes spell. */
export function isText(text: string): boolean {
  return !/\p{Cs}/u.test(text);
}

// ASCII alone: Unicode's rules would read a Kelvin sign as k and a dotless i
// as I, and turn a wrong key into a different one.
export function lower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

export function upper(text: string): string {
  return text.replace(/[a-z]/g, (letter) => letter.toUpperCase());
}
