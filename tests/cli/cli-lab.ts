import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Endpoint } from '../../contracts/endpoint.ts';
import { COMMANDS } from '../../cli/commands/index.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, type ApiProcess, type Cluster } from '../support/cluster.ts';
import { runCli, type Ran } from './run.ts';

/** First words of the commands that commands.test.ts tries; keeping.test.ts tries all others. */
const COLLECTING = new Set('devices discover topology collect history show-config diff search jobs dead-letters'.split(' '));
/** Tried in bulk.test.ts, and what else is tried in other files. */
const BULK = ['jobs priority', 'jobs items', 'groups cancel', 'devices bulk'];
const ELSEWHERE = new Set(['jobs pause', 'jobs resume', 'jobs cancel', 'record', 'completion', ...BULK]);

export interface CliLab {
  simulator: Simulator;
  api: ApiProcess;
  folder: string;
}

/** A cluster with four simulated devices at `host`, set up before the tests of a file, and commands that ask it. */
export function useCliLab(host: string) {
  const lab = {} as CliLab;
  let cluster: Cluster | undefined;
  const tried = new Set<string>();

  beforeAll(async () => {
    [cluster, lab.simulator, lab.folder] = await Promise.all([
      startCluster(),
      startSimulator({ devices: 4, platforms: ['cisco_ios'], host }),
      mkdtemp(join(tmpdir(), 'cairn-cli-')),
    ]);
    [lab.api] = await Promise.all([cluster.startApi(), cluster.startWorker()]);
    await cluster.database.sql`insert into collection_groups (id, name, queue_id) values (${uuidv7()}, 'branch', 'b1')`;
    await cluster.addDevices(lab.simulator.devices);
  });
  afterAll(async () => {
    await cluster?.stop();
    await lab.simulator?.stop();
    await rm(lab.folder, { recursive: true, force: true });
  });

  const env = (): Record<string, string> => ({ CAIRN_URL: lab.api.url, CAIRN_TOKEN: lab.api.token });
  const run = (...args: string[]): Promise<Ran> => {
    tried.add(COMMANDS.find(({ name }) => `${args.join(' ')} `.startsWith(`${name} `))?.name ?? args[0]!);
    return runCli(args, { env: env(), cwd: lab.folder });
  };
  return {
    lab,
    env,
    /** As admin, in the folder. */
    run,
    /** The JSON that a command prints, which must be one document of the contract. */
    json: async <S extends z.ZodType>(schema: S, ...args: string[]): Promise<z.output<S>> => {
      const ran = await run(...args, '--json');
      expect([args, ran.code, ran.err]).toEqual([args, 0, '']);
      return schema.parse(JSON.parse(ran.out));
    },
    /** Commands that were run, and those that a test ran in another way and added. */
    tried,
    /** The commands that this half should have tried and did not. */
    untried: (half: 'collecting' | 'keeping'): string[] =>
      COMMANDS.map(({ name }) => name).filter(
        (name) => COLLECTING.has(name.split(' ')[0]!) === (half === 'collecting') && !tried.has(name) && !ELSEWHERE.has(name),
      ),
  };
}

export const of = (endpoint: Endpoint, status = 200): z.ZodType => endpoint.responses[status] as z.ZodType;
