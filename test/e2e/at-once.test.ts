import { jest } from '@jest/globals';
import type { StatusDocument, UpDocument } from '../helpers/documents.js';
import { Lab } from '../helpers/lab.js';

jest.setTimeout(120_000);

const COUNT = 4;

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab?.clean());

describe('topologies that begin in the same moment', () => {
  it('each finds a place at its first attempt, whoever runs them', async () => {
    const names = Array.from({ length: COUNT }, () => lab.name());
    // Half of them keep their data elsewhere, as those of another user do.
    const elsewhere = { RSENT_DATA_DIR: `${lab.home}/elsewhere` };
    const envOf = (nth: number) => (nth % 2 === 0 ? {} : elsewhere);
    const results = await Promise.all(
      names.map((name, nth) => lab.start(['up', name, '--json'], envOf(nth)).result),
    );
    for (const { code, stderr } of results) {
      expect(stderr).not.toContain('Trying elsewhere');
      expect(code).toBe(0);
    }
    const ups = results.map(({ stdout }) => JSON.parse(stdout) as UpDocument);
    const published = ups.flatMap(({ nodes }) => nodes.map((node) => node.published));
    expect(new Set(published).size).toBe(6 * COUNT);
    for (const [nth, name] of names.entries()) {
      const { stdout } = await lab.start(['status', name, '--json'], envOf(nth)).result;
      expect(JSON.parse(stdout) as StatusDocument).toMatchObject({ state: 'healthy' });
    }
  });
});
