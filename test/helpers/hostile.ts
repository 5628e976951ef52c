import fc from 'fast-check';
import type { TopologySpec } from '../../src/model/spec.js';
import type { TopologyRecord } from '../../src/model/topology.js';
import { type Layout, place } from '../../src/plan/place.js';

/** What tries to be more than a value: in a conf, a shell, a path, a page, a terminal. */
export const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  '\n',
  '\r\n',
  '\0',
  'x\nrequirepass evil',
  'x\r\nrequirepass evil\r\n',
  '"\nrequirepass evil\n"',
  '" requirepass "evil',
  "' '",
  "it's",
  '\\',
  '\\"',
  '\\x0arequirepass evil',
  '\\n',
  '#comment',
  ':9',
  '{{port}}',
  '{{{port}}}',
  '$&',
  '$(touch /tmp/evil)',
  '`id`',
  '; rm -rf x',
  '../../etc/passwd',
  '/etc/passwd',
  '..',
  '-rf',
  '\x1b[2J\x1b]0;evil\x07',
  '\x9b31m',
  '\u2028\u2029\x85',
  '\u202egnp.exe',
  '\ud800',
  'ünï😀',
  '<script>alert(1)</script>',
  '<rsent:password:app>',
  '<rsent:sha256:sentinel>',
  '-x',
  '~',
  '*',
  'a'.repeat(5000),
];

/** Any text at all, and those that do harm more often than others. */
export const hostileText = fc.oneof(
  fc.constantFrom(...HOSTILE_TEXTS),
  fc.string({ unit: 'binary' }),
  fc
    .tuple(fc.constantFrom(...HOSTILE_TEXTS), fc.string(), fc.constantFrom(...HOSTILE_TEXTS))
    .map((parts) => parts.join('')),
);

/** Every password that may be used. */
export const legalPassword = fc.stringMatching(/^[!$-&(-;=?-[\]-~]{8,128}$/);

/** Every name that a topology may have. */
export const legalName = fc.stringMatching(/^[a-z0-9](?:[a-z0-9_-]{0,38}[a-z0-9])?$/);

const BRIDGE: Layout = { form: 'bridge', publish: '127.0.0.1' };

/** A spec, placed as `up` would place it where nothing is taken. */
export function placedRecord(spec: TopologySpec, layout = BRIDGE): TopologyRecord {
  let made = 0;
  const newId = () => (++made).toString(16).padStart(40, '0');
  const placement = place(spec, layout, { takenPorts: [], takenSubnets: [] }, newId);
  return { schemaVersion: 1, spec, placement };
}
