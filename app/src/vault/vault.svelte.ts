import * as database from '../lib/database';
import { lockSecret, type CodeEntry, type Entry } from '../lib/otp';
import { openKey, seal, unseal, VaultKeyLost, type Sealed } from './key';
import { newId, read, write, type Kept } from './record';

// The entries of this phone. On the screen and in memory each holds a key that
// makes codes and cannot be read; the bytes are unsealed only to be written anew.

/** An entry in memory: all but its bytes. */
export interface Held extends Omit<Kept, 'secret'> {
  /** null: it cannot make a code without its PIN. */
  codes: CodeEntry | null;
}

export type Vault =
  | { at: 'opening' }
  | { at: 'open'; entries: readonly Held[]; damaged: number }
  /** Entries are kept and cannot be read here. They stay as they are. */
  | { at: 'key-lost'; entries: number }
  | { at: 'unreadable' };

const deletedFor = 30 * 24 * 60 * 60 * 1000;

let state = $state.raw<Vault>({ at: 'opening' });
let key: CryptoKey | null = null;
const others = new BroadcastChannel('countersign-entries');
others.onmessage = () => {
  vault.open().catch(() => undefined);
};

async function hold({ secret, ...kept }: Kept): Promise<Held> {
  const entry: Kept = { ...kept, secret };
  // A Yandex key is made of the PIN: without it there is nothing to lock yet.
  if (entry.type === 'yandex' && entry.pin === '') return { ...kept, codes: null };
  const { type, algorithm, digits, period, counter, pin } = entry;
  return {
    ...kept,
    codes: await lockSecret({ type, algorithm, digits, period, counter, pin, secret }),
  };
}

function became(entries: readonly Held[], damaged: number): void {
  state = { at: 'open', entries, damaged };
}

async function write1(kept: Kept): Promise<void> {
  if (key === null) throw new VaultKeyLost('the vault is not open');
  await database.put('entries', await seal(key, kept.id, write(kept)));
}

async function openOne(record: Sealed): Promise<Held> {
  if (key === null) throw new VaultKeyLost('the vault is not open');
  return hold(read(record.id, await unseal(key, record)));
}

async function read1(id: string): Promise<Kept> {
  if (key === null) throw new VaultKeyLost('the vault is not open');
  const record = await database.one<Sealed>('entries', id);
  if (record === undefined) throw new database.Unreadable('the entry is gone');
  return read(id, await unseal(key, record));
}

/** alone: reading, changing and writing an entry is one step among all windows of the app. */
function alone<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks.request('countersign-entries', work);
}

export const vault = {
  get state(): Vault {
    return state;
  },

  /** What is in use, without what was thrown away. */
  get entries(): readonly Held[] {
    return state.at === 'open' ? state.entries.filter(({ deleted }) => deleted === null) : [];
  },

  get deleted(): readonly Held[] {
    return state.at === 'open' ? state.entries.filter(({ deleted }) => deleted !== null) : [];
  },

  find(id: string): Held | undefined {
    return state.at === 'open' ? state.entries.find((entry) => entry.id === id) : undefined;
  },

  async open(): Promise<void> {
    try {
      key ??= await openKey();
      const records = await database.all<Sealed>('entries');
      const opened = await Promise.allSettled(records.map((record) => openOne(record)));
      const entries = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      // Told as a number; the records stay for a version that can read them.
      const damaged = opened.length - entries.length;
      became(entries, damaged);
      void sweep();
    } catch (fault) {
      if (!(fault instanceof VaultKeyLost)) {
        state = { at: 'unreadable' };
        return;
      }
      const records = await database.all<Sealed>('entries').catch(() => []);
      state = { at: 'key-lost', entries: records.length };
    }
  },

  /** add keeps a new entry beside all others, whatever their names (check A6). */
  async add(entry: Entry, created: number): Promise<string> {
    const kept: Kept = {
      ...entry,
      id: newId(),
      note: '',
      tags: [],
      pinned: false,
      created,
      deleted: null,
    };
    await alone(() => write1(kept));
    if (state.at === 'open') became([...state.entries, await hold(kept)], state.damaged);
    others.postMessage(null);
    return kept.id;
  },

  /** change writes an entry anew with some of its members changed. */
  async change(
    id: string,
    next: (kept: Kept) => Partial<Omit<Kept, 'id' | 'secret' | 'type'>>,
  ): Promise<Held> {
    const held = await alone(async () => {
      const kept = await read1(id);
      const changed = { ...kept, ...next(kept) };
      await write1(changed);
      return hold(changed);
    });
    if (state.at === 'open') {
      became(
        state.entries.map((entry) => (entry.id === id ? held : entry)),
        state.damaged,
      );
    }
    others.postMessage(null);
    return held;
  },

  /**
   * startAnew gives up what cannot be opened any more, and begins an empty
   * vault. Only the person decides that: another build or a restored profile
   * might still bring the key back.
   */
  async startAnew(): Promise<void> {
    if (state.at !== 'key-lost') return;
    await database.within(['keys', 'entries'], 'readwrite', (on) => {
      on('keys').clear();
      on('entries').clear();
      return undefined;
    });
    key = null;
    await vault.open();
  },

  /** destroy takes an entry away for good; there is no undo. */
  async destroy(id: string): Promise<void> {
    await alone(() => database.remove('entries', id));
    if (state.at === 'open') {
      became(
        state.entries.filter((entry) => entry.id !== id),
        state.damaged,
      );
    }
    others.postMessage(null);
  },
};

// What was thrown away a month ago is gone.
async function sweep(): Promise<void> {
  const now = Date.now();
  for (const { id, deleted } of vault.deleted) {
    if (deleted !== null && now - deleted > deletedFor) await vault.destroy(id);
  }
}
