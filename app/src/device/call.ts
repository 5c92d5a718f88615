import { hostOf, type Account } from '../account/account';
import { digestText, signCall } from '../lib/statement';
import { clocks } from './clocks.svelte';
import { refusal, Refused, silenceOf, Unreachable } from './problem';

// Signed calls (docs/spec/conventions.md). The device key's signature is all
// that authenticates them: cookies are never sent.

const patience = 15_000; // a phone on a bad connection, and a person who waits

/** KeyLost: the browser kept the account and lost its key. */
export class KeyLost extends Error {
  override name = 'KeyLost';
}

export interface Call {
  method: 'GET' | 'DELETE';
  path: string;
  accept?: string;
  signal?: AbortSignal;
}

/** send signs and sends; it returns an answer of 2xx or throws Refused, Unreachable or KeyLost. */
export async function send(account: Account, call: Call): Promise<Response> {
  try {
    return await once(account, call);
  } catch (fault) {
    if (!(fault instanceof Refused) || fault.code !== 'clock-off') throw fault;
    const told = fault.members['server_time'];
    if (typeof told !== 'number' || !Number.isSafeInteger(told)) throw fault;
    // A wrong clock is no reason to lock a person out: once more, with theirs.
    const now = Date.now();
    clocks.note(account.issuer, now, now, told);
    return once(account, call);
  }
}

async function once(account: Account, call: Call): Promise<Response> {
  if (account.key === null) throw new KeyLost();
  const time = clocks.now(account.issuer);
  const signature = await signCall(account.key, {
    issuer: account.issuer,
    method: call.method,
    path: call.path,
    body: await digestText(''),
    device: account.device,
    time,
  });
  const headers: Record<string, string> = {
    Authorization: `Countersign device="${account.device}", time="${String(time)}", signature="${signature}"`,
  };
  if (call.accept !== undefined) headers['Accept'] = call.accept;
  return ask(account.issuer, call.path, { method: call.method, headers }, call.signal);
}

/** ask sends a call that needs no Authorization, or already has it. */
export async function ask(
  issuer: string,
  path: string,
  init: RequestInit,
  signal?: AbortSignal,
): Promise<Response> {
  const host = hostOf(issuer);
  const before = Date.now();
  let response: Response;
  try {
    response = await fetch(issuer + path, {
      ...init,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal: signal ?? AbortSignal.timeout(patience),
    });
  } catch (fault) {
    if (signal?.aborted === true) throw fault;
    throw new Unreachable(host, silenceOf(fault), { cause: fault });
  }
  clocks.noteHeader(issuer, before, response);
  if (!response.ok) throw await refusal(response, host);
  return response;
}

/** post sends a body that carries its own signature. */
export function post(issuer: string, path: string, body: object): Promise<Response> {
  return ask(issuer, path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}
