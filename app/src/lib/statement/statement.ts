import { utf8, type Bytes } from './bytes';

/** The length in bytes of the longest line. */
export const maxValue = 2048;

/** Stands where a statement has a line for something that there is not. */
export const absent = '-';

/** MalformedStatement names the line, never its value: binding codes and numbers pass through here. */
export class MalformedStatement extends Error {
  override name = 'MalformedStatement';
}

/** A canonical text; `build` makes the only ones there are. */
export class Statement {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /**
   * build is the statement of a domain and its values, in the order given. LF
   * would let one value pose as two; other controls would let a value look
   * different from what it is.
   */
  static build(domain: string, ...lines: string[]): Statement {
    [domain, ...lines].forEach((value, place) => {
      const fault = faultOf(value);
      if (fault !== null) throw new MalformedStatement(`line ${String(place)} ${fault}`);
    });
    return new Statement([domain, ...lines].map((value) => `${value}\n`).join(''));
  }

  bytes(): Bytes {
    return utf8(this.#text);
  }

  /** digest is what ECDSA signs, and the challenge of the passkey assertion beside it. */
  async digest(): Promise<Bytes> {
    return new Uint8Array(await crypto.subtle.digest('SHA-256', this.bytes()));
  }
}

function faultOf(value: string): string | null {
  if (value === '') return 'is empty';
  if (utf8(value).length > maxValue) return 'is too long';
  if (/\p{Cs}/u.test(value)) return 'is no text';
  if (/\p{Cc}/u.test(value)) return 'holds a control character';
  return null;
}

/** orAbsent spells a value that may be missing. */
export function orAbsent(value: string | undefined): string {
  return value === undefined || value === '' ? absent : value;
}

/** milliseconds spells a time; zero is the mark of a caller who forgot it. */
export function milliseconds(time: number): string {
  if (!Number.isSafeInteger(time) || time <= 0) throw new MalformedStatement('time');
  return String(time);
}
