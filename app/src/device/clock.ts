// How far this phone's clock is from a server's. Approvals do not depend on it
// (calls are signed with the corrected time), codes are corrected by it, and
// the person is told (check J6).

/** A measurement: server time minus the phone's, and how unsure it is, in ms. */
export interface Offset {
  ms: number;
  unsure: number;
  at: number;
}

/** measure takes the phone's clock before and after, and what the server said between. */
export function measure(before: number, after: number, server: number): Offset {
  const trip = Math.max(0, after - before);
  return { ms: Math.round(server - (before + trip / 2)), unsure: trip / 2, at: after };
}

// An answer that took long says little about the moment it was written.
const unsureLimit = 1000;
// A clock may have been set since.
const staleAfter = 10 * 60 * 1000;

/** better keeps the surer of two measurements, unless the surer one has grown old. */
export function better(kept: Offset | null, fresh: Offset): Offset {
  if (kept === null || fresh.at - kept.at > staleAfter || fresh.at < kept.at) return fresh;
  // The two contradict each other: the phone's clock was set between them.
  if (Math.abs(fresh.ms - kept.ms) > kept.unsure + fresh.unsure + 1000) return fresh;
  if (fresh.unsure > unsureLimit) return kept;
  return fresh.unsure <= kept.unsure ? fresh : kept;
}

// Half a minute is where a server that allows one step of skew starts to refuse codes.
const toldFrom = 30 * 1000;

export type ClockFault = { ahead: boolean; minutes: number; seconds: number };

/** fault says whether, and how, a person should hear about their clock. */
export function fault(offset: Offset | null): ClockFault | null {
  if (offset === null || Math.abs(offset.ms) < toldFrom) return null;
  const seconds = Math.round(Math.abs(offset.ms) / 1000);
  return { ahead: offset.ms < 0, minutes: seconds >= 90 ? Math.round(seconds / 60) : 0, seconds };
}
