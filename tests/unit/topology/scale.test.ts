import { expect, it } from 'vitest';
import { buildGraph } from '../../../topology/graph.ts';
import { device, picture } from './network.ts';

/** CPU seconds, so that other work on the machine counts little. */
function cpu(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

const hex = (value: number) => value.toString(16).padStart(2, '0');
const mac = (owner: number, port: number) => `02:00:${hex(owner >> 8)}:${hex(owner & 255)}:00:${hex(port)}`;
const address = (wire: number, end: number) => `10.${(wire >> 14) & 255}.${(wire >> 6) & 255}.${(wire & 63) * 4 + 1 + end}`;

/** A ring in which every device has a wire to the next ten: ports 0–9 go on, ports 10–19 come in. */
function ring(size: number) {
  return Array.from({ length: size }, (_, number) => {
    const ports = Array.from({ length: 20 }, (_, port) => {
      const out = port < 10;
      const peer = out ? (number + port + 1) % size : (number - (port - 10) - 1 + size) % size;
      const far = out ? port + 10 : port - 10;
      return { port, peer, far, end: out ? 0 : 1, wire: out ? number * 10 + port : peer * 10 + far };
    });
    return device(`sw${number}`, {
      interfaces: ports.map(({ port, wire, end }) => ({
        name: `GigabitEthernet1/0/${port}`,
        mac: mac(number, port),
        addresses: [`${address(wire, end)}/30`],
      })),
      lldp_neighbors: ports.map(({ port, peer, far, wire, end }) => ({
        local_interface: `Gi1/0/${port}`,
        neighbor_name: `sw${peer}.example.com`,
        neighbor_interface: `Gi1/0/${far}`,
        neighbor_address: address(wire, 1 - end),
        chassis_id: mac(peer, 0),
      })),
      mac_table: ports.flatMap(({ port, peer, far }) =>
        Array.from({ length: 5 }, (_, row) => ({
          mac: row === 0 ? mac(peer, far) : `06:00:${hex(number >> 8)}:${hex(number & 255)}:${hex(port)}:${hex(row)}`,
          interface: `Gi1/0/${port}`,
        })),
      ),
      ospf_routes: ports.flatMap(({ port, wire, end }) =>
        Array.from({ length: 5 }, (_, row) => ({
          network: `172.${row}.${port}.0/24`,
          next_hop: address(wire, 1 - end),
          interface: `GigabitEthernet1/0/${port}`,
        })),
      ),
    });
  });
}

it('five hundred devices with 20 neighbours, 100 MAC addresses and 100 routes each give exactly their wires, in seconds', () => {
  const devices = ring(500);
  let graph = buildGraph({ devices: [] });
  const seconds = cpu(() => (graph = buildGraph({ devices })));
  expect(graph.metadata).toMatchObject({
    devices: 500,
    unmanaged: 0,
    ambiguous: 0,
    physical_links: 5_000,
    layer3_links: 0,
    confirmed_links: 5_000,
  });
  expect(picture(graph)[0]).toBe('sw0:GigabitEthernet1/0/0 = sw1:GigabitEthernet1/0/10 [lldp,mac,ospf]');
  expect(seconds).toBeLessThan(10);
});

it('what all devices have in common does not make the work grow with its square', () => {
  const devices = Array.from({ length: 1500 }, (_, number) =>
    device(`router.site${number}`, {
      interfaces: [{ name: 'Vlan1', mac: '02:42:ac:00:00:01', addresses: ['10.0.0.1/24'], description: 'same' }],
      lldp_neighbors: Array.from({ length: 20 }, (_, port) => ({
        local_interface: `Gi0/${port}`,
        neighbor_name: port % 2 === 0 ? 'router' : `router.unknown${port}`,
        neighbor_address: '10.0.0.1',
        chassis_id: '02:42:ac:00:00:01',
      })),
      mac_table: [{ mac: '02:42:ac:00:00:01', interface: 'Gi0/1' }],
      static_routes: [{ next_hop: '10.0.0.1' }],
    }),
  );
  let graph = buildGraph({ devices: [] });
  const seconds = cpu(() => (graph = buildGraph({ devices })));
  expect(graph.metadata).toMatchObject({ devices: 1500, ambiguous: 1, physical_links: 30_000, confirmed_links: 0 });
  expect(seconds).toBeLessThan(20);
});
