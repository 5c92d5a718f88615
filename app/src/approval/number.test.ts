import { describe, expect, test } from 'vitest';
import { clockFace, digitsOf, secondsLeft } from './number';

describe('number', () => {
  test.each([
    ['47', 2, '47'],
    ['4 7', 2, '47'],
    ['471', 2, '47'],
    ['١٢', 2, '12'],
    ['۱۲', 2, '12'],
    ['１２', 2, '12'],
    ['number: 123 456', 6, '123456'],
    ['no digits', 2, ''],
  ])('%s is read as %3$s', (typed, most, want) => {
    expect(digitsOf(typed, most)).toBe(want);
  });

  test('the countdown ends exactly when the server refuses', () => {
    expect([60_000, 59_999, 1, 0, -1].map((left) => secondsLeft(left, 0))).toEqual([
      60, 60, 1, 0, 0,
    ]);
  });

  test('the clock reads as on the page', () => {
    expect([52, 60, 605].map(clockFace)).toEqual(['0:52', '1:00', '10:05']);
  });
});
