import type { Collector } from './collector.ts';

/**
 * Touches no device: for trying out jobs, schedules, stores and webhooks. Its "configuration" says so in its one line, so that nobody
 * takes it for one; the same device always gives the same.
 */
export const noop: Collector<'none'> = {
  name: 'noop',
  transports: ['ssh', 'http'],
  client: 'none',
  collect: (device, _client, { success }) => Promise.resolve(success(`! noop collector: ${device.name.replace(/\s+/g, ' ')}\n`)),
};
