// Asks axe-core what stands in the way of people, in whichever browser.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { RunOptions } from 'axe-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// WCAG 2.2 AA, and what axe calls best practice. Contrast is in it.
const rules: RunOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  resultTypes: ['violations'],
  // Copying style sheets into a document of its own is what our policy refuses.
  preload: false,
};

/** Evaluates one expression in the page and gives its value; a promise is awaited. */
export type Evaluate = (expression: string) => Promise<unknown>;

// Only what is broken comes back, as sentences.
const ask = `axe.run(document, ${JSON.stringify(rules)}).then((results) => results.violations.map((rule) =>
  rule.id + ': ' + rule.help + ' (' + rule.nodes.map((node) => node.target.join(' ')).join('; ') + ')'))`;

/** Fails with each rule broken, and where. */
export async function assertAccessible(evaluate: Evaluate, page: string): Promise<void> {
  // The value of the source is axe itself, which no driver can spell out.
  await evaluate(`(() => { ${source} })()`);
  assert.deepEqual(await evaluate(ask), [], `${page} keeps somebody out`);
}
