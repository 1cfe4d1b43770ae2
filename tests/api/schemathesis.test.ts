import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allEndpoints } from '../../contracts/http/index.ts';
import type { Role } from '../../core/roles.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, type ApiProcess, type Cluster } from '../support/cluster.ts';
import { addKnown, type Known } from './support/known.ts';
import { ensureSchemathesis, NoSchemathesis, runSchemathesis } from './support/schemathesis.ts';
import { COMMON, schemathesisConfig } from './support/schemathesis-config.ts';

const ROLES = ['viewer', 'operator', 'admin'] as const;
/** For one role: some 20 on a quiet machine. */
const SECONDS = 150;

const home = await ensureSchemathesis().catch((error: unknown) => {
  if (error instanceof NoSchemathesis) return error;
  throw error;
});
const missing = home instanceof NoSchemathesis ? ` (skipped: ${home.message})` : '';

let simulator: Simulator;
let cluster: Cluster;
let api: ApiProcess;
let known: Record<string, Known>;
const tokens = new Map<Role, string>();

async function send<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(`${api.url}${path}`, {
    method,
    headers: { Authorization: `Bearer ${api.token}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
  const answer: T = JSON.parse(text);
  return answer;
}

beforeAll(async () => {
  if (typeof home !== 'string') return;
  [simulator, cluster] = await Promise.all([startSimulator({ devices: 3, seed: 7, host: '127.46.0.1' }), startCluster()]);
  // Whatever address is made up, nothing is sent beyond this machine: see `body.url` of the configuration.
  api = await cluster.startApi({ CAIRN_WEBHOOK_ALLOW_PRIVATE: 'true', CAIRN_RATE_LIMIT: '0' });
  known = await addKnown(cluster, simulator, send);
  for (const role of ROLES) {
    // One of them is a person, who may make tokens of his own.
    const user =
      role === 'operator' ? { user: (await send<{ id: string }>('POST', '/api/users', { name: 'someone', role })).id } : {};
    const { secret } = await send<{ secret: string }>('POST', '/api/tokens', { name: `test-${role}`, role, ...user });
    tokens.set(role, secret);
  }
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
});

/** Answers so far, by `method route` and status, as the API counts them itself. */
async function answers(): Promise<Map<string, Map<number, number>>> {
  const text = await (await fetch(`${api.url}/metrics`)).text();
  const found = new Map<string, Map<number, number>>();
  for (const [, labels, count] of text.matchAll(/^\w*http_request_duration_seconds_count\{([^}]*)\} (\d+)$/gm)) {
    const label = Object.fromEntries([...labels!.matchAll(/(\w+)="([^"]*)"/g)].map((match) => [match[1], match[2]]));
    const name = `${label.method} ${label.route}`;
    const statuses = found.get(name) ?? new Map<number, number>();
    found.set(name, statuses.set(Number(label.status), Number(count)));
  }
  return found;
}

/** Operations that have answered with success as some role. */
const succeeded = new Set<string>();

describe.skipIf(missing !== '').sequential(`schemathesis${missing}`, () => {
  test.each(ROLES)('finds nothing as %s', { timeout: (SECONDS + 30) * 1000 }, async (role) => {
    const before = await answers();
    const config = schemathesisConfig(known, role);
    const { code, said } = await runSchemathesis(String(home), {
      url: api.url,
      token: tokens.get(role)!,
      config,
      seconds: SECONDS,
    });
    expect(code, said).toBe(0);
    const after = await answers();
    const untouched = allEndpoints().filter(({ operationId, endpoint }) => {
      const name = `${endpoint.method} ${endpoint.path.replaceAll(/\{(\w+)\}/g, ':$1')}`;
      const added = [...(after.get(name) ?? [])].filter(([status, count]) => count > (before.get(name)?.get(status) ?? 0));
      if (added.some(([status]) => status < 300)) succeeded.add(operationId);
      return added.length === 0;
    });
    expect(untouched.map(({ operationId }) => operationId)).toEqual([]);
  });

  test('got through to what is behind: most operations succeeded at least once', () => {
    const refused = allEndpoints().filter(({ operationId }) => !succeeded.has(operationId));
    expect(refused.length, refused.map(({ operationId }) => operationId).join(', ')).toBeLessThan(12);
  });

  test('finds an answer that is not as documented', { timeout: 90_000 }, async () => {
    const document = {
      openapi: '3.1.0',
      info: { title: 'wrong', version: '1' },
      paths: { '/wrong': { get: { responses: { 200: { description: 'never' } } } } },
    };
    const server = createServer((request, response) => {
      const asked = request.url === '/api/openapi.json';
      response.writeHead(asked ? 200 : 500, { 'Content-Type': 'application/json' }).end(JSON.stringify(asked ? document : {}));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no address');
    const url = `http://127.0.0.1:${address.port}`;
    const { code, said } = await runSchemathesis(String(home), { url, token: 'x', config: COMMON, seconds: 60 });
    server.closeAllConnections();
    server.close();
    expect(code).toBe(1);
    expect(said).toMatch(/Server error/);
    expect(said).toMatch(/Undocumented/);
  });
});
