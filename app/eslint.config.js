import svelte from 'eslint-plugin-svelte';
import { defineConfig, globalIgnores } from 'eslint/config';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default defineConfig([
  globalIgnores(['dist/', 'node_modules/']),
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    rules: {
      'no-console': 'error',
      'no-eval': 'error',
      'max-lines': ['error', 400],
      eqeqeq: 'error',
      'svelte/no-at-html-tags': 'error',
      // The page's policy refuses style attributes.
      'svelte/no-inline-styles': ['error', { allowTransitions: true }],
      // Maps and sets here are replaced whole in $state.raw, never changed in place.
      'svelte/prefer-svelte-reactivity': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
]);
