import type { Row } from '../platform.ts';

const HARDWARE =
  /^(\S+)\s+\d+\s+(\[n\/a\]|[^\s/]+)\/(\[n\/a\]|[^\s/]+)\/(\[n\/a\]|[^\s/]+)(?:\/\S+)?\s+([0-9a-f]{2}(?::[0-9a-f]{2}){5})$/i;
/** Zone and forwarding may both be blank, and forwarding alone too; addresses beyond the first have lines of their own. */
const LOGICAL = /^(\S+)\s+\d+\s+\d+\s+(?:(\S.*?)\s+)?\d+\s+(\S+)$/;
const HEADING = /^(?:name\s+id\s|[-\s]+$)/;
const SECTION = /^(?:total configured (hardware|logical) interfaces|(aggregation) groups):\s+\d+$/;
const SPEED = /^\d+$/;

/**
 * PAN-OS `show interface all`: hardware interfaces with link state, speed in Mbit/s and MAC address, then logical ones with zone,
 * virtual or logical router and addresses. One row for each name. Throws where a line is neither.
 */
export function panosInterfaces(text: string): Row[] {
  const rows = new Map<string, Row & { addresses: string[] }>();
  const named = (name: string): Row & { addresses: string[] } => {
    const row = rows.get(name) ?? { name, addresses: [] };
    rows.set(name, row);
    return row;
  };
  let section: string | undefined;
  let last: { addresses: string[] } | null = null;
  for (const line of text.split('\n').map((one) => one.trimEnd())) {
    if (line === '' || HEADING.test(line)) continue;
    const [heading, part, groups] = SECTION.exec(line) ?? [];
    if (heading !== undefined) {
      section = part ?? groups;
      last = null;
      continue;
    }
    if (section === 'aggregation') continue;
    const hardware = section === 'hardware' ? HARDWARE.exec(line) : null;
    const logical = section === 'logical' ? LOGICAL.exec(line) : null;
    if (hardware !== null) {
      const [, name = '', speed = '', , state, mac] = hardware;
      Object.assign(named(name), { oper_status: state, mac, speed: SPEED.test(speed) ? `${speed}M` : null });
    } else if (logical !== null) {
      const [, name = '', between = '', address = ''] = logical;
      last = named(name);
      Object.assign(last, { vrf: /(?:^|\s)[vl]r:(\S.*)$/.exec(between)?.[1] });
      if (address !== 'N/A') last.addresses.push(address);
    } else if (last !== null && /^\s+[0-9a-f.:]+\/\d+$/i.test(line)) {
      last.addresses.push(line.trim());
    } else {
      throw new SyntaxError(`line ${JSON.stringify(line.slice(0, 120))} is no interface`);
    }
  }
  return [...rows.values()];
}
