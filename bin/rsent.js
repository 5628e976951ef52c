#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { load } from './load.js';

const argv = process.argv.slice(2);
await load(fileURLToPath(new URL('../dist/cli/main.cjs', import.meta.url)), argv[0]).main(argv);
