import { networkOf } from './address.ts';
import type { LinkEnd } from './model.ts';
import type { Network } from './network.ts';

export interface SimLinkEnd {
  device: string;
  /** Full name of the port. */
  interface: string;
  /** The aggregate it is a member of. */
  aggregate: string | null;
}

/** A cable between two devices that is up. */
export interface SimLink {
  a: SimLinkEnd;
  b: SimLinkEnd;
  /** Of the layer 3 link that runs over it, CIDR. */
  subnet: string;
}

const end = ({ device, port }: LinkEnd): SimLinkEnd => ({
  device: device.name,
  interface: port.name,
  aggregate: port.lag?.name ?? null,
});

export function linksOf(network: Network): SimLink[] {
  return network.cables
    .filter((cable) => cable.up)
    .map(({ a, b }) => {
      const { network: prefix, length } = networkOf((a.port.lag ?? a.port).addresses[0] ?? '0.0.0.0/0');
      return { a: end(a), b: end(b), subnet: `${prefix}/${length}` };
    });
}
