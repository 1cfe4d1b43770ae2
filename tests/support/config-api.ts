import { createServer } from 'node:http';
import { v7 as uuidv7 } from 'uuid';
import type { Cluster } from './cluster.ts';

/** A device API (DESIGN section 9) whose devices print what the test says. */
export interface ConfigApi {
  /** By the id used here; null makes the device unreachable behind the API. */
  texts: Map<string, string | null>;
  /** Requests so far. */
  asked(): number;
  /** Adds such devices to the inventory; returns their ids by name. */
  addDevices(cluster: Cluster, devices: { name: string; platform: string }[]): Promise<Map<string, string>>;
  stop(): Promise<void>;
}

export async function startConfigApi(): Promise<ConfigApi> {
  const texts = new Map<string, string | null>();
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    const [, name = ''] = /^\/api\/devices\/([^/]+)\/running-config/.exec(request.url ?? '') ?? [];
    const text = texts.get(decodeURIComponent(name));
    response.statusCode = text === undefined ? 404 : text === null ? 502 : 200;
    response.setHeader('Content-Type', 'application/json');
    const body = typeof text === 'string' ? { success: true, output: text } : { success: false, error: 'device unreachable' };
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  const url = `http://127.0.0.1:${address.port}`;
  return {
    texts,
    asked: () => asked,
    async addDevices(cluster, devices) {
      const login = { username: 'nobody', password: 'none', host: '127.0.0.1', port: 22 };
      const ids = await cluster.addDevices(
        devices.map((device) => ({ ...device, ...login, name: `${device.name}-${uuidv7()}` })),
      );
      const named = devices.map(({ name }, at): [string, string] => [name, [...ids.values()][at]!]);
      for (const [name, id] of named)
        await cluster.database
          .sql`update devices set name = ${name}, transport = 'http', host = ${url}, external_id = ${name} where id = ${id}`;
      return new Map(named);
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
