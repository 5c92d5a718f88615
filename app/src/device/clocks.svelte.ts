import * as database from '../lib/database';
import { integer, answer, parse } from '../lib/strict';
import { better, measure, type Offset } from './clock';

// What this phone has measured of each server's clock.

interface Kept {
  id: string;
  offset: Offset;
}

let offsets = $state.raw<ReadonlyMap<string, Offset>>(new Map());

// A measurement that was kept over a pause may be from before the person set
// the clock; after a day it corrects nothing.
const keptFor = 24 * 60 * 60 * 1000;

export const clocks = {
  of(issuer: string): Offset | null {
    return offsets.get(issuer) ?? null;
  },

  /** now is the time as the server would say it, as far as this phone knows. */
  now(issuer: string): number {
    return Date.now() + (offsets.get(issuer)?.ms ?? 0);
  },

  note(issuer: string, before: number, after: number, server: number): void {
    const kept = offsets.get(issuer) ?? null;
    const next = better(kept, measure(before, after, server));
    if (next === kept) return;
    offsets = new Map(offsets).set(issuer, next);
    // Only what a person would notice is worth a write.
    if (kept === null || Math.abs(kept.ms - next.ms) > 1000) {
      const record: Kept = { id: `clock ${issuer}`, offset: next };
      database.put('settings', record).catch(() => undefined);
    }
  },

  /** noteHeader takes the Countersign-Time of an answer. */
  noteHeader(issuer: string, before: number, response: Response): void {
    const told = response.headers.get('Countersign-Time');
    if (told === null || !/^\d{1,16}$/.test(told)) return;
    clocks.note(issuer, before, Date.now(), Number(told));
  },

  async open(): Promise<void> {
    const kept = await database.all<Kept>('settings');
    const next = new Map(offsets);
    for (const { id, offset } of kept) {
      if (!id.startsWith('clock ') || Math.abs(Date.now() - offset.at) > keptFor) continue;
      const issuer = id.slice('clock '.length);
      if (!next.has(issuer)) next.set(issuer, offset);
    }
    offsets = next;
  },

  /** ask measures against a server's open clock (docs/spec/time.md). */
  async ask(issuer: string): Promise<void> {
    const before = Date.now();
    try {
      const response = await fetch(`${issuer}/api/time`, {
        cache: 'no-store',
        credentials: 'omit',
        signal: AbortSignal.timeout(10_000),
      });
      const { now } = parse(await response.text(), answer({ now: integer(0) }), 'time');
      clocks.note(issuer, before, Date.now(), now);
    } catch {
      // Codes go on with what is known; the channel says that the server is silent.
    }
  },
};
