import { v7 as uuidv7 } from 'uuid';
import { expect, it } from 'vitest';
import { openDatabase } from '../../stores/database.ts';
import { loadNetwork } from '../../stores/network.ts';
import { createTestDatabase } from '../support/database.ts';

it('loads of the routes those whose next hop is an interface address, each next hop once', async () => {
  const test = await createTestDatabase();
  const database = openDatabase(test.url);
  const { sql } = database;
  const [a, b, job] = [uuidv7(), uuidv7(), uuidv7()];
  try {
    for (const [id, name] of [
      [a, 'a'],
      [b, 'b'],
    ] as const) {
      await sql`insert into devices (id, name, host, port, platform, transport) values (${id}, ${name}, 'h', 22, 'cisco_ios', 'ssh')`;
      await sql`insert into device_kinds (device_id, kind, outcome, attempted_at, job_id, collected_at, commands)
        select ${id}, kind, 'ok', now(), ${job}, now(), '{}' from unnest(array['interfaces', 'ospf_routes', 'bgp_routes']) as k(kind)`;
    }
    await sql`insert into interfaces (device_id, position, name, addresses)
      values (${b}, 0, 'Gi1', array['10.0.0.2/30', '2001:db8::2/64']), (${b}, 1, 'Lo0', '{}')`;
    await sql`insert into ospf_routes (device_id, position, network, next_hop, interface, selected) values
      (${a}, 0, '10.1.0.0/24', '10.0.0.2', 'Gi1', true), (${a}, 1, '10.2.0.0/24', '10.0.0.2', 'Gi1', true),
      (${a}, 2, '10.3.0.0/24', '10.0.0.9', 'Gi1', true), (${a}, 3, '10.4.0.0/24', '10.0.0.2', 'Gi2', false),
      (${a}, 4, '10.5.0.0/24', null, 'Gi3', true)`;
    await sql`insert into bgp_routes (device_id, position, network, next_hop, selected) values
      (${a}, 0, '2001:db8:1::/48', '2001:db8::2', true), (${a}, 1, '10.9.0.0/24', '10.255.0.1', true)`;
    const [first] = await loadNetwork(database);
    const hops = (kind: 'ospf_routes' | 'bgp_routes') =>
      first!.facts[kind]!.records.map((row) => [row.next_hop, row.interface, row.network]);
    expect(hops('ospf_routes')).toEqual([['10.0.0.2', 'Gi1', '10.1.0.0/24']]);
    expect(hops('bgp_routes')).toEqual([['2001:db8::2', null, '2001:db8:1::/48']]);
  } finally {
    await database.close();
    await test.drop();
  }
});
