import { describe, expect, test } from 'vitest';
import { groupCode, readCode, readEnrolment, readFragment } from './address';

const own = 'https://id.example.org';
const code = '0123456789ABCDEFGHJKMNPQRG';

describe('binding code', () => {
  test.each([
    ['as the page shows it', '0123-4567-89AB-CDEF-GHJK-MNPQRG'],
    ['in lower case with spaces', '0123 4567 89ab cdef ghjk mnpqrg'],
    ['with O, I and L for 0 and 1', 'oi23-4567-89ab-cdef-ghjk-mnpqrg'.replace('oi', 'ol')],
    ['with dashes a word processor made', '0123–4567‑89AB‐CDEF-GHJK-MNPQRG'],
  ])('is read %s', (_claim, typed) => {
    expect(readCode(typed)).toBe(code);
  });

  test.each([
    ['one too short', code.slice(1)],
    ['one too long', `${code}0`],
    ['with a U, which the alphabet leaves out', `U${code.slice(1)}`],
    ['with trailing bits set', `${code.slice(0, -1)}H`],
    ['empty', ''],
  ])('is refused %s', (_claim, typed) => {
    expect(readCode(typed)).toBeNull();
  });

  test('is grouped 4-4-4-4-4-6', () => {
    expect(groupCode(code)).toBe('0123-4567-89AB-CDEF-GHJK-MNPQRG');
    expect(groupCode('01234')).toBe('0123-4');
  });
});

describe('enrolment address', () => {
  test.each([
    ['of a server', `https://id.example.org/app#enrol=${code}`, 'https://id.example.org'],
    ['with the slash of the app', `https://id.example.org/app/#enrol=${code}`, own],
    [
      'of another server',
      `https://id.other.example:8443/app#enrol=${code}`,
      'https://id.other.example:8443',
    ],
    ['on this machine', `http://localhost:8080/app#enrol=${code}`, 'http://localhost:8080'],
    [
      'with a look-alike host, shown as what it is',
      `https://id.exаmple.org/app#enrol=${code}`,
      'https://id.xn--exmple-4nf.org',
    ],
    ['pasted with space around', `  https://id.example.org/app#enrol=${code}\n`, own],
  ])('is read %s', (_claim, address, issuer) => {
    expect(readEnrolment(address, own)).toEqual({ at: 'found', issuer, code });
  });

  test('a bare code belongs to the own server', () => {
    expect(readEnrolment(groupCode(code), own)).toEqual({ at: 'found', issuer: own, code });
  });

  test('a code that is being typed is short, not wrong', () => {
    expect(readEnrolment('0123-4567', own)).toEqual({ at: 'short', typed: 8 });
    expect(readEnrolment('', own)).toEqual({ at: 'short', typed: 0 });
  });

  test.each([
    ['plain http elsewhere', `http://id.example.org/app#enrol=${code}`],
    ['a user name', `https://mara@id.example.org/app#enrol=${code}`],
    ['a query', `https://id.example.org/app?x=1#enrol=${code}`],
    ['another path', `https://id.example.org/apps#enrol=${code}`],
    ['two codes', `https://id.example.org/app#enrol=${code}&enrol=${code}`],
    ['more in the fragment', `https://id.example.org/app#enrol=${code}&x=1`],
    ['no code', 'https://id.example.org/app'],
    ['another scheme', `intent://id.example.org/app#enrol=${code}`],
    ['a script', `javascript:alert(1)#enrol=${code}`],
    ['an otpauth link', 'otpauth://totp/x?secret=GEZDGNBV'],
    ['words', 'what is this?'],
  ])('is refused with %s', (_claim, address) => {
    expect(readEnrolment(address, own)).toEqual({ at: 'none' });
  });

  test('the fragment of a link is read alone', () => {
    expect(readFragment(`#enrol=${code}`)).toBe(code);
    expect(readFragment('')).toBeNull();
    expect(readFragment('#enrol=')).toBeNull();
  });
});
