#!/usr/bin/env node
// libuv reads this when its first thread starts, which loading an ES module already does: so it is set here, in a CommonJS
// file, before anything is imported. Four threads, the default, let a few heavy queries starve every insert.
process.env['UV_THREADPOOL_SIZE'] ??= '16'
void import('./main.ts')
