export { actOnMany } from './act-on-many.ts';
export { cleanUp } from './cleanup.ts';
export { collectDevices } from './collect-devices.ts';
export { discoverTopology } from './discover-topology.ts';
export { reparseTopology } from './reparse-topology.ts';
export { scheduledJob } from './scheduled-job.ts';
export { syncInventory } from './sync-inventory.ts';
