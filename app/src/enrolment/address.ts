// The enrolment address and code, as a person scans, pastes or types them
// (docs/spec/enrolment.md).

export type Enrolment =
  | { at: 'found'; issuer: string; code: string }
  /** Right so far, but not all of it: while typing. */
  | { at: 'short'; typed: number }
  | { at: 'none' };

export const codeLength = 26;
// 26 digits of 5 bits hold 130 bits and a code has 128: the last two are zero
// (RFC 4648 §3.5), so seven of eight slips in the last digit are seen here.
const canonical = /^[0-9A-HJKMNP-TV-Z]{25}[048CGMRW]$/;

/**
 * readCode reads a typed code: case and dashes do not count, O, I and L are
 * read as 0, 1 and 1 (Crockford's base32). It returns null for what is none.
 */
export function readCode(typed: string): string | null {
  const code = squeeze(typed);
  return canonical.test(code) ? code : null;
}

function squeeze(typed: string): string {
  return typed
    .replace(/[\s\-‐‑–]/g, '')
    .toUpperCase()
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
}

/** groupCode spells a code in the groups the page shows: 4-4-4-4-4-6. */
export function groupCode(code: string): string {
  const groups = [0, 4, 8, 12, 16].map((start) => code.slice(start, start + 4));
  return [...groups, code.slice(20)].filter((group) => group !== '').join('-');
}

/** readEnrolment reads an enrolment address, or a bare code of the app's own server. */
export function readEnrolment(scanned: string, own: string): Enrolment {
  const given = scanned.trim();
  if (given.includes(':') || given.includes('#')) return readAddress(given);
  const typed = squeeze(given);
  const code = readCode(given);
  if (code !== null) return { at: 'found', issuer: own, code };
  if (typed.length < codeLength && /^[0-9A-HJKMNP-TV-Z]*$/.test(typed)) {
    return { at: 'short', typed: typed.length };
  }
  return { at: 'none' };
}

function readAddress(given: string): Enrolment {
  let address: URL;
  try {
    address = new URL(given);
  } catch {
    return { at: 'none' };
  }
  const plainHere = address.protocol === 'http:' && isLoopback(address.hostname);
  if (address.protocol !== 'https:' && !plainHere) return { at: 'none' };
  if (address.username !== '' || address.password !== '' || address.search !== '') {
    return { at: 'none' };
  }
  if (address.pathname !== '/app' && address.pathname !== '/app/') return { at: 'none' };
  const code = readFragment(address.hash);
  return code === null ? { at: 'none' } : { at: 'found', issuer: address.origin, code };
}

/** readFragment reads `#enrol=<code>`, and nothing beside it. */
export function readFragment(fragment: string): string | null {
  const match = /^#enrol=([^&=]+)$/.exec(fragment);
  return match?.[1] === undefined ? null : readCode(match[1]);
}

function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '127.0.0.1' || host === '[::1]'
  );
}
