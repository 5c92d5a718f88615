import { describe, expect, test } from 'vitest';
import vectors from '../../../../vectors/statement.json';
import {
  approvalStatement,
  callStatement,
  digestText,
  enrolStatement,
  fromBase64url,
  makeKeyPair,
  MalformedStatement,
  parsePoint,
  pointLength,
  safetyCode,
  sign,
  signApproval,
  signatureLength,
  signCall,
  signEnrol,
  Statement,
  thumbprint,
  toBase64url,
  verify,
  type Approval,
  type Bytes,
  type Enrolment,
} from '.';

function bytes(wire: string): Bytes {
  const read = fromBase64url(wire);
  if (read === null) throw new Error('a vector is not base64url');
  return read;
}

async function expectCanonical(
  statement: Statement,
  want: { text: string; digest: string },
): Promise<void> {
  expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(statement.bytes())).toBe(want.text);
  expect(toBase64url(await statement.digest())).toBe(want.digest);
}

type ApprovalVector = (typeof vectors.approvals_refused)[number];
type EnrolVector = (typeof vectors.enrols_refused)[number];

async function approvalOf(vector: ApprovalVector): Promise<Approval> {
  return {
    ...vector,
    decision: vector.decision as Approval['decision'],
    context: await digestText(vector.context),
    notAfter: vector.not_after,
  };
}

function enrolmentOf(vector: EnrolVector): Enrolment {
  return {
    issuer: vector.issuer,
    code: vector.code,
    key: vector.key,
    passkeyHash: vector.passkey_hash,
    platform: vector.platform as Enrolment['platform'],
    name: vector.device_name,
    version: vector.app_version,
  };
}

describe('statements have the text and digest of the vectors', () => {
  test.each(vectors.statements)('$name', async (vector) => {
    await expectCanonical(Statement.build(vector.domain, ...vector.lines), vector);
  });
  test.each(vectors.approvals)('approval: $name', async (vector) => {
    await expectCanonical(approvalStatement(await approvalOf(vector)), vector);
  });
  test.each(vectors.enrols)('enrol: $name', async (vector) => {
    await expectCanonical(await enrolStatement(enrolmentOf(vector)), vector);
  });
  test.each(vectors.calls)('call: $name', async (vector) => {
    const call = { ...vector, body: await digestText(vector.body) };
    await expectCanonical(callStatement(call), vector);
  });
});

describe('statements refuse what the vectors refuse', () => {
  test.each(vectors.refused)('$name', (vector) => {
    expect(() => Statement.build(vector.domain, ...vector.lines)).toThrow(MalformedStatement);
  });
  test.each(vectors.approvals_refused)('approval: $name', async (vector) => {
    const approval = await approvalOf(vector);
    expect(() => approvalStatement(approval)).toThrow(MalformedStatement);
  });
  test.each(vectors.enrols_refused)('enrol: $name', async (vector) => {
    await expect(enrolStatement(enrolmentOf(vector))).rejects.toThrow(MalformedStatement);
  });
});

test('half a surrogate pair is no text', () => {
  expect(() => Statement.build('countersign/test/v1', 'a\ud800')).toThrow(MalformedStatement);
  expect(() => Statement.build('countersign/test/v1', '\udc00b')).toThrow(MalformedStatement);
});

describe('safety codes are those of the vectors', () => {
  const points = new Map(vectors.points.map((point) => [point.thumbprint, point.wire]));
  test.each(vectors.safety)('$name', async (vector) => {
    const point = points.get(vector.thumbprint);
    if (point === undefined) throw new Error('no point of the vectors has this thumbprint');
    const parts = {
      issuer: vector.issuer,
      account: vector.account,
      code: vector.code,
      point: bytes(point),
      passkeyHash: vector.passkey_hash,
      nonce: vector.nonce,
    };
    expect(await safetyCode(parts)).toBe(vector.safety_code);
  });
});

describe('points off the curve and other spellings are refused', () => {
  test.each(vectors.points)('$name', async (vector) => {
    if (!vector.valid) {
      await expect(parsePoint(vector.wire)).rejects.toThrow(MalformedStatement);
      return;
    }
    const point = await parsePoint(vector.wire);
    expect(toBase64url(point)).toBe(vector.wire);
    expect(await thumbprint(point)).toBe(vector.thumbprint);
  });
});

describe('signatures verify as the vectors say', () => {
  test.each(vectors.signatures)('$name', async (vector) => {
    const statement = Statement.build(vector.domain, ...vector.lines);
    const valid = await verify(bytes(vector.point), statement, vector.signature);
    expect(valid).toBe(vector.valid);
  });
});

test('a signature in another spelling does not verify', async () => {
  const [vector] = vectors.signatures;
  if (vector === undefined) throw new Error('no vector');
  const statement = Statement.build(vector.domain, ...vector.lines);
  for (const signature of [`${vector.signature}==`, `${vector.signature} `, '']) {
    expect(await verify(bytes(vector.point), statement, signature)).toBe(false);
  }
});

test('a key signs, verifies, and cannot be read out', async () => {
  const { secret, point } = await makeKeyPair();
  expect(point.length).toBe(pointLength);
  expect(secret.extractable).toBe(false);
  expect(secret.usages).toEqual(['sign']);
  for (const format of ['jwk', 'pkcs8'] as const) {
    await expect(crypto.subtle.exportKey(format, secret)).rejects.toThrow();
  }
  const statement = Statement.build('countersign/test/v1', 'a');
  const signature = await sign(secret, statement);
  expect(bytes(signature).length).toBe(signatureLength);
  expect(await verify(point, statement, signature)).toBe(true);
  expect(await verify(point, Statement.build('countersign/test/v1', 'b'), signature)).toBe(false);
  expect(await verify((await makeKeyPair()).point, statement, signature)).toBe(false);
});

test('each noun is signed as its statement', async () => {
  const { secret, point } = await makeKeyPair();
  const [approved] = vectors.approvals;
  const [called] = vectors.calls;
  const [enrolled] = vectors.enrols;
  if (!approved || !called || !enrolled) throw new Error('no vector');
  const approval = await approvalOf(approved);
  const call = { ...called, body: await digestText(called.body) };
  const enrolment = { ...enrolmentOf(enrolled), key: toBase64url(point) };
  const signed: [Statement, string][] = [
    [approvalStatement(approval), await signApproval(secret, approval)],
    [callStatement(call), await signCall(secret, call)],
    [await enrolStatement(enrolment), await signEnrol(secret, enrolment)],
  ];
  for (const [statement, signature] of signed) {
    expect(await verify(point, statement, signature)).toBe(true);
  }
});

test('a statement that is printed shows no value', () => {
  const statement = Statement.build('countersign/enrol/v1', 'canary');
  expect(JSON.stringify(statement) + String(statement)).not.toContain('canary');
});
