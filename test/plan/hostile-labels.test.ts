import { join } from 'node:path';
import fc from 'fast-check';
import { LABEL } from '../../src/model/constants.js';
import type { Labels } from '../../src/model/container.js';
import { nodeLabels, readNode } from '../../src/plan/labels.js';
import { FIELDS } from '../../src/spec/fields.js';
import { hostileText } from '../helpers/hostile.js';
import { controlsIn } from '../helpers/terminal.js';
import { anId, aRecord, nodeNamed } from '../helpers/topology.js';

const record = aRecord();
const own = nodeLabels(record, nodeNamed(record, 'sentinel-1'), '/home/me/lab');
const KEYS = Object.values(LABEL);

const read = (labels: Labels) =>
  readNode({
    ...{ id: 'c0ffee', name: 'lab-sentinel-1', labels, state: 'running' },
    ...{ networks: ['lab-net'], sharesNetwork: false, image: 'redis:8.0' },
  });

/** What nearly is a legal label: one with something in front of it, in it, or behind it. */
const nearly = fc
  .tuple(
    fc.constantFrom('redis-1', 'sentinel-1', '172.30.5.11:6379', 'mymaster', anId(7), 'redis'),
    hostileText,
    fc.nat(41),
  )
  .map(([text, bad, at]) => text.slice(0, at) + bad + text.slice(at));
const value = fc.oneof(
  hostileText,
  nearly,
  fc.constantFrom(
    'redis-1',
    'redis-999',
    'redis',
    'sentinel',
    '1.2.3.4:1',
    '0.0.0.0:65535',
    anId(7),
  ),
);
/** Labels of ours, some of them with another value, some gone. */
const anyLabels: fc.Arbitrary<Labels> = fc
  .dictionary(fc.constantFrom(...KEYS), fc.option(value, { nil: undefined }), { maxKeys: 3 })
  .map((changes) =>
    Object.fromEntries(
      Object.entries({ ...own, ...changes }).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      ),
    ),
  );

describe('a node that is read from any labels', () => {
  it('has nothing in it that leads out of the data home or that a terminal obeys', () => {
    let taken = 0;
    fc.assert(
      fc.property(anyLabels, (labels) => {
        const node = read(labels);
        if (node === undefined) return;
        taken++;
        // `directory` is only compared with our own, and told (see harmless in report/).
        const { directory: _, ...trusted } = node;
        expect(join('/home/me/lab', node.name, 'conf')).toMatch(
          /^\/home\/me\/lab\/(redis|sentinel)-\d{1,3}\/conf$/,
        );
        expect(controlsIn(JSON.stringify(trusted))).toEqual([]);
        expect(FIELDS.masterName.safeParse(node.masterName).success).toBe(true);
        expect(node.sentinelId ?? anId(1)).toMatch(/^[0-9a-f]{40}$/);
        for (const { ip, port } of [node.address, node.published]) {
          expect(ip).toMatch(/^\d{1,3}(\.\d{1,3}){3}$/);
          expect(port >= 1 && port <= 65_535).toBe(true);
        }
        expect(node.name.startsWith(node.kind)).toBe(true);
      }),
      { numRuns: 1000 },
    );
    // Whoever reads nothing at all lets nothing in either.
    expect(taken).toBeGreaterThan(50);
  });

  it('is none where any label that names or places it is hostile', () => {
    const address = /^(\d{1,3}\.){3}\d{1,3}:\d{1,5}$/;
    const legal: Readonly<Record<string, RegExp>> = {
      [LABEL.schema]: /^1$/,
      [LABEL.node]: /^(redis|sentinel)-\d{1,3}$/,
      [LABEL.kind]: /^(redis|sentinel)$/,
      [LABEL.masterName]: /^[A-Za-z0-9._-]{1,64}$/,
      [LABEL.address]: address,
      [LABEL.published]: address,
    };
    const hostile = fc.tuple(fc.constantFrom(...Object.keys(legal)), hostileText);
    fc.assert(
      fc.property(hostile, fc.constantFrom('alone', 'in front', 'behind'), ([key, bad], where) => {
        const good = where === 'alone' ? '' : (own[key] ?? '');
        const text = where === 'behind' ? good + bad : bad + good;
        fc.pre(legal[key]?.test(text) === false);
        expect([key, text, read({ ...own, [key]: text })]).toEqual([key, text, undefined]);
      }),
      { numRuns: 500 },
    );
  });
});
