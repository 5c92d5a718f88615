import { answer, integer, Malformed, parse, text } from '../lib/strict';

// Why a call to a server did not bring what it should. Each is told to the
// person in words of its own; none is "something".

/** Refused: the server answered, and its answer is no (RFC 9457). */
export class Refused extends Error {
  override name = 'Refused';
  constructor(
    readonly code: string,
    readonly status: number,
    /** The problem's own members, such as tries_left. */
    readonly members: Readonly<Record<string, unknown>>,
    /** For slow-down: when to come again, in seconds. */
    readonly after: number,
  ) {
    super(`${code} (${String(status)})`);
  }
}

export type Silence = 'offline' | 'time-out' | 'no-connection' | 'unreadable' | 'unavailable';

/** Unreachable: no answer of the server came, or none that can be read. */
export class Unreachable extends Error {
  override name = 'Unreachable';
  constructor(
    readonly host: string,
    readonly silence: Silence,
    options?: ErrorOptions,
  ) {
    super(`${host}: ${silence}`, options);
  }
}

const longestProblem = 64 * 1024;

/** refusal reads a problem; an answer that is none came from something between us and the server. */
export async function refusal(response: Response, host: string): Promise<Refused | Unreachable> {
  const type = response.headers.get('Content-Type') ?? '';
  if (!type.startsWith('application/problem+json')) return new Unreachable(host, 'unreadable');
  try {
    const body = await response.text();
    if (body.length > longestProblem) return new Unreachable(host, 'unreadable');
    const problem = parse(
      body,
      answer({ code: text(64, 1), status: integer(400, 599) }),
      'problem',
    );
    const members = JSON.parse(body) as Record<string, unknown>;
    if (problem.code === 'unavailable') return new Unreachable(host, 'unavailable');
    const after = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
    return new Refused(problem.code, response.status, members, Number.isNaN(after) ? 0 : after);
  } catch (fault) {
    if (!(fault instanceof Malformed) && !(fault instanceof TypeError)) throw fault;
    return new Unreachable(host, 'unreadable', { cause: fault });
  }
}

/** silenceOf tells what a failed fetch means. */
export function silenceOf(fault: unknown): Silence {
  if (!navigator.onLine) return 'offline';
  if (fault instanceof DOMException && fault.name === 'TimeoutError') return 'time-out';
  return 'no-connection';
}
