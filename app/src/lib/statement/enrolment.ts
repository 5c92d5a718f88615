import { parsePoint, sign } from './key';
import { MalformedStatement, orAbsent, Statement } from './statement';

/** What a phone signs when it redeems a binding code (docs/spec/enrolment.md). */
export interface Enrolment {
  issuer: string;
  /** Canonical: 26 characters. */
  code: string;
  /** The device key's point, as it travels. */
  key: string;
  /** Left out or empty when there is no passkey. */
  passkeyHash?: string;
  platform: 'ios' | 'android' | 'desktop';
  name: string;
  /** Of the app. */
  version: string;
}

export async function enrolStatement(e: Enrolment): Promise<Statement> {
  await parsePoint(e.key);
  if (!['ios', 'android', 'desktop'].includes(e.platform)) throw new MalformedStatement('platform');
  return Statement.build(
    'countersign/enrol/v1',
    e.issuer,
    e.code,
    e.key,
    orAbsent(e.passkeyHash),
    e.platform,
    e.name,
    e.version,
  );
}

export async function signEnrol(secret: CryptoKey, enrolment: Enrolment): Promise<string> {
  return sign(secret, await enrolStatement(enrolment));
}
