import { ipNumber, ipText, macText } from './address.ts';
import { POD_SIZE, type PortRole, type SimDevice, type SimInterface, type Stranger } from './model.ts';
import type { SimPlatform } from './platform.ts';
import { hexDigits, pick, shuffled } from './random.ts';

const GIGABIT = 1e9;
const SPEED: Record<PortRole, number> = {
  mgmt: GIGABIT,
  loopback: 8 * GIGABIT,
  fabric: 10 * GIGABIT,
  lag: 20 * GIGABIT,
  access: GIGABIT,
  svi: GIGABIT,
  bridge: GIGABIT,
};

export interface NetworkOptions {
  devices: number;
  seed: number;
  /** One is taken for each device in seeded turns, so every platform appears in a small network; repeat one to weigh it. */
  platforms: SimPlatform[];
  /** Address of the first device. */
  host: string;
  /** Who logs in, as prompts show it. */
  user: string;
  /** Rules of each access list; default 40 to 59. */
  rules?: number;
}

export function makeDevice(index: number, { seed, platforms, host, user, rules }: NetworkOptions): SimDevice {
  const pod = Math.floor(index / POD_SIZE);
  const slot = index % POD_SIZE;
  const role = slot < 2 ? 'spine' : 'leaf';
  const turn = Math.floor(index / platforms.length);
  const platform = shuffled(platforms, seed, turn, 'platform')[index % platforms.length];
  if (!platform) throw new Error('a network needs at least one platform');
  // No leading zeros: leaf1 and leaf10, pod1 and pod10 must not be taken for each other.
  const name = `pod${pod + 1}-${role}${role === 'spine' ? slot + 1 : slot - 1}`;
  const device: SimDevice = {
    index,
    name,
    announced: platform.announcesDomain ? `${name}.lab.example` : name,
    platform,
    role,
    pod,
    user,
    host: ipText(ipNumber(host) + Math.floor(index / 250) * 256 + (index % 250)),
    chassisMac: macText(platform.oui, index * 64),
    serial: `SIM${hexDigits(4, seed, index)}${index.toString(36).toUpperCase().padStart(4, '0')}`,
    model: platform.models[role],
    loopback: ipText(ipNumber('10.64.0.1') + index),
    lan: role === 'leaf' ? `${ipText(ipNumber('10.0.0.0') + index * 16 + 1)}/28` : null,
    interfaces: [],
    needsEnable: platform.hasEnable && index % 2 === 1,
    rules: rules ?? 40 + (index % 20),
    revision: 0,
  };
  const mgmt = addPort(device, 'mgmt');
  mgmt.up = true;
  mgmt.addresses = [`${device.host}/16`];
  mgmt.description = 'out of band management';
  const loopback = addPort(device, 'loopback');
  loopback.up = true;
  loopback.mac = null;
  loopback.addresses = [`${device.loopback}/32`];
  loopback.description = 'router-id';
  if (device.lan) {
    if (platform.bridgeName) addPort(device, 'bridge').up = true;
    for (let number = 1; number <= 6; number++) {
      const port = addPort(device, 'access');
      port.vlan = number === 1 || number === 4 ? 20 : 10;
      port.up = number <= 4;
      port.admin = number !== 6;
      port.description = ['wireless', 'desk 1', 'desk 2', 'printer #3', null, 'unused; shut'][number - 1] ?? null;
    }
    const svi = addPort(device, 'svi', 10);
    svi.up = true;
    svi.vlan = 10;
    svi.addresses = [device.lan];
    svi.description = 'users';
  }
  return device;
}

/** Gives a device its next port of a role, down and without address. */
export function addPort(device: SimDevice, role: PortRole, number?: number): SimInterface {
  const count = number ?? device.interfaces.filter((port) => port.role === role).length + 1;
  const name = role === 'bridge' ? (device.platform.bridgeName ?? '') : device.platform.portName(role, count, device);
  const port: SimInterface = {
    name,
    unit: role === 'bridge' ? name : (device.platform.unitName?.(role, count, name) ?? name),
    role,
    number: count,
    description: null,
    admin: true,
    up: false,
    mac: macText(device.platform.oui, device.index * 64 + device.interfaces.length),
    addresses: [],
    mtu: role === 'fabric' || role === 'lag' ? 9000 : 1500,
    speed: SPEED[role],
    vlan: null,
    lag: null,
  };
  device.interfaces.push(port);
  return port;
}

/** Two ports that `connect` may use. */
export function addSpares(device: SimDevice): void {
  for (let spare = 0; spare < 2; spare++) addPort(device, 'fabric');
}

/** Every pod's border has a provider that is nobody's inventory. */
export function provider(device: SimDevice, pod: number): Stranger {
  const port = addPort(device, 'fabric');
  const subnet = ipNumber('100.64.0.0') + pod * 4;
  port.up = true;
  port.addresses = [`${ipText(subnet + 2)}/30`];
  port.description = `transit isp${pod + 1}, circuit C-${1000 + pod}`;
  return {
    port,
    name: `isp${pod + 1}.carrier.example`,
    remotePort: `TenGigabitEthernet0/0/${pod % 8}`,
    mac: macText('00:5f:86', pod * 8),
    address: ipText(subnet + 1),
    platform: 'cisco ASR1001-X',
    description: 'Cisco IOS Software [Everest], ASR1000 Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 16.6.4',
    capabilities: ['router'],
    cdp: true,
  };
}

/** The access point on the first access port of a leaf. */
export function accessPoint(device: SimDevice, seed: number): Stranger {
  const port = device.interfaces.find((p) => p.role === 'access' && p.number === 1);
  if (!port) throw new Error(`${device.name} has no access port`);
  return {
    port,
    name: `ap-${device.name}`,
    remotePort: 'eth0',
    mac: macText('74:83:c2', pick(0xffff00, seed, device.index, 'ap')),
    address: null,
    platform: 'AP',
    description: 'Wireless access point, firmware 6.5.28',
    capabilities: ['bridge', 'wlan'],
    cdp: false,
  };
}
