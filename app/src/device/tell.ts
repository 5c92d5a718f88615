import { KeyLost } from './call';
import { Refused, Unreachable } from './problem';
import { Unreadable } from '../lib/database';
import { Malformed } from '../lib/strict';
import { say, type Sentence } from '../lib/words.svelte';

// One translator from causes to people's words: each has its own sentence.

const refusals: Readonly<Record<string, Sentence>> = {
  'account-locked': 'refused.account-locked',
  'device-pending': 'refused.device-pending',
  'device-unknown': 'refused.device-unknown',
  'signature-refused': 'refused.signature-refused',
  'not-found': 'refused.not-found',
  'code-unknown': 'fault.code-unknown',
  'clock-off': 'fault.clock',
};

/** tellRefusal says what a server's code means; one the app does not know is a matter of versions. */
export function tellRefusal(code: string, server: string, seconds = 0): string {
  if (code === 'slow-down') return say('refused.slow-down', { seconds: Math.max(1, seconds) });
  return say(refusals[code] ?? 'refused.bad-request', { server });
}

/** tell says what a failed call means for the person. */
export function tell(fault: unknown, server: string): string {
  if (fault instanceof Unreachable) return say(`silent.${fault.silence}`, { host: fault.host });
  if (fault instanceof Refused) return tellRefusal(fault.code, server, fault.after);
  if (fault instanceof KeyLost) return say('refused.key-lost');
  if (fault instanceof Unreadable) return say('refused.store');
  if (fault instanceof Malformed) return say('refused.bad-request', { server });
  if (fault instanceof DOMException) return say('refused.key-lost');
  throw fault;
}
