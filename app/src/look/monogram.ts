// A drawing of our own for every account: letters of its name in one of six
// shades, the same on every phone. Nothing is fetched from anywhere.

/** initials are the first letters of the first two words, or the first letter. */
export function initials(name: string): string {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? [];
  const [first = '', second = ''] = words;
  const letters = [first, second].map((word) => Array.from(word)[0] ?? '').join('');
  return letters === '' ? '·' : letters.toLocaleUpperCase('en');
}

/** shade is 0 to 5, by FNV-1a over the name. */
export function shade(name: string): number {
  let hash = 0x811c9dc5;
  for (const letter of name.toLowerCase()) {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  }
  return (hash >>> 0) % 6;
}
