import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, test } from 'vitest';
import vectors from '../../../vectors/otpauth.json';
import en from './en.json';

const languages = import.meta.glob<{ default: Record<string, string> }>('./*.json', {
  eager: true,
});

// The names of the values that a sentence takes in.
function values(sentence: string, language: string): string[] {
  const names = new Set<string>();
  const walk = (part: unknown): void => {
    if (Array.isArray(part)) part.forEach(walk);
    if (typeof part !== 'object' || part === null) return;
    const { type, value, ...rest } = part as { type?: number; value?: unknown };
    // Types 1 to 6 name a value; 0 is text and 7 is the number sign.
    if (typeof value === 'string' && type !== undefined && type > 0 && type < 7) names.add(value);
    Object.values(rest).forEach(walk);
  };
  walk(new IntlMessageFormat(sentence, language, undefined, { ignoreTag: true }).getAst());
  return [...names].sort();
}

describe.each(Object.entries(languages))('%s', (path, { default: sentences }) => {
  const language = /([a-z-]+)\.json$/.exec(path)?.[1] ?? '';

  test('says what English says, and nothing else', () => {
    expect(Object.keys(sentences).sort()).toEqual(Object.keys(en).sort());
  });

  test('takes in the same values', () => {
    for (const [name, sentence] of Object.entries(sentences)) {
      const english = (en as Record<string, string>)[name] ?? '';
      expect(values(sentence, language), name).toEqual(values(english, 'en'));
    }
  });

  test('has no exclamation marks', () => {
    expect(Object.entries(sentences).filter(([, sentence]) => /[!¡！]/.test(sentence))).toEqual([]);
  });
});

test('a refused link is told in the words of the vectors, as the terminal tells it', () => {
  const told = Object.fromEntries(
    Object.entries(en)
      .filter(([name]) => name.startsWith('link.'))
      .map(([name, sentence]) => [name.slice('link.'.length), sentence]),
  );
  expect(told).toEqual(vectors.sentences);
});
