import { describe, expect, test } from 'vitest';
import { before, first, found, type Step } from './step';

const own = 'https://id.example.org';
const offer = { issuer: own, code: 'X' };

describe('adding an account', () => {
  test('a code of this server is offered, never used by itself', () => {
    expect(found(offer, own)).toEqual({ at: 'offer', offer, fault: null });
  });

  test("a code of another server leads to that server's app", () => {
    const other = { ...offer, issuer: 'https://id.other.example' };
    expect(found(other, own)).toEqual({ at: 'elsewhere', offer: other });
  });

  test.each<[Step, Step | null]>([
    [first, null],
    [{ at: 'scan' }, first],
    [{ at: 'type' }, first],
    [{ at: 'key' }, { at: 'type' }],
    [{ at: 'refused', code: 'secret-missing', parameter: '' }, first],
    [{ at: 'offer', offer, fault: null }, first],
    [{ at: 'elsewhere', offer }, first],
    [{ at: 'safety', account: 'a' }, null],
    [{ at: 'done', account: 'a' }, null],
  ])('back from %o', (step, want) => {
    expect(before(step)).toEqual(want);
  });

  test('there is no way back while the code is being spent', () => {
    const making: Step = { at: 'making', offer };
    expect(before(making)).toBe(making);
  });
});
