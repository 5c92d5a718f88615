import type { Account } from '../account/account';
import { answer, integer, list, oneOf, parse, text } from '../lib/strict';
import { send } from './call';

/** What a server says about this device: GET /api/phone/v1/device, and the event `device`. */
export interface Device {
  id: string;
  name: string;
  state: 'pending' | 'active';
  account: { id: string; name: string };
  server_name: string;
  notices: Notice[];
}

export interface Notice {
  id: string;
  at: number;
  text: string;
}

export const readDevice = answer<Device>({
  id: text(64, 1),
  name: text(64),
  state: oneOf('pending', 'active'),
  account: answer({ id: text(64, 1), name: text(256) }),
  server_name: text(256),
  notices: list(answer({ id: text(64, 1), at: integer(0), text: text(2048) }), 1000),
});

const path = '/api/phone/v1/device';

export async function fetchDevice(account: Account, signal?: AbortSignal): Promise<Device> {
  const response = await send(account, { method: 'GET', path, ...(signal && { signal }) });
  return parse(await response.text(), readDevice, 'device');
}

/** removeDevice takes this device away on the server; what it leaves here is the caller's. */
export async function removeDevice(account: Account): Promise<void> {
  await send(account, { method: 'DELETE', path });
}
