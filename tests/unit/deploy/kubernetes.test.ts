import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { SETTINGS, TEMPORAL_SETTINGS } from '../../../contracts/settings.ts';
import { COLLECTOR_QUEUE, JOBS_QUEUE } from '../../../core/queues.ts';
import { loadConfig } from '../../../runtime/config.ts';
import { WORKER_ENV } from '../../../runtime/embedded/paths.ts';

interface Container {
  name: string;
  image: string;
  command: string[];
  env: { name: string; value?: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }[];
  envFrom: { configMapRef: { name: string } }[];
  ports?: { name: string; containerPort: number }[];
  securityContext: Record<string, unknown>;
  volumeMounts: { name: string }[];
  [probe: `${string}Probe`]: { httpGet: { path: string; port: string } };
}

interface Manifest {
  kind: string;
  metadata: { name: string };
  data: Record<string, string>;
  spec: {
    selector: Record<string, unknown>;
    template: {
      metadata: { labels: object };
      spec: { containers: Container[]; volumes: { name: string }[]; securityContext: object };
    };
    scaleTargetRef: { name: string };
    triggers: { type: string; metadata: Record<string, string> }[];
    ports: { targetPort: string }[];
  };
}

const folder = 'deploy/kubernetes';
const manifests = readdirSync(folder).flatMap((name) => {
  const documents = parseAllDocuments(readFileSync(join(folder, name), 'utf8'));
  return documents.map((document) => {
    expect(document.errors).toEqual([]);
    const manifest: Manifest = document.toJS();
    return manifest;
  });
});
const named = (kind: string, name: string): Manifest => {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
};
const settings = named('ConfigMap', 'cairn-settings').data;
const SECRETS: Record<string, string> = {
  CAIRN_DATABASE_URL: 'postgres://u:p@h/d',
  CAIRN_SECRET_KEY: 'ab'.repeat(32),
  CAIRN_SECRET_KEY_PREVIOUS: '',
  CAIRN_ADMIN_TOKEN: 'token',
};

test.each(['cairn-api', 'cairn-worker'])('%s gets settings that exist and are valid, secrets from the Secret only', (name) => {
  const [container] = named('Deployment', name).spec.template.spec.containers;
  if (container === undefined) throw new Error('no container');
  const env: Record<string, string> = { ...settings };
  for (const { name: variable, value, valueFrom } of container.env) {
    expect(variable in SETTINGS || variable in TEMPORAL_SETTINGS || variable in WORKER_ENV).toBe(true);
    const isSecret = variable in SECRETS;
    expect([valueFrom?.secretKeyRef.name, valueFrom?.secretKeyRef.key]).toEqual(
      isSecret ? ['cairn-secrets', variable] : [undefined, undefined],
    );
    env[variable] = isSecret ? (SECRETS[variable] ?? '') : (value ?? '');
  }
  expect(Object.keys(settings).filter((key) => !(key in SETTINGS) && !(key in TEMPORAL_SETTINGS))).toEqual([]);
  expect(container.envFrom).toEqual([{ configMapRef: { name: 'cairn-settings' } }]);
  expect(loadConfig(env).temporal.address).toBe(settings['TEMPORAL_ADDRESS']);
});

test.each(['cairn-api', 'cairn-worker'])(
  '%s runs a program of the pinned image as an ordinary user on a read-only system',
  (name) => {
    const { template, selector } = named('Deployment', name).spec;
    const [container] = template.spec.containers;
    const { version }: { version: string } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(container?.image).toBe(`cairn:${version}`);
    expect(
      existsSync(
        container?.command
          .at(-1)
          ?.replace(/^dist\//, '')
          .replace(/\.js$/, '.ts') ?? '',
      ),
    ).toBe(true);
    expect(container?.securityContext).toMatchObject({
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
    expect(template.spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    expect(container?.volumeMounts.map((mount) => mount.name)).toEqual(template.spec.volumes.map((volume) => volume.name));
    expect(template.metadata.labels).toEqual(selector['matchLabels']);
  },
);

test('probes and the service lead to the port that the API listens on', () => {
  const [api] = named('Deployment', 'cairn-api').spec.template.spec.containers;
  expect(api?.ports).toEqual([{ name: 'http', containerPort: 8080 }]);
  expect(api?.env).toContainEqual({ name: 'CAIRN_HTTP_PORT', value: '8080' });
  expect(api?.['livenessProbe']?.httpGet).toEqual({ path: '/healthz', port: 'http' });
  expect(api?.['readinessProbe']?.httpGet).toEqual({ path: '/readyz', port: 'http' });
  expect(named('Service', 'cairn-api').spec.ports[0]?.targetPort).toBe('http');
  expect(named('Service', 'cairn-api').spec.selector).toEqual(named('Deployment', 'cairn-api').spec.template.metadata.labels);
});

test('workers are scaled on the backlog of the queues they serve, where they serve them', () => {
  const { scaleTargetRef, triggers } = named('ScaledObject', 'cairn-worker').spec;
  expect(scaleTargetRef.name).toBe(named('Deployment', 'cairn-worker').metadata.name);
  expect(triggers.map((trigger) => trigger.metadata['taskQueue'])).toEqual([COLLECTOR_QUEUE, JOBS_QUEUE]);
  for (const { type, metadata } of triggers) {
    expect([type, metadata['endpoint'], metadata['namespace']]).toEqual([
      'temporal',
      settings['TEMPORAL_ADDRESS'],
      settings['TEMPORAL_NAMESPACE'],
    ]);
  }
});
