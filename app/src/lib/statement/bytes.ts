// Bytes as they travel: base64url without padding (RFC 4648 §5).

export type Bytes = Uint8Array<ArrayBuffer>;

export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

export function toBase64url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/**
 * fromBase64url reads what toBase64url spells and nothing else: padding, spaces
 * and left-over bits make it null. One run of bytes has one spelling.
 */
export function fromBase64url(wire: string): Bytes | null {
  if (!/^[A-Za-z0-9_-]*$/.test(wire) || wire.length % 4 === 1) return null;
  const binary = atob(wire.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  return toBase64url(bytes) === wire ? bytes : null;
}

/** digestBytes is the base64url SHA-256, as statements carry keys, contexts and bodies. */
export async function digestBytes(bytes: Uint8Array): Promise<string> {
  // A copy: WebCrypto takes no bytes that another thread may change meanwhile.
  return toBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))));
}

export async function digestText(text: string): Promise<string> {
  return digestBytes(utf8(text));
}
