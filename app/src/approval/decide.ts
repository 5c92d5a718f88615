import type { Account } from '../account/account';
import { KeyLost, post } from '../device/call';
import { Refused } from '../device/problem';
import { digestText, signApproval } from '../lib/statement';
import { answer, integer, oneOf, parse } from '../lib/strict';
import type { Request } from './request';

export type Decision = 'approve' | 'deny' | 'report';
export type Ending = 'approved' | 'denied' | 'reported' | 'expired' | 'ended';

export type Outcome =
  | { at: 'decided'; state: Ending }
  | { at: 'wrong'; triesLeft: number }
  | { at: 'over'; state: Ending };

const endings = oneOf('approved', 'denied', 'reported', 'expired', 'ended');

/**
 * decide signs a decision and sends it. The same decision may be sent again
 * after a lost answer: the server then answers with what it recorded.
 */
export async function decide(
  account: Account,
  request: Request,
  decision: Decision,
  number: string,
): Promise<Outcome> {
  if (account.key === null) throw new KeyLost();
  const signature = await signApproval(account.key, {
    issuer: account.issuer,
    client: request.client,
    request: request.id,
    nonce: request.nonce,
    account: account.id,
    device: account.device,
    decision,
    number,
    context: await digestText(request.context),
    notAfter: request.notAfter,
  });
  try {
    const response = await post(account.issuer, `/api/phone/v1/requests/${request.id}/decision`, {
      device: account.device,
      decision,
      number,
      signature,
    });
    const { state } = parse(await response.text(), answer({ state: endings }), 'decision');
    return { at: 'decided', state };
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
    if (fault.code === 'number-wrong') {
      const left = integer(0, 100)(fault.members['tries_left'], 'problem.tries_left');
      return { at: 'wrong', triesLeft: left };
    }
    if (fault.code === 'request-over') {
      return { at: 'over', state: endings(fault.members['state'], 'problem.state') };
    }
    throw fault;
  }
}
