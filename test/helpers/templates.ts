import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Templates } from '../../src/plan/conf.js';
import type { Template } from '../../src/plan/render.js';

function builtIn(name: string): Template {
  const path = fileURLToPath(new URL(`../../templates/${name}`, import.meta.url));
  return { path, source: readFileSync(path, 'utf8') };
}

/** rsent's own templates. */
export const TEMPLATES: Templates = {
  redis: builtIn('redis.conf.hbs'),
  sentinel: builtIn('sentinel.conf.hbs'),
};
