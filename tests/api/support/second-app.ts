import { createServer } from 'node:http';
import { createApp, type HttpSettings } from '../../../api/app.ts';
import { createMetrics } from '../../../runtime/metrics.ts';
import type { TestApi } from '../harness.ts';

/** The API of a test once more, reached as these settings say. */
export async function startSecondApp(api: TestApi, http: Partial<HttpSettings>): Promise<{ url: string; stop(): Promise<void> }> {
  const deps = { ...api.deps, metrics: createMetrics('second') };
  const server = createServer(createApp(deps, { trustedProxies: [], corsOrigins: [], rateLimit: 0, ...http }));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
