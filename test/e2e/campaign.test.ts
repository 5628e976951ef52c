import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { CampaignDocument, UpDocument } from '../helpers/documents.js';
import { Lab } from '../helpers/lab.js';

jest.setTimeout(600_000);

const SHAPES = [
  ['1+2+3', ['--acl', '--tls']],
  ['1+1+3', ['--replicas', '1']],
  ['1+4+5', ['--replicas', '4', '--sentinels', '5']],
] as const;

it('runs the drills that are wanted, tells on stderr how it gets on, and gives each its time', async () => {
  const lab = await Lab.open();
  try {
    const name = lab.name();
    await lab.json<UpDocument>('up', name, '--profile', 'ci');
    const junit = join(lab.home, 'junit.xml');
    const began = Date.now();
    const { code, stdout, stderr } = await lab.run(
      ...['drill', name, '--rate', '0', '--json', '--junit', junit],
      ...['--only', 'manual', '--only', 'crash sentinel'],
    );
    const tookMs = Date.now() - began;
    expect(code).toBe(0);
    const { runs } = JSON.parse(stdout) as CampaignDocument;
    expect(runs.map(({ title }) => title)).toEqual(['manual master', 'crash sentinel']);
    expect(stderr).toMatch(
      /1 of 2: manual master[\s\S]*passed[\s\S]*2 of 2: crash sentinel[\s\S]*passed/,
    );
    const times = [...(await readFile(junit, 'utf8')).matchAll(/<testcase [^>]*time="([\d.]+)"/g)];
    const sum = times.reduce((total, [, time]) => total + Number(time), 0);
    // Longer than the time without writes, which is none for a Sentinel that crashes.
    expect(times.every(([, time]) => Number(time) > 1)).toBe(true);
    expect(sum * 1000).toBeLessThan(tookMs);
    const unknown = await lab.run('drill', name, '--only', 'crsh');
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('crash master')]);
  } finally {
    await lab.clean();
  }
});

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
