// Issuer and label, in and out of a link's path and its issuer parameter.

import { cut, encode } from './query';

export interface Names {
  issuer: string;
  label: string;
}

/** parseNames: issuers are the issuer parameter's possible readings, the likelier first, or none. */
export function parseNames(path: string, issuers: readonly string[]): Names {
  const label = trim(path);
  const first = trim(issuers[0] ?? '');
  if (first === '') {
    if (!label.includes(':')) return { issuer: '', label };
    const [before, after] = cut(label, ':');
    return { issuer: trim(before), label: trim(after) };
  }
  for (const issuer of issuers.map(trim)) {
    const after = cutIssuer(label, issuer);
    if (after !== null) return { issuer, label: after };
  }
  // Microsoft's links, for one: the label says whose account, the issuer whose
  // sign-in. Both stay.
  return { issuer: first, label };
}

function cutIssuer(label: string, issuer: string): string | null {
  if (!label.startsWith(issuer)) return null;
  const after = trimStart(label.slice(issuer.length));
  return after.startsWith(':') ? trim(after.slice(1)) : null;
}

/** formatNames is the label of a link, in which parseNames finds the same names again. */
export function formatNames({ issuer, label }: Names): string {
  if (issuer === '' && !label.includes(':')) return encode(label);
  // An empty issuer keeps the colon, so that the label's own colon is not
  // taken for the one that ends an issuer.
  return `${encode(issuer)}:${encode(label)}`;
}

/** trim takes off what the format's grammar allows around names: spaces alone. */
export function trim(text: string): string {
  return trimStart(text).replace(/ +$/, '');
}

function trimStart(text: string): string {
  return text.replace(/^ +/, '');
}
