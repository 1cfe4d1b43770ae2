import type { Session } from './answer.ts';

/** What is waited for: a way to the device, its prompt, or the answer to a command (as sent, or the path that is asked for). */
export type Step = { is: 'connect' | 'login' } | { is: 'command'; command: string };

/** Told of each step as it begins; `done` settles with it. Must not throw. */
export type Observe = (step: Step, done: Promise<unknown>) => void;

export function observed(session: Session, observe: Observe): Session {
  return {
    run(command) {
      const answer = session.run(command);
      observe({ is: 'command', command }, answer);
      return answer;
    },
    settle: async () => session.settle?.(),
  };
}
