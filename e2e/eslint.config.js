import { defineConfig, globalIgnores } from 'eslint/config';
import ts from 'typescript-eslint';

export default defineConfig([
  globalIgnores(['node_modules/', 'out/']),
  ...ts.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] } },
    },
    rules: {
      'max-lines': ['error', 400],
      eqeqeq: 'error',
      // A promise nobody awaits is a check that nobody reads.
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: 'test', package: 'node:test' }] },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      // A sleeping test is slow and still fails on a slower day: wait for what you expect.
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.property.name='waitForTimeout']",
          message: 'Wait for what you expect.',
        },
        {
          selector: "CallExpression[callee.name='setTimeout']",
          message: 'Wait for what you expect.',
        },
      ],
    },
  },
]);
