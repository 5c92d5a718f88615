import type { Account } from '../account/account';
import { post } from '../device/call';
import type { Platform } from '../device/platform';
import { makeKeyPair, safetyCode, signEnrol, toBase64url } from '../lib/statement';
import { answer, Malformed, parse, text } from '../lib/strict';

export interface Offer {
  issuer: string;
  code: string;
}

const readClaim = answer({
  device: text(64, 1),
  issuer: text(2048, 1),
  server_name: text(256),
  account: answer({ id: text(64, 1), name: text(256) }),
  nonce: text(256, 1),
});

/**
 * enrol makes a device key and redeems a binding code with it. The code is
 * spent by a success; the account it returns waits for its safety code.
 */
export async function enrol(
  offer: Offer,
  name: string,
  platform: Platform,
  version: string,
  now: number,
): Promise<Account> {
  const key = await makeKeyPair();
  const point = toBase64url(key.point);
  const told = { issuer: offer.issuer, code: offer.code, key: point, platform, name, version };
  const signature = await signEnrol(key.secret, told);
  const response = await post(offer.issuer, '/api/phone/v1/enrolments', {
    code: offer.code,
    key: point,
    name,
    platform,
    version,
    signature,
  });
  const claim = parse(await response.text(), readClaim, 'enrolment');
  // A server that names another issuer would have this key sign for that one.
  if (claim.issuer !== offer.issuer) throw new Malformed('enrolment.issuer is another');
  return {
    issuer: offer.issuer,
    device: claim.device,
    id: claim.account.id,
    name: claim.account.name,
    serverName: claim.server_name,
    deviceName: name,
    enrolled: now,
    key: key.secret,
    standing: {
      at: 'pending',
      since: now,
      safetyCode: await safetyCode({
        issuer: offer.issuer,
        account: claim.account.id,
        code: offer.code,
        point: key.point,
        nonce: claim.nonce,
      }),
    },
  };
}

/** tidyName makes a device name the server takes: 1 to 64 characters, none of them control. */
export function tidyName(typed: string): string {
  const tidy = typed
    .replace(/[\p{Cc}\p{Cf}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return Array.from(tidy).slice(0, 64).join('').trim();
}
