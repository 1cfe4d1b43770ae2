import { afterAll, beforeAll, expect } from 'vitest';
import { createClient, type Client } from '../../../api/client.ts';
import { allEndpoints } from '../../../contracts/http/index.ts';
import { credentials } from '../../../contracts/http/credentials.ts';
import { deviceImport } from '../../../contracts/http/device-import.ts';
import { startSimulator, type Simulator } from '../../../simulator/simulator.ts';
import { ADMIN_TOKEN, createInstallation, startProgram, type Installation, type Program } from '../programs.ts';

/** An installation with an API, a worker and twelve simulated devices it knows. */
export interface DiscoveryLab {
  simulator: Simulator;
  /** As admin. */
  client: Client;
  /** Names of the devices, in order, and their ids. */
  names: string[];
  ids: Map<string, string>;
  /** A request as admin. */
  fetch: (path: string) => Promise<Response>;
  /** Reads and holds the answer against its contract. */
  checked: <T = unknown>(path: string) => Promise<T>;
}

/** Sets it up before the tests of a file and takes it down after them; `host` is an address of loopback of their own. */
export function useDiscoveryLab(host: string): DiscoveryLab {
  let installation: Installation | undefined;
  let simulator: Simulator | undefined;
  const programs: Program[] = [];
  let url = '';
  const request = (path: string) => fetch(`${url}${path}`, { headers: { Authorization: `Bearer ${ADMIN_TOKEN}` } });
  const lab = { fetch: request, checked: <T>(path: string) => checked<T>(path, request) } as DiscoveryLab;

  beforeAll(async () => {
    [installation, simulator] = await Promise.all([
      createInstallation(),
      startSimulator({ devices: 12, platforms: ['cisco_ios'], host }),
    ]);
    const { env } = installation;
    programs.push(...(await Promise.all([startProgram('api/server.ts', env), startProgram('worker.ts', env)])));
    url = String(programs[0]!.ready.url);
    const client = createClient({ baseUrl: url, token: ADMIN_TOKEN });
    const [first] = simulator.devices;
    const { username, password, enable_password } = first!;
    await client.call(credentials.createCredential, { body: { name: 'lab', username, password, enable_password } });
    const devices = simulator.devices.map(({ name, host, port, platform }) => ({
      name,
      host,
      port,
      platform,
      credential: 'lab',
    }));
    const { body } = await client.call(deviceImport.importDevices, { body: { devices } });
    expect(body.failed).toEqual([]);
    const ids = new Map(body.items.map(({ id, name }) => [name, id]));
    Object.assign(lab, { simulator, client, ids, names: simulator.devices.map((device) => device.name) });
  });
  afterAll(async () => {
    for (const program of programs) await program.stop();
    await simulator?.stop();
    await installation?.stop();
  });
  return lab;
}

async function checked<T>(path: string, request: (path: string) => Promise<Response>): Promise<T> {
  const response = await request(path);
  const body: T = JSON.parse(await response.text());
  const { endpoint } = allEndpoints().find(({ endpoint }) => {
    const pattern = new RegExp(`^${endpoint.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    return endpoint.method === 'GET' && pattern.test(path.split('?')[0]!);
  })!;
  const schema = endpoint.responses[response.status];
  if (schema === undefined || schema === null || 'media' in schema)
    throw new Error(`${path}: ${response.status} ${JSON.stringify(body)}`);
  expect(schema.parse(body)).toEqual(body);
  return body;
}
