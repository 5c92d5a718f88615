// A browser may clear a page's storage: Safari after seven days without a
// visit, others when the disk is full. A mark in places that are cleared apart
// from the store tells a wiped app from a new one. It holds no name and no key.

const name = 'countersign-kept';
const cacheName = 'countersign-mark';
const address = '/app/mark';
const seconds = 400 * 24 * 60 * 60; // the longest a browser keeps a cookie

export async function leaveMark(): Promise<void> {
  document.cookie = `${name}=1; Max-Age=${String(seconds)}; Path=/app; SameSite=Strict${location.protocol === 'https:' ? '; Secure' : ''}`;
  try {
    localStorage.setItem(name, '1');
    const cache = await caches.open(cacheName);
    await cache.put(address, new Response('1'));
  } catch {
    // Each of them may be refused; one is enough.
  }
}

export async function markLeft(): Promise<boolean> {
  if (document.cookie.split('; ').includes(`${name}=1`)) return true;
  try {
    if (localStorage.getItem(name) !== null) return true;
    return (await caches.match(address)) !== undefined;
  } catch {
    return false;
  }
}

/** takeMark forgets: the person has read that the store was cleared, or emptied it themselves. */
export async function takeMark(): Promise<void> {
  document.cookie = `${name}=; Max-Age=0; Path=/app; SameSite=Strict`;
  try {
    localStorage.removeItem(name);
    await caches.delete(cacheName);
  } catch {
    // What could not be written cannot be there.
  }
}
