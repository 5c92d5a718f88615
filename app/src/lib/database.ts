// The app's own store in the browser. It holds CryptoKeys as the browser keeps
// them: usable, never readable.

const name = 'countersign';
const version = 1;

export type Shelf = 'accounts' | 'entries' | 'keys' | 'settings';

/** Unreadable: the browser refuses its storage. Nothing is lost by that alone. */
export class Unreadable extends Error {
  override name = 'Unreadable';
}

// The stores of version 1. A later version adds; it copies and verifies before
// it takes anything away (check J5).
function lay(database: IDBDatabase): void {
  database.createObjectStore('accounts', { keyPath: ['issuer', 'device'] });
  database.createObjectStore('entries', { keyPath: 'id' });
  database.createObjectStore('keys', { keyPath: 'id' });
  database.createObjectStore('settings', { keyPath: 'id' });
}

let opened: Promise<IDBDatabase> | null = null;

function database(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    if (!('indexedDB' in globalThis)) {
      reject(new Unreadable('this browser has no indexedDB'));
      return;
    }
    const request = indexedDB.open(name, version);
    request.onupgradeneeded = (event) => {
      if (event.oldVersion === 0) lay(request.result);
    };
    request.onsuccess = () => {
      const result = request.result;
      // Another page of a newer build must be able to go on.
      result.onversionchange = () => {
        result.close();
        opened = null;
      };
      result.onclose = () => {
        opened = null;
      };
      resolve(result);
    };
    request.onerror = () => {
      reject(new Unreadable('the store does not open', { cause: request.error }));
    };
  });
  opened.catch(() => {
    opened = null;
  });
  return opened;
}

/** within runs one transaction; it is durable when the promise resolves. */
export async function within<T>(
  shelves: readonly Shelf[],
  mode: IDBTransactionMode,
  work: (shelf: (name: Shelf) => IDBObjectStore) => IDBRequest<T> | undefined,
): Promise<T | undefined> {
  const store = await database();
  return new Promise((resolve, reject) => {
    const fail = (fault: unknown): void => {
      reject(new Unreadable('the store does not answer', { cause: fault }));
    };
    try {
      const transaction = store.transaction(shelves, mode, { durability: 'strict' });
      const request = work((shelf) => transaction.objectStore(shelf));
      transaction.oncomplete = () => {
        resolve(request?.result);
      };
      transaction.onerror = () => {
        fail(transaction.error);
      };
      transaction.onabort = () => {
        fail(transaction.error);
      };
    } catch (fault) {
      fail(fault);
    }
  });
}

export async function all<T>(shelf: Shelf): Promise<T[]> {
  const found = await within<T[]>(
    [shelf],
    'readonly',
    (on) => on(shelf).getAll() as IDBRequest<T[]>,
  );
  return found ?? [];
}

export async function one<T>(shelf: Shelf, key: IDBValidKey): Promise<T | undefined> {
  return within<T>([shelf], 'readonly', (on) => on(shelf).get(key) as IDBRequest<T>);
}

export async function put(shelf: Shelf, value: object): Promise<void> {
  await within([shelf], 'readwrite', (on) => on(shelf).put(value));
}

export async function remove(shelf: Shelf, key: IDBValidKey): Promise<void> {
  await within([shelf], 'readwrite', (on) => {
    on(shelf).delete(key);
    return undefined;
  });
}
