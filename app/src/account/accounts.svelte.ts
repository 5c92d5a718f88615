import { usable } from '../device/key';
import * as database from '../lib/database';
import { makeKeyPair } from '../lib/statement';
import { keyOf, type Account, type AccountKey } from './account';

// The list as this browser keeps it. A list that cannot be read is told as
// unreadable; it is never shown as "no accounts".

export type Accounts =
  | { at: 'opening' }
  | { at: 'open'; list: readonly Account[] }
  | { at: 'unreadable'; cause: string };

let accounts = $state.raw<Accounts>({ at: 'opening' });

function become(list: readonly Account[]): void {
  accounts = { at: 'open', list };
}

export const shelf = {
  get state(): Accounts {
    return accounts;
  },

  get list(): readonly Account[] {
    return accounts.at === 'open' ? accounts.list : [];
  },

  find(key: AccountKey): Account | undefined {
    return shelf.list.find((account) => keyOf(account) === key);
  },

  async open(): Promise<void> {
    try {
      const found = await database.all<Account>('accounts');
      const list = found
        .map((account) => ({ ...account, key: usable(account.key) ? account.key : null }))
        .sort((a, b) => a.enrolled - b.enrolled);
      become(list);
    } catch (fault) {
      const cause = fault instanceof Error && fault.cause instanceof Error ? fault.cause : fault;
      accounts = {
        at: 'unreadable',
        cause: cause instanceof Error ? cause.message : String(cause),
      };
    }
  },

  /**
   * tryStore finds out whether a key can be kept here, before a code is spent
   * on one that cannot; and asks the browser not to clear what it keeps.
   */
  async tryStore(): Promise<void> {
    const { secret } = await makeKeyPair();
    await database.put('keys', { id: 'trial', secret });
    const kept = await database.one<{ secret: unknown }>('keys', 'trial');
    await database.remove('keys', 'trial');
    if (!usable(kept?.secret)) throw new database.Unreadable('a key does not come back');
    askToPersist();
  },

  /** keep writes an account through to the store before the list shows it. */
  async keep(account: Account): Promise<void> {
    await database.put('accounts', account);
    const key = keyOf(account);
    const others = shelf.list.filter((one) => keyOf(one) !== key);
    become([...others, account].sort((a, b) => a.enrolled - b.enrolled));
  },

  /** forget takes an account and its key from this browser for good. */
  async forget(account: Account): Promise<void> {
    await database.remove('accounts', [account.issuer, account.device]);
    const key = keyOf(account);
    become(shelf.list.filter((one) => keyOf(one) !== key));
  },
};

// Some browsers ask the person, and one never answers: nothing waits for it.
function askToPersist(): void {
  (navigator.storage as StorageManager | undefined)?.persist().catch(() => undefined);
}
