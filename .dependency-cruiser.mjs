/**
 * The layers of `src`, from the top down: a folder imports only from folders of lower lines, and those of one line never
 * from each other. Types count as well: what two layers share is in the lower one.
 */
const LAYERS = [
  ['cli'],
  ['index'],
  ['check', 'init', 'monitor', 'report', 'benchmark', 'adopt', 'full-rollback'],
  ['backup', 'cutover'],
  ['verbs'],
  ['unify', 'plan', 'explain'],
  ['derived'],
  ['verify'],
  ['sync'],
  ['batches'],
  ['control'],
  ['context'],
  // The files that name a project; what is beside them knows that project's names, and nobody else imports them.
  ['default-phases'],
  ['default-project'],
  ['redditharbor'],
  ['consolidation'],
  ['guard', 'load', 'referrers'],
  ['capture', 'transform', 'extract'],
  ['ledger'],
  ['reports'],
  ['project', 'declare'],
  ['mapping'],
  ['legacy', 'old-names', 'copy-binary'],
  ['types', 'keys'],
  ['db'],
  ['connection', 'files', 'format'],
  ['errors'],
];

/** Matches the files of some folders, and the files of `src` itself that have their names. */
const within = (folders) => `^src/(?:${folders.join('|')})(?:/|[.]ts$)`;

/** What may import them only. */
const ONLY = {
  embedded: ['embedded', 'cli', 'check'],
  redditharbor: ['redditharbor', 'default-project'],
};

export default {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'Two files that import each other are one file, or share a third one below them.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...LAYERS.flatMap((layer, index) =>
      layer.map((folder) => ({
        name: `${folder}-imports-down`,
        comment: `${folder} imports from the layers below it (.dependency-cruiser.mjs).`,
        severity: 'error',
        from: { path: within([folder]) },
        to: {
          path: '^src/',
          pathNot: within([folder, 'embedded', ...LAYERS.slice(index + 1).flat()]),
        },
      })),
    ),
    ...Object.entries(ONLY).map(([folder, importers]) => ({
      name: `${folder}-is-apart`,
      comment: `Only ${importers.slice(1).join(' and ')} may import ${folder}.`,
      severity: 'error',
      from: { path: '^src/', pathNot: within(importers) },
      to: { path: within([folder]) },
    })),
    {
      name: 'embedded-is-apart-below',
      comment: 'The embedded server knows errors and files alone.',
      severity: 'error',
      from: { path: within(['embedded']) },
      to: { path: '^src/', pathNot: within(['embedded', 'errors', 'files']) },
    },
    {
      name: 'every-folder-has-a-layer',
      comment: 'A new folder of src gets its line in .dependency-cruiser.mjs.',
      severity: 'error',
      from: { path: '^src/', pathNot: within([...LAYERS.flat(), 'embedded']) },
      to: {},
    },
    {
      name: 'nothing-from-outside',
      comment: 'The library imports no test, fixture, benchmark or example; the demo alone makes fixtures.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/demo/' },
      to: { path: '^(?:test|fixtures|bench|examples)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
