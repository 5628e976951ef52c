// Loaded before the CLI (node --import): an import of a heavy dependency is an error from here on.
import { register } from 'node:module';

register(new URL('./forbid-heavy-hooks.mjs', import.meta.url));
