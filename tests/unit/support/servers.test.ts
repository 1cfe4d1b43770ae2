import { expect, test } from 'vitest';
import { connectClient } from '../../../runtime/temporal.ts';
import { SEARCH_ATTRIBUTES } from '../../../core/jobs.ts';
import { Connection } from '@temporalio/client';
import { createTestDatabase } from '../../support/database.ts';
import { createTestNamespace } from '../../support/namespace.ts';

test('each test database is a migrated copy of its own', async () => {
  const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  try {
    const tables = await one.sql<{ name: string }[]>`
      select table_name as name from information_schema.tables where table_schema = 'public'`;
    expect(tables.map((table) => table.name)).toEqual(expect.arrayContaining(['jobs', 'job_devices', 'devices']));
    await one.sql`create table only_here (id int)`;
    await expect(two.sql`select * from only_here`).rejects.toThrow('does not exist');
  } finally {
    await Promise.all([one.drop(), two.drop()]);
  }
});

test('a test namespace takes a workflow with every search attribute of Cairn at once', async () => {
  const own = await createTestNamespace();
  const { client, target } = own;
  const other = await connectClient(target);
  try {
    if (!(other.connection instanceof Connection)) throw new TypeError('not a Connection');
    const { customAttributes } = await other.connection.operatorService.listSearchAttributes({ namespace: target.namespace });
    expect(Object.keys(customAttributes ?? {})).toEqual(expect.arrayContaining([...SEARCH_ATTRIBUTES]));
    const handle = await client.workflow.start('nobody-runs-this', {
      workflowId: 'one',
      taskQueue: 'no-worker',
      searchAttributes: Object.fromEntries(SEARCH_ATTRIBUTES.map((name) => [name, ['value']])),
    });
    const { status } = await handle.describe();
    expect(status.name).toBe('RUNNING');
  } finally {
    await own.close();
    await other.connection.close();
  }
});
