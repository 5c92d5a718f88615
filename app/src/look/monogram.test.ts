import { describe, expect, test } from 'vitest';
import { initials, shade } from './monogram';

describe('monogram', () => {
  test.each([
    ['GitHub', 'G'],
    ['Example Org', 'EO'],
    ['id.example.org', 'IE'],
    ['日本銀行', '日'],
    ['  ', '·'],
    ['🔑', '·'],
    ['école 42', 'É4'],
  ])('of %s is %s', (name, want) => {
    expect(initials(name)).toBe(want);
  });

  test('the shade follows the name alone', () => {
    expect(shade('GitHub')).toBe(shade('github'));
    expect(
      ['a', 'b', 'c', 'd', 'e', 'f'].every((name) => shade(name) >= 0 && shade(name) < 6),
    ).toBe(true);
  });
});
