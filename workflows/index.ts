export { discoverTopology } from './discover-topology.ts';
