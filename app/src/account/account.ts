// An account on a server that this phone approves sign-ins for. Everything is
// keyed by the issuer first: two servers may know the same names.

export type Standing =
  /** The safety code has not been typed on the page yet. */
  | { at: 'pending'; safetyCode: string; since: number }
  | { at: 'active' }
  /** The server says it does not know this device: removed there, or never confirmed. */
  | { at: 'unknown' };

export interface Account {
  issuer: string;
  device: string;
  id: string;
  name: string;
  serverName: string;
  /** What this phone is called there. */
  deviceName: string;
  enrolled: number;
  standing: Standing;
  /** null when the browser has lost the key: the account is a name then, and says so. */
  key: CryptoKey | null;
}

export type AccountKey = string;

/** An issuer holds no space, and a device id none either. */
export function keyOf(account: Pick<Account, 'issuer' | 'device'>): AccountKey {
  return `${account.issuer} ${account.device}`;
}

/** hostOf is how an issuer is shown: the host, in the form that look-alikes cannot imitate. */
export function hostOf(issuer: string): string {
  return new URL(issuer).host;
}
