import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { programArguments, programEnvironment, WORKER_ENV, WORKER_FLAGS } from '../../../runtime/embedded/paths.ts';

interface Container {
  command: string[];
  env: { name: string; value?: string }[];
}

const command = ['node', ...WORKER_FLAGS, 'dist/worker.js'];

test('a worker gets the same options of V8 wherever it is started', () => {
  const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
    services: Record<string, { command?: string[]; environment: Record<string, string> }>;
  };
  expect(compose.services['worker']?.command).toEqual(command);
  expect(compose.services['worker']?.environment).toMatchObject(WORKER_ENV);

  const manifests = parseAllDocuments(readFileSync('deploy/kubernetes/worker.yaml', 'utf8')).map(
    (document): { kind: string; spec: { template: { spec: { containers: Container[] } } } } => document.toJS(),
  );
  const deployment = manifests.find(({ kind }) => kind === 'Deployment');
  expect(deployment?.spec.template.spec.containers.map((container) => container.command)).toEqual([command]);
  const variables = deployment?.spec.template.spec.containers.flatMap(({ env }) => env) ?? [];
  for (const [name, value] of Object.entries(WORKER_ENV)) expect(variables).toContainEqual({ name, value });

  // Plain Node that runs before there are packages, and so imports nothing of ours.
  const [, flags] = /worker: \{[^}]*flags: \[([^\]]*)\]/.exec(readFileSync('scripts/run.mjs', 'utf8')) ?? [];
  expect(flags?.split(',').map((flag) => flag.trim().replaceAll("'", ''))).toEqual(WORKER_FLAGS);

  const [, set] = /worker: \{[^}]*set: \{([^}]*)\}/.exec(readFileSync('scripts/run.mjs', 'utf8')) ?? [];
  expect(set?.trim()).toBe("MALLOC_ARENA_MAX: '2'");

  expect(programEnvironment('worker.ts')).toEqual({ MALLOC_ARENA_MAX: '2' });
  expect(programEnvironment('api/server.ts')).toEqual({});
  expect(programArguments('worker.ts')).toEqual([
    ...WORKER_FLAGS,
    '--import',
    expect.any(String),
    expect.stringMatching(/worker\.ts$/),
  ]);
  expect(programArguments('api/server.ts')[0]).toBe('--import');
});

test('this Node knows them: the young generation is never small, and the C library keeps to two heaps', () => {
  const script = `
    const { getHeapSpaceStatistics } = require('node:v8');
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    process.stdout.write(String(young.space_size));`;
  const size = (flags: string[]): number =>
    Number(execFileSync(process.execPath, [...flags, '-e', script], { encoding: 'utf8', env: WORKER_ENV }));
  expect(size(WORKER_FLAGS)).toBeGreaterThan(4 * size([]));
});
