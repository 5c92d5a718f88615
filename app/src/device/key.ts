/** usable tells a device key from what a browser hands back when it has lost one. */
export function usable(key: unknown): key is CryptoKey {
  return key instanceof CryptoKey && key.type === 'private' && key.usages.includes('sign');
}
