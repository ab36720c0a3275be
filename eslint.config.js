import tseslint from 'typescript-eslint';

/** The house's limit on a file; tests and migrations, which nobody reads as a whole, are exempt. */
const maxLines = ['error', { max: 250, skipBlankLines: false, skipComments: false }];

export default tseslint.config(
  { ignores: ['dist', 'node_modules'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // `const { secret, ...others } = all` leaves something out.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      'max-lines': maxLines,
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'No barrels: import the file you mean.' },
        { selector: 'ExportNamedDeclaration[source]', message: 'No barrels: import the file you mean.' },
      ],
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      // Node.js strips `type X` out of the braces and still loads the file; `import type` goes as a whole.
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/unbound-method': 'off', // use cases are functions in objects; there is no `this` to lose
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    ignores: ['bin/**', 'test/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'exit', message: 'Only bin ends the process.' },
      ],
    },
  },
  {
    files: ['**/*.test.ts', '**/*.contract.ts', 'test/**', 'migrations/**'],
    rules: { 'max-lines': 'off', '@typescript-eslint/no-unused-expressions': 'off' },
  },
  {
    files: ['*.config.ts', 'migrations/**'],
    rules: { 'no-restricted-exports': 'off' },
  },
);
