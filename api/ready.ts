import type { ApiDeps } from './deps.ts';

/** How long each server may take to answer. */
const DEADLINE_MS = 2000;

interface Check {
  ok: boolean;
  /** What is wrong, without addresses or names of users; null if nothing is. */
  error: string | null;
}

/** Asks PostgreSQL and Temporal whether they are there. */
export async function checkReady(deps: ApiDeps): Promise<{ postgresql: Check; temporal: Check }> {
  const [postgresql, temporal] = await Promise.all([
    check(deps, 'postgresql', async () => {
      await deps.database.sql`select 1`;
    }),
    check(deps, 'temporal', () =>
      deps.temporal.connection.withDeadline(Date.now() + DEADLINE_MS, async () => {
        await deps.temporal.workflowService.describeNamespace({ namespace: deps.namespace });
      }),
    ),
  ]);
  return { postgresql, temporal };
}

async function check(deps: ApiDeps, name: string, ask: () => Promise<void>): Promise<Check> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${DEADLINE_MS} ms`)), DEADLINE_MS);
  });
  try {
    await Promise.race([ask(), late]);
    return { ok: true, error: null };
  } catch (error) {
    deps.log.warn({ err: error, server: name }, 'not ready');
    return { ok: false, error: reasonOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'does not answer';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  const details = 'details' in error && typeof error.details === 'string' ? error.details : '';
  return details !== '' && !/\d+\.\d+\.\d+\.\d+|::/.test(details)
    ? details
    : (code ?? (error.message.startsWith('no answer') ? error.message : 'does not answer'));
}
