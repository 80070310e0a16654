import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/kafka-setup.ts'],
    // chdb crashes in worker threads and locks its data directory per process.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
  },
})
