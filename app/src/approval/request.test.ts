import { describe, expect, test } from 'vitest';
import { parseRequests, plainHost, shownName } from './request';

const context = {
  purpose: 'sign-in',
  client: 'Payroll',
  host: 'payroll.example.org',
  account: 'mara',
  address: '203.0.113.9',
  place: 'unknown',
  browser: 'Firefox',
  system: 'Windows',
  known: true,
  message: '',
};
const request = {
  id: 'aaaaaaaaaaaaaaaaaaaaaaaaaa',
  nonce: 'AAAAAAAAAAAAAAAAAAAAAA',
  client: 'payroll',
  digits: 2,
  not_after: 60_000,
  asked_at: 0,
  context: JSON.stringify(context),
};

function parsed(change: object): ReturnType<typeof parseRequests> {
  return parseRequests(JSON.stringify({ requests: [{ ...request, ...change }] }));
}

describe('approval request', () => {
  test('keeps the bytes of its context as sent', () => {
    const spaced = ` ${request.context} `;
    expect(parsed({ context: spaced })[0]?.context).toBe(spaced);
    expect(parsed({ context: spaced })[0]?.shown).toEqual(context);
  });

  test.each([
    ['says more than the app can show', { ...context, amount: '900' }],
    ['leaves out who asks', { ...context, client: undefined }],
    ['has a known that is no boolean', { ...context, known: 'true' }],
    ['has another purpose', { ...context, purpose: 'payment' }],
  ])('is told but not shown when its context %s', (_claim, told) => {
    expect(parsed({ context: JSON.stringify(told) })[0]?.shown).toBeNull();
  });

  test.each([
    ['three digits', { digits: 3 }],
    ['a time that is text', { not_after: '60000' }],
    ['no nonce', { nonce: undefined }],
  ])('is refused with %s', (_claim, change) => {
    expect(() => parsed(change)).toThrow();
  });

  test('the newest stands first', () => {
    const two = [request, { ...request, id: 'b', asked_at: 5 }];
    const got = parseRequests(JSON.stringify({ requests: two })).map(({ id }) => id);
    expect(got).toEqual(['b', request.id]);
  });

  test('a look-alike host is spelled out', () => {
    expect(plainHost('pаyroll.example.org')).toBe('xn--pyroll-3nf.example.org');
    expect(plainHost('payroll.example.org')).toBe('payroll.example.org');
  });

  test('a name cannot turn the line around or fill the screen', () => {
    expect(shownName('Pay\u202Elorry\u200B')).toBe('Paylorry');
    expect(Array.from(shownName('a'.repeat(500)))).toHaveLength(60);
  });
});
