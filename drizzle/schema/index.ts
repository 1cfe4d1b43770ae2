export * from './access.ts';
export * from './devices.ts';
export * from './facts.ts';
export * from './jobs.ts';
export * from './locks.ts';
export * from './topology.ts';
