import { thumbprint } from './key';
import { orAbsent, Statement } from './statement';

export interface SafetyParts {
  issuer: string;
  account: string;
  code: string;
  /** The device key's point. */
  point: Uint8Array;
  /** Left out or empty when there is no passkey. */
  passkeyHash?: string;
  /** Drawn by the server after the key arrived. */
  nonce: string;
}

/**
 * safetyCode is the six digits that the phone shows and the person types into
 * the browser that made the binding code. Whoever redeemed a stolen QR has
 * another key, so another code (check C2).
 */
export async function safetyCode(parts: SafetyParts): Promise<string> {
  const statement = Statement.build(
    'countersign/safety/v1',
    parts.issuer,
    parts.account,
    parts.code,
    await thumbprint(parts.point),
    orAbsent(parts.passkeyHash),
    parts.nonce,
  );
  const digest = new DataView((await statement.digest()).buffer);
  return String(digest.getBigUint64(0) % 1_000_000n).padStart(6, '0');
}
