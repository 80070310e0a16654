import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: ['test/support/kafka-setup.ts'],
    // chdb crashes in worker threads and locks its data directory per process.
    pool: 'forks',
    // Most of the end-to-end tests wait for clocks, so one more than CI has cores.
    maxWorkers: 3,
    testTimeout: 30_000,
    projects: [
      // Unit tests leave nothing behind in their process, so hundreds of files share two: half of their time was starting processes.
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], isolate: false } },
      { extends: true, test: { name: 'whole', include: ['test/**/*.test.ts'], exclude: ['test/unit/**'] } },
    ],
  },
})
