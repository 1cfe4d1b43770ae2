export { discoverTopology } from './discover-topology.ts';
export { reparseTopology } from './reparse-topology.ts';
