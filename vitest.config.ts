import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    // Starts PostgreSQL and Temporal only when a test asks for them.
    globalSetup: ['tests/support/servers.ts'],
    pool: 'forks',
    // Most files wait for a server or a device most of the time.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 180_000,
    // Must be longer than the servers take to stop.
    teardownTimeout: 30_000,
  },
});
