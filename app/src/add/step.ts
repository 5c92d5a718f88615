import type { AccountKey } from '../account/account';
import type { Offer } from '../enrolment/enrol';
import type { Link, RefusalCode } from '../lib/otpauth';

// The page "add an account" as one union. The binding code and a service's key
// live here, in memory, and nowhere else until they are used or kept.

export type Step =
  | { at: 'choose'; fault: Unread | null }
  | { at: 'scan' }
  | { at: 'type' }
  | { at: 'key' }
  /** An otpauth link was read: what it is, before it is kept. */
  | { at: 'keep'; link: Link }
  | { at: 'refused'; code: RefusalCode; parameter: string }
  /** What will happen, and the button that makes it happen: never by itself (check C2). */
  | { at: 'offer'; offer: Offer; fault: string | null }
  | { at: 'making'; offer: Offer }
  | { at: 'safety'; account: AccountKey }
  | { at: 'test'; account: AccountKey }
  | { at: 'done'; account: AccountKey }
  /** The code is good for another server's app. */
  | { at: 'elsewhere'; offer: Offer }
  /** The enrolment ended on the page: nothing was added. */
  | { at: 'dead' };

/** Why a picture or a text held no account. */
export type Unread = 'no-code' | 'no-account' | 'not-picture';

export const first: Step = { at: 'choose', fault: null };

/** found is where a read enrolment leads: to its offer, or to its own server's app. */
export function found(offer: Offer, own: string): Step {
  return offer.issuer === own ? { at: 'offer', offer, fault: null } : { at: 'elsewhere', offer };
}

/** before is the step that back leads to; null leaves the page. */
export function before(step: Step): Step | null {
  switch (step.at) {
    case 'scan':
    case 'type':
    case 'keep':
    case 'refused':
    case 'offer':
    case 'elsewhere':
      return first;
    case 'key':
      return { at: 'type' };
    case 'making':
      return step; // the code is being spent: there is no way back from the middle
    case 'choose':
    case 'safety':
    case 'test':
    case 'done':
    case 'dead':
      return null;
  }
}
