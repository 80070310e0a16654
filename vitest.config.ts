import { defineConfig } from 'vitest/config'

/** They open nothing that could outlive them: of the engine, a process that opened one directory opens no other meanwhile. */
const PURE = ['test/unit/services/*/core/**/*.test.ts', 'test/unit/dashboards/**/*.test.ts']
const OPEN_THE_ENGINE = [
  'test/unit/services/ingest/core/cell-requests.test.ts',
  'test/unit/services/ingest/core/encode-native.test.ts',
]

export default defineConfig({
  test: {
    globalSetup: ['test/support/kafka-setup.ts'],
    // chdb crashes in worker threads and locks its data directory per process.
    pool: 'forks',
    // Most of the end-to-end tests wait for clocks, so one more than CI has cores.
    maxWorkers: 3,
    testTimeout: 30_000,
    projects: [
      // Hundreds of files share few processes: half of their time was starting one each.
      { extends: true, test: { name: 'pure', include: PURE, exclude: OPEN_THE_ENGINE, isolate: false } },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['test/**/*.test.ts'],
          exclude: PURE,
        },
      },
      { extends: true, test: { name: 'engine', include: OPEN_THE_ENGINE } },
    ],
  },
})
