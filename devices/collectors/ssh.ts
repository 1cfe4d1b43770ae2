import type { Answer, Session } from '../answer.ts';
import { provenComplete } from '../completeness.ts';
import type { Proof } from '../completeness.ts';
import type { Platform } from '../platform.ts';
import type { Collector } from './collector.ts';

/** Asks at the prompt of the device: the commands of its platform one after the other, until it knows one. */
export const ssh: Collector<'session'> = {
  name: 'ssh',
  transports: ['ssh'],
  client: 'session',
  collect: async (_device, session, { platform, onCommand, log, success, failure }) => {
    let last = `${platform.name} names no command that shows a configuration`;
    for (const command of platform.config.commands) {
      onCommand(command);
      const proof = await prove(session, platform, await session.run(command));
      if (!proof.complete && proof.outcome === 'unsupported') {
        last = proof.message;
        log('info', last);
        continue;
      }
      if (!proof.complete) return failure(proof.outcome, proof.message);
      if (proof.burst_lines > 0) {
        log('warn', `${proof.burst_lines} lines of the device's log came in between and were left out`);
      }
      return success(proof.text);
    }
    return failure('unsupported', last);
  },
};

/**
 * A line that reads like the prompt could pass for it. A configuration is whole where its own end stands before the prompt, outside
 * all that its language quotes; where that cannot be told, and where it is not whole, the rest gets a moment to come. Where a
 * configuration has no end of its own, the device must answer another command after it, a harmless one that was typed at the login
 * already. What comes before that answer still belongs to this one.
 */
async function prove(session: Session, platform: Platform, answer: Answer): Promise<Proof> {
  const { end, complete } = platform.config;
  if (end !== null && complete !== undefined) {
    const proof = provenComplete(platform, answer);
    if (proof.complete) return proof;
  }
  const again = platform.setup.at(-1);
  if (end === null && platform.mode === 'shell' && again !== undefined) await session.run(again);
  else await session.settle?.();
  return provenComplete(platform, answer);
}
