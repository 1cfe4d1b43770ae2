import type { CallInput } from '../api/client.ts';
import type { AnswerOf, Endpoint } from '../contracts/endpoint.ts';
import { EXIT, type Command } from './command.ts';
import type { CliContext } from './context.ts';
import type { Given } from './given.ts';
import { START_OPTIONS } from './selection.ts';
import { safeJson } from './text/safe.ts';
import { watchJob } from './watch.ts';

interface StartRow<E extends Endpoint> extends Omit<Command, 'run'> {
  endpoint: E;
  input: (given: Given) => CallInput<E>;
  /** Null where nothing was started. */
  jobOf: (answer: AnswerOf<E>) => string | null;
  show: (answer: AnswerOf<E>, context: CliContext) => string;
}

/** A command that starts a job and, with `--wait`, follows it: it then prints the job as it ended, and exits by that. */
export function start<E extends Endpoint>({ endpoint, input, jobOf, show, ...head }: StartRow<E>): Command {
  return {
    ...head,
    options: [...(head.options ?? []), ...START_OPTIONS],
    async run(context, given) {
      // Ctrl-C must not leave in doubt whether there is a job, so that the call itself is not given up.
      const { body } = await context.client().call(endpoint, input(given));
      const jobId = jobOf(body);
      if (jobId !== null && given.flag('wait')) {
        context.err.write(show(body, context));
        return watchJob(context, jobId);
      }
      context.out.write(context.json ? `${safeJson(body)}\n` : show(body, context));
      return EXIT.ok;
    },
  };
}
