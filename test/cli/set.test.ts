import { writeFile } from 'node:fs/promises';
import { loadEverything, run } from '../helpers/command-line.js';
import { useTempDir } from '../helpers/temp.js';

beforeAll(loadEverything, 60_000);

const path = useTempDir();
const NOWHERE = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };

describe('what set is to change', () => {
  it.each([
    ['downAfter: 5s\n'],
    ['profile: dev\nreplicas: 3\n'],
    ['redisConfig: {maxmemory-policy: allkeys-lru}\n'],
  ])('may be said by a spec file: %j', async (spec) => {
    await writeFile(path('rsent.yaml'), spec);
    const { stderr } = await run(['set', 'lab', '-f', path('rsent.yaml')], NOWHERE);
    expect(stderr).toContain('No Docker Engine answers');
  });

  it.each([['name: lab\n'], ['replicas: 3\n'], ['{}\n']])('is nothing in %j', async (spec) => {
    await writeFile(path('rsent.yaml'), spec);
    const { code, stderr } = await run(['set', '-f', path('rsent.yaml')], NOWHERE);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('Nothing is said of what to change'),
    ]);
  });
});
