/** The house's rules on who may import whom; see CONTRIBUTING.md. */
module.exports = {
  forbidden: [
    {
      name: 'core-imports-only-core',
      comment: 'The core is framework-free: no package, no node module, no other layer. Its tests may import anything.',
      severity: 'error',
      from: { path: '^core/', pathNot: '[.]test[.]ts$' },
      to: { pathNot: '^core/' },
    },
    {
      name: 'adapters-import-core',
      comment: 'Adapters know the core and themselves, never the infrastructure.',
      severity: 'error',
      from: { path: '^adapters/', pathNot: '[.]test[.]ts$' },
      to: { path: '^(infrastructure|bin|migrations|test)/' },
    },
    {
      name: 'infrastructure-imports-core',
      comment: 'Infrastructure knows the core and itself, never the adapters. Only the container sees everything.',
      severity: 'error',
      from: { path: '^infrastructure/', pathNot: '^infrastructure/container/|[.]test[.]ts$' },
      to: { path: '^(adapters|bin|test)/' },
    },
    {
      name: 'only-bin-and-tests-see-the-container',
      severity: 'error',
      from: { pathNot: '^(bin|test|bench)/|^infrastructure/container/|[.]test[.]ts$' },
      to: { path: '^infrastructure/container/' },
    },
    {
      name: 'http-and-cli-apart',
      comment: 'The two front doors share operations, not each other.',
      severity: 'error',
      from: { path: '^adapters/(http|cli)/', pathNot: '[.]test[.]ts$' },
      to: { path: '^adapters/(http|cli)/', pathNot: '^adapters/$1/' },
    },
    {
      name: 'operations-know-no-door',
      severity: 'error',
      from: { path: '^adapters/operations/' },
      to: { path: '^adapters/(http|cli)/' },
    },
    {
      name: 'nothing-imports-bench',
      comment: 'What measures the product is no part of it.',
      severity: 'error',
      from: { pathNot: '^bench/' },
      to: { path: '^bench/' },
    },
    { name: 'no-file-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-folder-cycles', severity: 'error', scope: 'folder', from: { path: '^core/' }, to: { circular: true } },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-dev-dependency-in-the-product',
      severity: 'error',
      from: {
        path: '^(core|adapters|infrastructure|bin|migrations)/',
        pathNot: '[.](test|contract)[.]ts$|test-support',
      },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
    // Tests may import anything, so they would only hide what the product itself does.
    exclude: { path: '^dist|[.]test[.]ts$|^test/|^infrastructure/contracts/' },
  },
};
