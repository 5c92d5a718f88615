import { sign } from './key';
import { milliseconds, Statement } from './statement';

/** One call of an enrolled device (docs/spec/conventions.md). */
export interface SignedCall {
  issuer: string;
  method: string;
  /** With the query, exactly as sent. */
  path: string;
  /** The hash (`digestText`, `digestBytes`) of the body; of the empty text when there is none. */
  body: string;
  device: string;
  /** Unix milliseconds. */
  time: number;
}

export function callStatement(c: SignedCall): Statement {
  return Statement.build(
    'countersign/call/v1',
    c.issuer,
    c.method,
    c.path,
    c.body,
    c.device,
    milliseconds(c.time),
  );
}

export async function signCall(secret: CryptoKey, call: SignedCall): Promise<string> {
  return sign(secret, callStatement(call));
}
