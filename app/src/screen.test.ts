import { describe, expect, test } from 'vitest';
import { back, depth, open, shown, start, type Place } from './screen';

const request = { at: 'request', account: 'a', request: 'r' } as const;

describe('screens', () => {
  test('the app starts with the codes', () => {
    expect(shown(start)).toEqual({ at: 'codes' });
    expect(depth(start)).toBe(0);
  });

  test('a tab clears what lay above', () => {
    const deep = open(open(start, { at: 'add' }), request);
    expect(open(deep, { at: 'asked' })).toEqual({ tab: 'asked', above: [] });
  });

  test('opening the screen that is shown changes nothing', () => {
    const once = open(start, request);
    expect(open(once, { ...request })).toBe(once);
  });

  test('back takes one screen away, then returns to the codes, then stays', () => {
    const visited: string[] = [];
    let place: Place = open(open(start, { at: 'asked' }), request);
    for (let step = 0; step < 4; step++) {
      visited.push(`${shown(place).at} ${String(depth(place))}`);
      place = back(place);
    }
    expect(visited).toEqual(['request 2', 'asked 1', 'codes 0', 'codes 0']);
  });
});
