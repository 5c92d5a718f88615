import { IntlMessageFormat } from 'intl-messageformat';
import en from '../words/en.json';

// Every sentence of the app lives in src/words/<language>.json, as ICU
// messages; English is the one each other is held to (words.test.ts).

export type Sentence = keyof typeof en;
type Language = Partial<Record<Sentence, string>>;
type Values = Record<string, string | number>;

const others: Record<string, () => Promise<{ default: Language }>> = import.meta.glob<{
  default: Language;
}>(['../words/*.json', '!../words/en.json']);

const fromRight = new Set(['ar', 'fa', 'he', 'ur']);

interface Spoken {
  code: string;
  sentences: Language;
}

let spoken = $state.raw<Spoken>({ code: 'en', sentences: en });
let formats = new Map<Sentence, IntlMessageFormat>();

/** say returns a sentence in the person's language, or in English where that has none. */
export function say(sentence: Sentence, values?: Values): string {
  const own = spoken.sentences[sentence];
  let format = formats.get(sentence);
  if (format === undefined) {
    format = new IntlMessageFormat(
      own ?? en[sentence],
      own === undefined ? 'en' : spoken.code,
      undefined,
      // A name that holds a "<" is a name: no sentence has markup in it.
      { ignoreTag: true },
    );
    formats.set(sentence, format);
  }
  return String(format.format(values));
}

/** language is the BCP 47 code that dates and numbers are written in. */
export function language(): string {
  return spoken.code;
}

/** speak loads the first of the wished languages that the app knows. */
export async function speak(wished: readonly string[]): Promise<void> {
  for (const wish of wished) {
    const code = wish.toLowerCase().split('-')[0] ?? '';
    if (code === 'en') {
      become({ code: 'en', sentences: en });
      return;
    }
    const load = others[`../words/${code}.json`];
    if (load === undefined) continue;
    become({ code, sentences: (await load()).default });
    return;
  }
}

function become(next: Spoken): void {
  formats = new Map();
  spoken = next;
  document.documentElement.lang = next.code;
  document.documentElement.dir = fromRight.has(next.code) ? 'rtl' : 'ltr';
}
