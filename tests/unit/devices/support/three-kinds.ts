import type { Kind } from '../../../../core/facts.ts';
import { ask } from '../../../../devices/platform.ts';

export const ARP = '10.0.0.1 02:00:00:00:00:01\r\n10.0.0.2 02:00:00:00:00:02\r\n';
export const MACS = {
  read: (text: string) => text.split('\n').flatMap((line) => (line.startsWith('mac ') ? [{ mac: line.slice(4) }] : [])),
};
export const mac = ask('show macs', MACS);
export const lldp = ask('show lldp', { read: () => [] });
export const THREE: Kind[] = ['arp', 'mac_table', 'lldp_neighbors'];
