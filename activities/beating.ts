import { Context } from '@temporalio/activity';

const BEAT_MS = 1000;

/**
 * The same activities, each with a heartbeat while it runs: what a worker had that died, or that Temporal gave to one just as it was
 * stopped, is given to another one after the heartbeat timeout and not after the whole time that the activity may take.
 */
export function beating<A extends object>(activities: A): A {
  return new Proxy(activities, {
    get(target, name): unknown {
      const run: unknown = Reflect.get(target, name);
      return typeof run === 'function' ? (...args: unknown[]) => beat(() => Reflect.apply(run, target, args)) : run;
    },
  });
}

async function beat(run: () => unknown): Promise<unknown> {
  const context = Context.current();
  // Part of a workflow task, which has its own time.
  if (context.info.isLocal) return run();
  const heart = setInterval(() => context.heartbeat(), BEAT_MS);
  try {
    return await run();
  } finally {
    clearInterval(heart);
  }
}
