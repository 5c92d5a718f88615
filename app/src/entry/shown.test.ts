import { describe, expect, test } from 'vitest';
import { groupCode, hiddenCode, inOrder, matches, tidyTags } from './shown';

describe('a code on the screen', () => {
  test.each([
    ['492031', '492 031'],
    ['1234567', '123 4567'],
    ['12345678', '1234 5678'],
    ['123456789', '1234 56789'],
    ['1234567890', '123 456 7890'],
    ['12345', '12345'],
    ['F4K2P', 'F4K2P'],
    ['abcdefgh', 'abcdefgh'],
  ])('%s is grouped as %s', (code, want) => {
    expect(groupCode(code)).toBe(want);
  });

  test('hidden, it keeps its length and groups', () => {
    expect(hiddenCode(6)).toBe('••• •••');
    expect(hiddenCode(5)).toBe('•••••');
  });
});

const blank = { note: '', tags: [] as string[], pinned: false, created: 0 };
const entries = [
  { ...blank, issuer: 'Zürich Bank', label: 'mara', tags: ['money'] },
  { ...blank, issuer: 'GitHub', label: 'mara', created: 2, note: 'spare key' },
  { ...blank, issuer: '', label: 'alone@example.org', created: 3 },
  { ...blank, issuer: 'Site 10', label: 'x', pinned: true },
  { ...blank, issuer: 'Site 9', label: 'x', pinned: true, created: 9 },
];

describe('the list', () => {
  test.each([
    ['zurich', 1],
    ['  BANK mara ', 1],
    ['spare', 1],
    ['money', 1],
    ['', 5],
    ['nobody', 0],
  ])('searched for "%s" has %d', (search, want) => {
    expect(entries.filter((entry) => matches(entry, search, null))).toHaveLength(want);
  });

  test('a tag narrows it', () => {
    expect(entries.filter((entry) => matches(entry, '', 'money'))).toHaveLength(1);
  });

  test('by name: pinned first, numbers as numbers, no issuer by its label', () => {
    expect(inOrder(entries, 'name', 'en').map(({ issuer, label }) => issuer || label)).toEqual([
      'Site 9',
      'Site 10',
      'alone@example.org',
      'GitHub',
      'Zürich Bank',
    ]);
  });

  test('by date: pinned first, the newest above', () => {
    expect(inOrder(entries, 'newest', 'en').map(({ created }) => created)).toEqual([9, 0, 3, 2, 0]);
  });

  test('tags are read between commas, each once', () => {
    expect(tidyTags(' work, money ,,work、home  office')).toEqual(['work', 'money', 'home office']);
  });
});
