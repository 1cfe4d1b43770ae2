import { afterAll, beforeAll } from 'vitest';
import { startSimulator, type Simulator } from '../../../simulator/simulator.ts';
import { insertToken } from '../../../stores/tokens.ts';
import { startCluster, type ApiProcess, type Cluster } from '../../support/cluster.ts';
import type { Answered } from '../harness.ts';

/** What GET running-config answers. */
export interface RunningConfig {
  success: boolean;
  output: string | null;
  outcome: string | null;
  error: string | null;
  cached: boolean;
  collected_at: string | null;
  job_id: string | null;
}

interface BackupsLab {
  cluster: Cluster;
  simulator: Simulator;
  api: ApiProcess;
  /** Names of the devices, in order, and their ids. */
  names: string[];
  ids: Map<string, string>;
  /** Tokens of these roles. */
  viewer: string;
  operator: string;
}

/** A cluster with six simulated devices at `host`, set up before the tests of a file; `send` is as admin unless told otherwise. */
export function useBackupsLab(host: string) {
  const lab = {} as BackupsLab;

  beforeAll(async () => {
    [lab.cluster, lab.simulator] = await Promise.all([
      startCluster(),
      startSimulator({ devices: 6, seed: 3, platforms: ['cisco_ios'], host }),
    ]);
    lab.ids = await lab.cluster.addDevices(lab.simulator.devices);
    lab.names = lab.simulator.devices.map((device) => device.name);
    [lab.api] = await Promise.all([lab.cluster.startApi(), lab.cluster.startWorker()]);
    const token = async (role: 'viewer' | 'operator') =>
      (await insertToken(lab.cluster.database, { name: role, role, expires_at: null }, 'test')).secret;
    [lab.viewer, lab.operator] = await Promise.all([token('viewer'), token('operator')]);
  });

  afterAll(async () => {
    await lab.cluster?.stop();
    await lab.simulator?.stop();
  });

  async function send<T>(
    method: string,
    path: string,
    { body, as = lab.api.token, accept }: { body?: unknown; as?: string; accept?: string } = {},
  ): Promise<Answered<T>> {
    const response = await fetch(`${lab.api.url}/api${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${as}`,
        ...(accept === undefined ? {} : { Accept: accept }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
    const json: T = JSON.parse(isJson ? text : 'null');
    return { status: response.status, headers: response.headers, text, json };
  }

  return { lab, send };
}
