import type { Collected } from '../../core/collection.ts';
import { DeviceError } from '../../devices/device-error.ts';
import { secretsOf, withoutSecrets } from '../../devices/hide-secrets.ts';
import type { TraceSpan, Tracing } from '../../runtime/tracing.ts';
import type { BatchDevice } from '../../stores/plan-batches.ts';
import type { CollectCall, FleetDeps } from './deps.ts';
import { runDevice, type BatchRun } from './run-device.ts';

/** `runDevice` under a span of its own, with one for each thing it waits for. Without tracing nobody comes here. */
export async function traceDevice(
  { tracing, parent }: { tracing: Tracing; parent: TraceSpan },
  deps: FleetDeps,
  run: BatchRun,
  device: BatchDevice,
): Promise<void> {
  const began = Date.now();
  const span = tracing.span('device', {
    parent: parent.context,
    attributes: {
      'cairn.job_id': run.job_id,
      'cairn.device_id': device.device_id,
      'cairn.device_name': device.name,
      'cairn.platform': device.platform,
      'cairn.transport': device.transport,
      'server.address': addressOf(device),
    },
  });
  let failure: string | null = null;
  const work: BatchRun['work'] = {
    ...run.work,
    async collect(call) {
      span.set({ 'cairn.wait_ms': Date.now() - began, 'cairn.state': 'put_off' });
      const collected = await traceCollect(tracing, span, call, run.work.collect);
      const { detected_platform, stopped } = collected;
      span.set({ 'cairn.platform': detected_platform ?? device.platform, 'cairn.stopped': stopped || null });
      failure = collected.failure === null ? null : `${collected.failure.outcome}: ${collected.failure.error}`;
      return collected;
    },
  };
  const checkpoint: FleetDeps['checkpoint'] = {
    async commit(commit) {
      const writing = tracing.span('commit', {
        parent: span.context,
        kind: 'client',
        attributes: { 'db.system.name': 'postgresql' },
      });
      try {
        const written = await deps.checkpoint.commit(commit);
        writing.set({ 'cairn.written': written });
        writing.end();
        const { verdict } = commit;
        span.set({
          'cairn.state': written ? (verdict === null ? 'put_off' : 'done') : 'lost',
          'cairn.outcome': verdict?.outcome,
        });
        failure = verdict === null || verdict.status !== 'failed' ? null : `${verdict.outcome}: ${verdict.error ?? ''}`;
        return written;
      } catch (error) {
        writing.end(String(error));
        throw error;
      }
    },
  };
  span.set({ 'cairn.state': 'not_started' });
  try {
    await runDevice({ ...deps, checkpoint }, { ...run, work }, device);
    span.end(failure);
  } catch (error) {
    span.end(String(error));
    throw error;
  }
}

/** The way to the device, its prompt, and every command: the words of the command, and of a failure its outcome, never an answer. */
async function traceCollect(
  tracing: Tracing,
  { context: parent }: TraceSpan,
  call: CollectCall,
  collect: FleetDeps['collect'],
): Promise<Collected> {
  const secrets = secretsOf(call);
  let storing: TraceSpan | null = null;
  try {
    return await collect({
      ...call,
      onTask(task) {
        if (task === 'store') storing = tracing.span('store configuration', { parent, kind: 'client' });
        call.onTask(task);
      },
      observe(step, done) {
        const command = step.is === 'command' ? withoutSecrets(step.command, secrets) : null;
        const name = command === null ? step.is : `command ${command.split('?')[0]!}`;
        const span = tracing.span(name, { parent, kind: 'client', attributes: { 'cairn.command': command } });
        done.then(
          () => span.end(),
          (error: unknown) => span.end(error instanceof DeviceError ? error.outcome : 'error'),
        );
      },
    });
  } finally {
    (storing as TraceSpan | null)?.end();
  }
}

/** Of a device API without user, password and path. */
function addressOf({ host, transport }: BatchDevice): string | null {
  if (host === null || transport !== 'http') return host;
  return URL.canParse(host) ? new URL(host).hostname : null;
}
