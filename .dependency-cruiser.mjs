/** The import table of ARCHITECTURE.md as data: folder → what it may import. Everything not named is forbidden. */
const FOLDERS = [
  'core',
  'contracts',
  'workflows',
  'devices',
  'inventory',
  'artifacts',
  'topology',
  'drizzle',
  'stores',
  'runtime',
  'activities',
  'api',
  'web',
  'cli',
  'simulator',
  'bench',
  'tests',
];

export const TABLE = {
  core: [],
  contracts: ['core'],
  workflows: ['core'],
  devices: ['core'],
  inventory: ['core'],
  artifacts: ['core'],
  topology: ['core'],
  drizzle: ['core'],
  stores: ['core', 'drizzle'],
  runtime: ['core', 'contracts/settings'],
  activities: ['core', 'devices', 'topology', 'inventory', 'artifacts', 'stores', 'runtime'],
  api: ['core', 'contracts', 'topology', 'artifacts', 'stores', 'runtime'],
  web: ['core', 'contracts', 'api/client'],
  cli: ['core', 'contracts', 'api/client', 'devices'],
  simulator: ['core'],
};

/** Packages (and node built-ins) each folder may use; `null` = any. */
export const PACKAGES = {
  core: [],
  contracts: ['zod'],
  workflows: ['@temporalio/workflow'],
  topology: [],
  drizzle: ['drizzle-orm'],
  stores: ['drizzle-orm', 'postgres', 'uuid', 'node:'],
  devices: null,
  inventory: null,
  artifacts: null,
  runtime: null,
  activities: ['@temporalio/activity', 'node:'],
  api: null,
  web: null,
  cli: ['commander', 'string-width', 'node:'],
  simulator: null,
};

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

const folders = Object.entries(TABLE).map(([from, to]) => ({
  name: `${from}-folders`,
  comment: `${from} may import ${to.join(', ') || 'nothing'} (ARCHITECTURE.md, import table)`,
  severity: 'error',
  from: { path: `^${from}/` },
  to: {
    path: `^(${[...FOLDERS.map((name) => `${name}/`), 'worker\\.ts', 'scripts/'].join('|')})`,
    pathNot: `^(${[`${from}/`, ...to.map((name) => (name.includes('/') ? `${escape(name)}\\.ts$` : `${name}/`))].join('|')})`,
  },
}));

const packages = Object.entries(PACKAGES)
  .filter(([, allowed]) => allowed !== null)
  .map(([from, allowed]) => {
    const npm = allowed.filter((name) => name !== 'node:').map((name) => `node_modules/${escape(name)}(/|$)`);
    return {
      name: `${from}-packages`,
      comment: `${from} may use ${allowed.join(', ') || 'no package'} (ARCHITECTURE.md, import table)`,
      severity: 'error',
      from: { path: `^${from}/` },
      to: {
        dependencyTypes: [
          'npm',
          'npm-dev',
          'npm-peer',
          'npm-optional',
          'npm-no-pkg',
          'npm-unknown',
          ...(allowed.includes('node:') ? [] : ['core']),
        ],
        ...(npm.length > 0 ? { pathNot: `(${npm.join('|')})` } : {}),
      },
    };
  });

export default {
  forbidden: [
    ...folders,
    ...packages,
    {
      name: 'no-circular',
      severity: 'error',
      from: { path: `^(${FOLDERS.join('|')})/` },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'only-stores-use-drizzle',
      severity: 'error',
      from: { pathNot: '^(stores|drizzle|tests)/|^drizzle\\.config\\.ts$' },
      to: { path: 'node_modules/drizzle-orm/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(node_modules|dist|\\.cairn|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
