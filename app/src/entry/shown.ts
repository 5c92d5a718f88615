import type { Held } from '../vault/vault.svelte';

// How entries and their codes are shown: pure, so that it can be tested.

/** groupCode spells a code in groups that the eye keeps: 492 031, 1234 5678. */
export function groupCode(code: string): string {
  const { length } = code;
  if (!/^\d+$/.test(code) || length < 6) return code;
  const first = length === 10 ? 3 : Math.floor(length / 2);
  const groups =
    length === 10
      ? [code.slice(0, 3), code.slice(3, 6), code.slice(6)]
      : [code.slice(0, first), code.slice(first)];
  return groups.join(' ');
}

/** hiddenCode has the length of a code and none of its letters. */
export function hiddenCode(digits: number): string {
  return groupCode('0'.repeat(digits)).replace(/0/g, '•');
}

// The next code is shown when the one before it may end while it is typed.
export const nextFrom = 10;

export type Order = 'name' | 'newest';

type Named = Pick<Held, 'issuer' | 'label' | 'note' | 'tags' | 'pinned' | 'created'>;

function fold(words: string): string {
  return words
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
}

/** matches: each word of the search begins or stands within something the entry is known by. */
export function matches(entry: Named, search: string, tag: string | null): boolean {
  if (tag !== null && !entry.tags.includes(tag)) return false;
  const known = fold([entry.issuer, entry.label, entry.note, ...entry.tags].join('\n'));
  return fold(search)
    .split(/\s+/)
    .every((word) => known.includes(word));
}

/** nameOf is what an entry is called first. */
export function nameOf({ issuer, label }: Pick<Held, 'issuer' | 'label'>): string {
  return issuer === '' ? label : issuer;
}

/** inOrder puts the pinned first; names compare as people of the language do. */
export function inOrder<T extends Named>(
  entries: readonly T[],
  order: Order,
  language: string,
): T[] {
  const compare = new Intl.Collator(language, { numeric: true, sensitivity: 'base' }).compare;
  return [...entries].sort((a, b) => {
    if (a.pinned !== b.pinned) return a.pinned ? -1 : 1;
    if (order === 'newest') return b.created - a.created;
    return compare(nameOf(a), nameOf(b)) || compare(a.label, b.label) || a.created - b.created;
  });
}

/** tidyTags reads tags as typed, between commas: each once, none empty. */
export function tidyTags(typed: string): string[] {
  const tags = typed
    .split(/[,，、]/)
    .map((tag) => tag.replace(/\s+/g, ' ').trim())
    .filter((tag) => tag !== '');
  return [...new Set(tags)].slice(0, 20);
}
