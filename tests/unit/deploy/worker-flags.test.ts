import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { programArguments, WORKER_FLAGS } from '../../../runtime/embedded/paths.ts';

const command = ['node', ...WORKER_FLAGS, 'dist/worker.js'];

test('a worker gets the same options of V8 wherever it is started', () => {
  const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
    services: Record<string, { command?: string[] }>;
  };
  expect(compose.services['worker']?.command).toEqual(command);

  const manifests = parseAllDocuments(readFileSync('deploy/kubernetes/worker.yaml', 'utf8')).map(
    (document): { kind: string; spec: { template: { spec: { containers: { command: string[] }[] } } } } => document.toJS(),
  );
  const deployment = manifests.find(({ kind }) => kind === 'Deployment');
  expect(deployment?.spec.template.spec.containers.map((container) => container.command)).toEqual([command]);

  // Plain Node that runs before there are packages, and so imports nothing of ours.
  const [, flags] = /worker: \{[^}]*flags: \[([^\]]*)\]/.exec(readFileSync('scripts/run.mjs', 'utf8')) ?? [];
  expect(flags?.split(',').map((flag) => flag.trim().replaceAll("'", ''))).toEqual(WORKER_FLAGS);

  expect(programArguments('worker.ts')).toEqual([
    ...WORKER_FLAGS,
    '--import',
    expect.any(String),
    expect.stringMatching(/worker\.ts$/),
  ]);
  expect(programArguments('api/server.ts')[0]).toBe('--import');
});

test('this Node knows them, and they make the young generation large', () => {
  const script = "process.stdout.write(String(require('node:v8').getHeapStatistics().heap_size_limit))";
  const limit = (flags: string[]): number =>
    Number(execFileSync(process.execPath, [...flags, '-e', script], { encoding: 'utf8' }));
  expect(limit(WORKER_FLAGS)).toBeGreaterThan(limit([]));
});
