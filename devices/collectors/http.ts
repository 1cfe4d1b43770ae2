import { isObject, parseJson, refusal } from '../device-api-answer.ts';
import { provenComplete } from '../completeness.ts';
import { scrub } from '../scrub.ts';
import { render } from '../terminal.ts';
import type { Collector } from './collector.ts';

/**
 * Asks the device API: `GET {base}/api/devices/{id}/running-config` → `{success, output}` with the text, or `text/plain`. The same
 * proof as at a prompt decides whether the text is whole.
 */
export const http: Collector<'api'> = {
  name: 'http',
  transports: ['http'],
  client: 'api',
  collect: async (_device, api, { platform, output_bytes, onCommand, success, failure }) => {
    const path = api.path('running-config');
    onCommand(path);
    const answer = await api.get(path);
    const refused = refusal(answer, output_bytes);
    if (refused !== null) {
      const { outcome, error } = refused;
      // It may quote what the device said.
      return failure(outcome, scrub(platform, error), outcome === 'unreachable' || outcome === 'timeout');
    }
    const body = answer.type === 'text/plain' ? { output: answer.text } : parseJson(answer.text);
    const output = isObject(body) ? body['output'] : undefined;
    if (typeof output !== 'string') {
      return failure('parse_failed', 'the device API answered neither {success, output} with a text nor text/plain');
    }
    const text = render(output);
    const proof = provenComplete(platform, {
      command: path,
      text,
      bytes: text.length,
      truncated: false,
      exitCode: null,
      stderr: '',
    });
    return proof.complete ? success(proof.text) : failure(proof.outcome, proof.message);
  },
};
