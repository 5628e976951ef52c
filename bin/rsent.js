#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { run } from './run.js';

await run(fileURLToPath(new URL('../dist/cli/main.cjs', import.meta.url)), process.argv.slice(2));
