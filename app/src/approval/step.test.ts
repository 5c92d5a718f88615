import { describe, expect, test } from 'vitest';
import { after, asking, failed, vanished, type Step } from './step';

describe('the page of a request', () => {
  test.each([
    [
      'a wrong number asks again',
      { at: 'wrong', triesLeft: 2 },
      { at: 'ask', wrong: 2, fault: null },
    ],
    [
      'the last wrong number ends it',
      { at: 'wrong', triesLeft: 0 },
      { at: 'over', ending: 'last-wrong' },
    ],
    [
      'an approval ends it',
      { at: 'decided', state: 'approved' },
      { at: 'over', ending: 'approved' },
    ],
    [
      'what another phone approved',
      { at: 'over', state: 'approved' },
      { at: 'over', ending: 'already-approved' },
    ],
    [
      'what another phone reported',
      { at: 'over', state: 'reported' },
      { at: 'over', ending: 'already-refused' },
    ],
    ['what came too late', { at: 'over', state: 'expired' }, { at: 'over', ending: 'expired' }],
  ] as const)('%s', (_claim, outcome, want) => {
    expect(after(outcome, 'sign-in')).toEqual(want);
  });

  test('an approved test says that it works', () => {
    expect(after({ at: 'decided', state: 'approved' }, 'test')).toEqual({
      at: 'over',
      ending: 'tested',
    });
  });

  test('a lost answer leaves the decision to be sent again', () => {
    expect(failed('approve', 'x')).toEqual({ at: 'ask', wrong: null, fault: 'x' });
    expect(failed('report', 'x')).toEqual({ at: 'refuse', fault: 'x' });
  });

  test('a request that is gone does not interrupt its own decision', () => {
    const sending: Step = { at: 'sending', decision: 'approve' };
    expect(vanished(sending, 0)).toBe(sending);
    expect(vanished(asking, 0)).toEqual({ at: 'over', ending: 'expired' });
    expect(vanished(asking, 9)).toEqual({ at: 'over', ending: 'gone' });
  });
});
