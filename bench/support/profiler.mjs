// Preloaded into the worker by `--profile`: SIGUSR2 begins a CPU profile of the main thread, another one writes it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  const folder = process.env.BENCH_PROFILES;
  let session = null;
  let count = 0;
  process.on('SIGUSR2', () => {
    if (session === null) {
      session = new Session();
      session.connect();
      session.post('Profiler.enable');
      session.post('Profiler.setSamplingInterval', { interval: 500 });
      session.post('Profiler.start');
      return;
    }
    session.post('Profiler.stop', (error, result) => {
      if (error) throw error;
      mkdirSync(folder, { recursive: true });
      count += 1;
      writeFileSync(join(folder, `worker-${count}.cpuprofile`), JSON.stringify(result.profile));
    });
    session.disconnect();
    session = null;
  });
}
