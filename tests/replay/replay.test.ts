import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadSettings } from '../../runtime/config.ts';
import { createDataConverter } from '../../runtime/data-converter.ts';
import { workflowBundle } from '../../runtime/workflow-bundle.ts';
import { HISTORY_KEY, SCENARIOS } from './scenarios.ts';

const FOLDER = fileURLToPath(new URL('../histories', import.meta.url));
const NAMES = Object.keys(SCENARIOS);

interface Recorded {
  events: { eventType: string; workflowExecutionStartedEventAttributes?: { workflowType: { name: string } } }[];
}

let histories: Map<string, Recorded>;
let bundle: WorkflowBundleOption;

beforeAll(async () => {
  // The wrong workflow is told of in the log as well.
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'ERROR', other: 'ERROR' } } },
  });
  bundle = await workflowBundle(loadSettings(process.env).cacheDir);
  const read = async (name: string): Promise<[string, Recorded]> => [
    name,
    JSON.parse(await readFile(join(FOLDER, `${name}.json`), 'utf8')),
  ];
  histories = new Map(await Promise.all(NAMES.map(read)));
});

/** Replays a history; null, or why it cannot be. */
async function replay(workflowBundle: WorkflowBundleOption, name: string, key = HISTORY_KEY): Promise<Error | null> {
  const dataConverter = createDataConverter({ keys: { current: key, previous: [] } });
  // A fresh copy: the SDK changes what it is given.
  const history: unknown = structuredClone(histories.get(name));
  const results = Worker.runReplayHistories({ workflowBundle, dataConverter }, [{ history, workflowId: name }]);
  for await (const result of results) return result.error ?? null;
  throw new Error('nothing was replayed');
}

describe('recorded histories', () => {
  it('are those of the scenarios, and show what they are about', async () => {
    expect((await readdir(FOLDER)).sort()).toEqual(NAMES.map((name) => `${name}.json`).sort());
    for (const name of NAMES) {
      const types = histories.get(name)!.events.map((event) => event.eventType.replace('EVENT_TYPE_', ''));
      for (const [type, least] of Object.entries(SCENARIOS[name]!.shows)) {
        expect([name, type, types.filter((one) => one === type).length >= least]).toEqual([name, type, true]);
      }
    }
  });

  it.each(NAMES)('%s: the workflows of today do what was done then', async (name) => {
    expect(await replay(bundle, name)).toBeNull();
  });

  it('an encrypted one is encrypted, and another key does not replay it', async () => {
    const [started] = histories.get('sealed')!.events;
    expect(JSON.stringify(started)).toContain(Buffer.from('binary/encrypted').toString('base64'));
    expect(JSON.stringify(started)).not.toContain(Buffer.from('job_id').toString('base64').slice(0, -4));
    const error = await replay(bundle, 'sealed', Buffer.alloc(32, 1));
    expect(error).toBeInstanceOf(Error);
  });

  it('a workflow that was changed is found out by each of them', async () => {
    const workflowsPath = fileURLToPath(new URL('./wrong-workflow.ts', import.meta.url));
    const wrong = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
    for (const name of NAMES) {
      const changed =
        histories.get(name)!.events[0]!.workflowExecutionStartedEventAttributes!.workflowType.name !== 'reparseTopology';
      const error = await replay(wrong, name);
      if (changed) expect([name, error instanceof DeterminismViolationError]).toEqual([name, true]);
      else expect([name, error]).toEqual([name, null]);
    }
  });
});
