import { sign } from './key';
import { absent, MalformedStatement, milliseconds, Statement } from './statement';

/** A person's decision about an approval request (docs/spec/approval.md). */
export interface Approval {
  issuer: string;
  /** The relying party. */
  client: string;
  request: string;
  nonce: string;
  account: string;
  device: string;
  decision: 'approve' | 'deny' | 'report';
  /** Digits as typed; `absent` for deny and report. */
  number: string;
  /** The hash (`digestText`) of the context record as sent. */
  context: string;
  /** Unix milliseconds. */
  notAfter: number;
}

export function approvalStatement(a: Approval): Statement {
  switch (a.decision) {
    case 'approve':
      if (!/^[0-9]+$/.test(a.number)) throw new MalformedStatement('number');
      break;
    case 'deny':
    case 'report':
      // A refusal proves nothing about what the page shows.
      if (a.number !== absent) throw new MalformedStatement('number');
      break;
    default:
      throw new MalformedStatement('decision');
  }
  return Statement.build(
    'countersign/approval/v1',
    a.issuer,
    a.client,
    a.request,
    a.nonce,
    a.account,
    a.device,
    a.decision,
    a.number,
    a.context,
    milliseconds(a.notAfter),
  );
}

export async function signApproval(secret: CryptoKey, approval: Approval): Promise<string> {
  return sign(secret, approvalStatement(approval));
}
