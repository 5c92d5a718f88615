import type { Decision, Ending, Outcome } from './decide';

// The page of one request as one union.

export type Step =
  | { at: 'ask'; wrong: number | null; fault: string | null }
  /** Refusing is asked once more: it cannot be taken back. */
  | { at: 'refuse'; fault: string | null }
  | { at: 'sending'; decision: Decision }
  | { at: 'over'; ending: Shown };

/** What the last screen of a request says. */
export type Shown =
  | 'approved'
  | 'tested'
  | 'denied'
  | 'reported'
  | 'expired'
  | 'ended'
  | 'already-approved'
  | 'already-refused'
  | 'last-wrong'
  | 'gone';

export const asking: Step = { at: 'ask', wrong: null, fault: null };

/** after is where the server's answer to a decision leads. */
export function after(outcome: Outcome, purpose: 'sign-in' | 'test'): Step {
  switch (outcome.at) {
    case 'wrong':
      return outcome.triesLeft > 0
        ? { at: 'ask', wrong: outcome.triesLeft, fault: null }
        : { at: 'over', ending: 'last-wrong' };
    case 'decided':
      return {
        at: 'over',
        ending: outcome.state === 'approved' && purpose === 'test' ? 'tested' : outcome.state,
      };
    case 'over':
      return { at: 'over', ending: before(outcome.state) };
  }
}

function before(state: Ending): Shown {
  if (state === 'approved') return 'already-approved';
  if (state === 'denied' || state === 'reported') return 'already-refused';
  return state;
}

/** failed keeps what can be tried again: nothing was decided that we know of. */
export function failed(decision: Decision, fault: string): Step {
  return decision === 'approve' ? { at: 'ask', wrong: null, fault } : { at: 'refuse', fault };
}

/** vanished is where a request leads that the server no longer lists, or whose time is over. */
export function vanished(step: Step, secondsLeft: number): Step {
  // While a decision is on its way, its own answer tells the ending.
  if (step.at === 'sending' || step.at === 'over') return step;
  return { at: 'over', ending: secondsLeft === 0 ? 'expired' : 'gone' };
}
