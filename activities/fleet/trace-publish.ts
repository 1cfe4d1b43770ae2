import type { Tracing } from '../../runtime/tracing.ts';
import type { ObservePublish } from './publisher.ts';

/** A span for each time that versions of a job are shown in the artifact store. */
export function tracePublish(tracing: Tracing): ObservePublish {
  return (jobId, versions, done) => {
    const parent = tracing.placeOf(jobId, null);
    const attributes = { 'cairn.job_id': jobId, 'cairn.versions': versions };
    const span = tracing.span('publish versions', { parent, kind: 'client', attributes });
    done.then(
      () => span.end(),
      (error: unknown) => span.end(error instanceof Error ? error.message : String(error)),
    );
  };
}
