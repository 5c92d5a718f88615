import { describe, expect, test } from 'vitest';
import { delayBefore } from './live';

describe('the pause before another try', () => {
  test('doubles from a second to a minute', () => {
    const pauses = [0, 1, 2, 3, 4, 5, 6, 7, 1000].map((attempt) => delayBefore(attempt, 0.5));
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000]);
  });

  test('is spread by a fifth either way', () => {
    expect([delayBefore(3, 0), delayBefore(3, 1)]).toEqual([6400, 9600]);
  });
});
