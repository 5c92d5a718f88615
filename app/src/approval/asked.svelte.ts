import { keyOf, type Account, type AccountKey } from '../account/account';
import { shelf } from '../account/accounts.svelte';
import type { Device, Notice } from '../device/device';
import { LiveChannel, type Channel } from './live';
import type { Request } from './request';

// What waits for a decision, over all accounts, as the live channels tell it.

export interface Asked {
  account: Account;
  request: Request;
}

interface Line {
  live: LiveChannel;
  channel: Channel;
  requests: readonly Request[];
  notices: readonly Notice[];
}

let lines = $state.raw<ReadonlyMap<AccountKey, Line>>(new Map());

function change(key: AccountKey, next: Partial<Line>): void {
  const line = lines.get(key);
  if (line === undefined) return;
  lines = new Map(lines).set(key, { ...line, ...next });
}

async function learn(key: AccountKey, device: Device): Promise<void> {
  const account = shelf.find(key);
  if (account === undefined) return;
  const known =
    account.standing.at === device.state &&
    account.name === device.account.name &&
    account.serverName === device.server_name &&
    account.deviceName === device.name;
  if (known) return;
  await shelf.keep({
    ...account,
    name: device.account.name,
    serverName: device.server_name,
    deviceName: device.name,
    standing: device.state === 'active' ? { at: 'active' } : account.standing,
  });
}

async function noteUnknown(key: AccountKey): Promise<void> {
  const account = shelf.find(key);
  if (account === undefined || account.standing.at === 'unknown') return;
  await shelf.keep({ ...account, standing: { at: 'unknown' } });
}

function listen(account: Account): Line {
  const key = keyOf(account);
  const live = new LiveChannel(() => shelf.find(key) ?? account, {
    channel(state) {
      const open = state.at === 'open' || state.at === 'connecting';
      // What was waiting before the line broke may be over: it is not offered.
      change(key, open ? { channel: state } : { channel: state, requests: [] });
      if (state.at === 'unknown') noteUnknown(key).catch(() => undefined);
    },
    requests(list) {
      change(key, { requests: list });
    },
    device(device) {
      change(key, { notices: device.notices });
      learn(key, device).catch(() => undefined);
    },
  });
  live.start();
  return { live, channel: { at: 'connecting' }, requests: [], notices: [] };
}

export const asked = {
  get waiting(): readonly Asked[] {
    return shelf.list
      .flatMap((account) =>
        (lines.get(keyOf(account))?.requests ?? []).map((request) => ({ account, request })),
      )
      .sort((a, b) => b.request.askedAt - a.request.askedAt);
  },

  channel(key: AccountKey): Channel {
    return lines.get(key)?.channel ?? { at: 'connecting' };
  },

  notices(key: AccountKey): readonly Notice[] {
    return lines.get(key)?.notices ?? [];
  },

  find(key: AccountKey, id: string): Request | undefined {
    return lines.get(key)?.requests.find((request) => request.id === id);
  },

  /** follow keeps one channel for each account that can have one. */
  follow(accounts: readonly Account[]): void {
    const wanted = new Map(
      accounts
        .filter(({ standing, key }) => standing.at !== 'unknown' && key !== null)
        .map((account) => [keyOf(account), account]),
    );
    const next = new Map<AccountKey, Line>();
    for (const [key, line] of lines) {
      // A server that said "unknown" is not asked again; its account shows the way back.
      if (wanted.has(key)) next.set(key, line);
      else line.live.stop();
    }
    for (const [key, account] of wanted) {
      if (!next.has(key)) next.set(key, listen(account));
    }
    lines = next;
  },

  /** nudge tries every silent line at once. */
  nudge(): void {
    for (const { live } of lines.values()) live.nudge();
  },
};
