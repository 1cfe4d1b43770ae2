import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, isGrpcServiceError, type DataConverter } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { AppError } from '../core/errors.ts';
import { SEARCH_ATTRIBUTES } from '../core/jobs.ts';
import type { TemporalSettings } from './config.ts';

export type TemporalTarget = Pick<TemporalSettings, 'namespace' | 'tls' | 'apiKey' | 'metadata'> & { address: string };

/** How long Temporal keeps a closed run. Cairn's own rows outlive it. */
const RETENTION = '7 days';
/** gRPC status codes. */
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;
const INVALID_ARGUMENT = 3;
/** `temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD` */
const KEYWORD = 2;

/**
 * A client on its own connection. Close with `client.connection.close()`. `dataConverter` (see `createDataConverter`) is needed where
 * it writes or reads what jobs are told and tell.
 * @throws AppError `temporal_unavailable` if the server does not answer within `timeoutMs`.
 */
export async function connectClient(
  target: TemporalTarget,
  timeoutMs = 10_000,
  dataConverter: DataConverter = {},
): Promise<Client> {
  const connection = await connect(target, timeoutMs);
  return new Client({ connection, namespace: target.namespace, dataConverter });
}

async function connect(target: TemporalTarget, timeoutMs: number): Promise<Connection> {
  const { address, tls, apiKey, metadata } = target;
  try {
    return await Connection.connect({
      address,
      connectTimeout: timeoutMs,
      ...(tls === undefined ? {} : { tls }),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(metadata === undefined ? {} : { metadata }),
    });
  } catch (cause) {
    throw new AppError('temporal_unavailable', `Temporal does not answer at ${address} (TEMPORAL_ADDRESS): ${reason(cause)}`, {
      cause,
    });
  }
}

/**
 * Registers the namespace if it is missing and the search attributes that it lacks, and returns when a job can be started with
 * them. Works on the dev server and on a production server; safe to run from many processes at once.
 * @throws AppError `temporal_unavailable` where the server does not allow it or it takes longer than `timeoutMs`.
 */
export async function ensureNamespaceReady(client: Client, timeoutMs = 60_000): Promise<void> {
  const { namespace } = client.options;
  const deadline = Date.now() + timeoutMs;
  try {
    await registerNamespace(client);
    // What is new is known to the other parts of a server only after their caches are read again (up to 10 s).
    for (;;) {
      const missing = await makeReady(client).catch((error: unknown) => {
        if (!hasCode(error, NOT_FOUND)) throw error;
        return error;
      });
      if (missing === null) return;
      if (Date.now() > deadline) throw missing;
      await sleep(500);
    }
  } catch (cause) {
    throw new AppError('temporal_unavailable', `The Temporal namespace "${namespace}" is not ready: ${reason(cause)}`, { cause });
  }
}

async function registerNamespace(client: Client): Promise<void> {
  const { namespace } = client.options;
  const service = client.workflowService;
  try {
    await service.describeNamespace({ namespace });
    return;
  } catch (error) {
    if (!hasCode(error, NOT_FOUND)) throw error;
  }
  try {
    await service.registerNamespace({ namespace, description: 'Cairn', workflowExecutionRetentionPeriod: msToTs(RETENTION) });
  } catch (error) {
    if (!hasCode(error, ALREADY_EXISTS)) throw error;
  }
}

/** Null once a workflow can be started with all search attributes, else an error that says what is missing. */
async function makeReady(client: Client): Promise<unknown> {
  const missing = await addSearchAttributes(client);
  if (missing !== null) return missing;
  try {
    // The attributes are listed before the part of the server that starts workflows knows them; a query needs what a start needs.
    const query = SEARCH_ATTRIBUTES.map((name) => `${name} = 'none'`).join(' OR ');
    await client.workflowService.countWorkflowExecutions({ namespace: client.options.namespace, query });
    return null;
  } catch (error) {
    if (hasCode(error, INVALID_ARGUMENT)) return error;
    throw error;
  }
}

/** Null once all are listed, else an error that says what is missing. */
async function addSearchAttributes(client: Client): Promise<Error | null> {
  const { namespace } = client.options;
  const missing = await missingAttributes(client);
  if (missing.length === 0) return null;
  try {
    await operatorService(client).addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, KEYWORD])),
    });
  } catch (error) {
    if (!hasCode(error, ALREADY_EXISTS)) throw error;
  }
  const left = await missingAttributes(client);
  return left.length === 0 ? null : new Error(`search attributes not there yet: ${left.join(', ')}`);
}

async function missingAttributes(client: Client): Promise<string[]> {
  const { customAttributes } = await operatorService(client).listSearchAttributes({ namespace: client.options.namespace });
  return SEARCH_ATTRIBUTES.filter((name) => customAttributes?.[name] === undefined);
}

function operatorService(client: Client): Connection['operatorService'] {
  if (client.connection instanceof Connection) return client.connection.operatorService;
  throw new TypeError('the client must come from connectClient');
}

function hasCode(error: unknown, code: number): boolean {
  if (!isGrpcServiceError(error)) return false;
  const actual: number = error.code;
  return actual === code;
}

function reason(cause: unknown): string {
  if (isGrpcServiceError(cause)) return cause.details || cause.message;
  return cause instanceof Error ? cause.message : String(cause);
}
