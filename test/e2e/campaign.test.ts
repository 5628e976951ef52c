import { jest } from '@jest/globals';
import type { CampaignDocument, UpDocument } from '../helpers/documents.js';
import { Lab } from '../helpers/lab.js';

jest.setTimeout(600_000);

const SHAPES = [
  ['1+2+3', ['--acl', '--tls']],
  ['1+1+3', ['--replicas', '1']],
  ['1+4+5', ['--replicas', '4', '--sentinels', '5']],
] as const;

/** All at once: they mostly wait, and share nothing but the machine. */
it('every drill of the campaign passes, on each topology', async () => {
  const lab = await Lab.open();
  try {
    const results = await Promise.all(
      SHAPES.map(async ([shape, flags]) => {
        const name = lab.name();
        await lab.json<UpDocument>('up', name, '--profile', 'ci', ...flags);
        const { stdout } = await lab.run('drill', name, '--json', '--wait', '1');
        return [shape, JSON.parse(stdout) as CampaignDocument] as const;
      }),
    );
    for (const [shape, { runs, passed }] of results) {
      const bad = runs
        .filter(({ report }) => report?.passed !== true)
        .map(({ title, report, error }) => ({ title, error, complaints: report?.complaints }));
      expect({ shape, bad }).toEqual({ shape, bad: [] });
      expect(passed).toBe(true);
      expect(runs.length).toBeGreaterThan(12);
      // No write that a replica had is lost by a crash.
      for (const { title, report } of runs.filter((each) => each.title.startsWith('crash'))) {
        expect({ shape, title, lost: report?.client?.total.lost }).toEqual({
          shape,
          title,
          lost: 0,
        });
      }
    }
  } finally {
    await lab.clean();
  }
});
