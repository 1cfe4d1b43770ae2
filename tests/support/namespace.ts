import { randomBytes } from 'node:crypto';
import type { Client, DataConverter } from '@temporalio/client';
import { connectClient, ensureNamespaceReady, type TemporalTarget } from '../../runtime/temporal.ts';
import { testServer } from './servers.ts';

export interface TestNamespace {
  /** For `connectClient`, `connectWorker` and `loadConfig`. */
  target: TemporalTarget;
  address: string;
  namespace: string;
  client: Client;
  close(): Promise<void>;
}

/**
 * A fresh namespace with Cairn's search attributes on the Temporal of this test run, so that fixed queue names do not collide. The
 * client writes and reads as `dataConverter` has it.
 */
export async function createTestNamespace(dataConverter?: DataConverter): Promise<TestNamespace> {
  const { address } = await testServer('temporal');
  const namespace = `test-${randomBytes(6).toString('hex')}`;
  const target = { address, namespace, tls: undefined, apiKey: undefined, metadata: undefined };
  const client = await connectClient(target, undefined, dataConverter);
  await ensureNamespaceReady(client);
  return { target, address, namespace, client, close: () => client.connection.close() };
}
