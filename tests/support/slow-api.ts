import { createServer } from 'node:http';
import { v7 as uuidv7 } from 'uuid';
import type { Cluster } from './cluster.ts';

const configuration = (name: string): string =>
  `version 15.2\n!\nhostname ${name}\n!\ninterface Vlan1\n description users\n no shutdown\n!\nip route 0.0.0.0 0.0.0.0 10.0.0.1\n!\nline vty 0 4\n login local\n!\nend\n`;

/** A device API behind which any number of devices print a short configuration, each after its own time. Cheap: no SSH. */
export interface SlowApi {
  /** Adds so many such devices in one statement, `<prefix>0` and on, which answer after `latencyMs`. */
  addDevices(cluster: Cluster, prefix: string, count: number, latencyMs: number): Promise<Map<string, string>>;
  stop(): Promise<void>;
}

export async function startSlowApi(): Promise<SlowApi> {
  const latencies = new Map<string, number>();
  const server = createServer((request, response) => {
    const [, name = ''] = /^\/api\/devices\/([^/]+)\/running-config/.exec(request.url ?? '') ?? [];
    setTimeout(
      () => {
        response.setHeader('Content-Type', 'application/json');
        response.end(JSON.stringify({ success: true, output: configuration(name) }));
      },
      latencies.get(name) ?? 0,
    );
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  const url = `http://127.0.0.1:${address.port}`;
  return {
    async addDevices(cluster, prefix, count, latencyMs) {
      const login = { username: 'nobody', password: 'none', host: '127.0.0.1', port: 22, platform: 'cisco_ios' };
      const names = Array.from({ length: count }, (_, at) => `${prefix}${at}`);
      for (const name of names) latencies.set(name, latencyMs);
      const [first] = await cluster.addDevices([{ ...login, name: names[0]! }]);
      const ids = [first![1], ...names.slice(1).map(() => uuidv7())];
      await cluster.database.sql`insert into devices (id, name, host, port, platform, transport, credential_id, external_id)
        select n.id, n.name, ${url}, 22, d.platform, 'http', d.credential_id, n.name
        from unnest(${ids}::uuid[], ${names}::text[]) as n(id, name), devices d where d.id = ${first![1]}
        on conflict (id) do update set transport = excluded.transport, host = excluded.host, external_id = excluded.external_id`;
      return new Map(names.map((name, at): [string, string] => [name, ids[at]!]));
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
