import type { Kind } from '../core/facts.ts';
import type { Cable, SimDevice, SimInterface } from './model.ts';
import type { Network } from './network.ts';

/** What can be changed while the devices run. */
export type Change =
  /** Pulls the cable on a port: both ends go down, neighbours and routes over it are gone. */
  | { kind: 'remove_link'; interface: string }
  /** Plugs it in again. */
  | { kind: 'restore_link'; interface: string }
  /** A new cable to another device, between spare ports. */
  | { kind: 'add_link'; peer: string }
  /** The device shows nothing for one data kind, e.g. `lldp_neighbors`. */
  | { kind: 'clear'; table: Kind }
  | { kind: 'restore'; table: Kind }
  /** The description of a port; null removes it. */
  | { kind: 'describe'; interface: string; description: string | null }
  /** Another line in the configuration. */
  | { kind: 'edit_config' };

/** Changes a device (and its peer) in the network; throws where the port or the peer does not exist. */
export function applyChange(network: Network, device: SimDevice, change: Change): void {
  switch (change.kind) {
    case 'remove_link':
    case 'restore_link':
      setCable(cableOn(network, device, change.interface), change.kind === 'restore_link');
      break;
    case 'add_link':
      network.connect(device, network.device(change.peer));
      break;
    case 'clear':
      network.cleared.set(device, new Set(network.cleared.get(device)).add(change.table));
      break;
    case 'restore':
      network.cleared.get(device)?.delete(change.table);
      break;
    case 'describe':
      portNamed(device, change.interface).description = change.description;
      break;
    case 'edit_config':
      device.revision++;
      break;
  }
  network.invalidate();
}

function portNamed(device: SimDevice, name: string): SimInterface {
  const port = device.interfaces.find((candidate) => candidate.name === name);
  if (!port) throw new Error(`${device.name} has no port ${name}`);
  return port;
}

function cableOn(network: Network, device: SimDevice, name: string): Cable {
  const port = portNamed(device, name);
  const cable = network.cablesOf(device).find(({ a, b }) => a.port === port || b.port === port);
  if (!cable) throw new Error(`no cable to another device on ${device.name} ${name}`);
  return cable;
}

/** An aggregate is down once its last member is. */
function setCable(cable: Cable, up: boolean): void {
  cable.up = up;
  for (const { device, port } of [cable.a, cable.b]) {
    port.up = up;
    const { lag } = port;
    if (lag) lag.up = device.interfaces.some((member) => member.lag === lag && member.up);
  }
}
