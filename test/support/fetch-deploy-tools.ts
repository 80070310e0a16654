import { fetchDeployTools } from './deploy-tools.ts'

// Fetches what the chart and the compose file are checked with, so that the tests need no network.
process.stdout.write(`${await fetchDeployTools()}\n`)
