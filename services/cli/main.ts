#!/usr/bin/env node
import { run } from './run.ts'
import { openTerminal } from './terminal.ts'

const terminal = openTerminal(process)
const exitCode = await run(process.argv.slice(2), { terminal, environment: process.env, nowMs: Date.now })
await terminal.flush()
// The engine's threads would keep the process alive.
process.exit(exitCode)
