import { describe, expect, test } from 'vitest';
import { better, fault, measure } from './clock';

describe('clock', () => {
  test('the middle of the trip is when the server spoke', () => {
    expect(measure(1000, 1400, 181_200)).toEqual({ ms: 180_000, unsure: 200, at: 1400 });
  });

  test('a surer measurement wins, an unsure one does not', () => {
    const kept = { ms: 100, unsure: 50, at: 0 };
    expect(better(kept, { ms: 90, unsure: 20, at: 10 }).ms).toBe(90);
    expect(better(kept, { ms: 400, unsure: 400, at: 10 }).ms).toBe(100);
  });

  test('a clock that was set since is believed at once', () => {
    const kept = { ms: -180_000, unsure: 20, at: 0 };
    expect(better(kept, { ms: 0, unsure: 900, at: 10 }).ms).toBe(0);
  });

  test('an old measurement gives way', () => {
    const kept = { ms: 100, unsure: 5, at: 0 };
    expect(better(kept, { ms: 300, unsure: 300, at: 11 * 60 * 1000 }).ms).toBe(300);
  });

  test.each([
    [0, null],
    [29_999, null],
    [-180_000, { ahead: true, minutes: 3, seconds: 180 }],
    [45_000, { ahead: false, minutes: 0, seconds: 45 }],
    [5 * 60_000, { ahead: false, minutes: 5, seconds: 300 }],
  ])('an offset of %d ms is told as %o', (ms, want) => {
    expect(fault({ ms, unsure: 0, at: 0 })).toEqual(want);
  });

  test('an unmeasured clock is not blamed', () => {
    expect(fault(null)).toBeNull();
  });
});
