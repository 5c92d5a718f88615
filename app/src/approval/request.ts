import { exactly, answer, flag, integer, list, Malformed, oneOf, parse, text } from '../lib/strict';

// An approval request as the server tells it (docs/spec/approval.md).

export interface Context {
  purpose: 'sign-in' | 'test';
  client: string;
  host: string;
  account: string;
  address: string;
  place: string;
  browser: string;
  system: string;
  known: boolean;
  message: string;
}

export interface Request {
  id: string;
  nonce: string;
  client: string;
  digits: 2 | 6;
  notAfter: number;
  askedAt: number;
  /** The bytes the statement's hash is over, as sent. */
  context: string;
  /** null: it says more or less than this app can show, so it cannot be approved here. */
  shown: Context | null;
}

// What is signed must have been shown: a context with a member that this app
// does not know is not approved by it.
const readContext = exactly<Context>({
  purpose: oneOf('sign-in', 'test'),
  client: text(512),
  host: text(512),
  account: text(512),
  address: text(128),
  place: text(512),
  browser: text(512),
  system: text(512),
  known: flag,
  message: text(2048),
});

const readRequest = answer({
  id: text(64, 1),
  nonce: text(256, 1),
  client: text(512, 1),
  digits: oneOf(2, 6),
  not_after: integer(0),
  asked_at: integer(0),
  context: text(16 * 1024, 2),
});

const readRequests = answer({ requests: list(readRequest, 100) });

export function parseRequests(json: string): Request[] {
  return parse(json, readRequests, 'requests')
    .requests.map((sent) => ({
      id: sent.id,
      nonce: sent.nonce,
      client: sent.client,
      digits: sent.digits,
      notAfter: sent.not_after,
      askedAt: sent.asked_at,
      context: sent.context,
      shown: showContext(sent.context),
    }))
    .sort((a, b) => b.askedAt - a.askedAt);
}

function showContext(context: string): Context | null {
  try {
    return parse(context, readContext, 'context');
  } catch (fault) {
    if (fault instanceof Malformed) return null;
    throw fault;
  }
}

/** plainHost spells a host in the form that look-alike letters cannot imitate (check C4). */
export function plainHost(host: string): string {
  try {
    return new URL(`https://${host}`).host;
  } catch {
    return host;
  }
}

// A name is shown on one line, and cannot turn or hide what stands beside it.
const shownLength = 60;

/** shownName caps a name told by someone else, and takes out what is not seen but acts. */
export function shownName(name: string): string {
  const tidy = name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').trim();
  const letters = Array.from(tidy);
  return letters.length <= shownLength ? tidy : `${letters.slice(0, shownLength - 1).join('')}…`;
}
