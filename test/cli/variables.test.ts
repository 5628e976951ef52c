import { mkdir } from 'node:fs/promises';
import { writeRecord } from '../../src/host/data-home.js';
import { loadEverything, run } from '../helpers/command-line.js';
import { emptyEngine, FakeEngine } from '../helpers/fake-engine.js';
import { useTempDir } from '../helpers/temp.js';
import { aRecord } from '../helpers/topology.js';

beforeAll(loadEverything, 60_000);

const path = useTempDir();
let engine: FakeEngine | undefined;
afterEach(() => engine?.stop());

async function up(...words: string[]) {
  const [first = '', ...variables] = words;
  engine = await FakeEngine.start(path('engine.sock'), emptyEngine);
  await mkdir(path('home/lab'), { recursive: true });
  await writeRecord(path('home'), aRecord());
  return run(['up', 'lab', ...first.split(' ').filter(Boolean)], {
    ...{ RSENT_DATA_DIR: path('home'), DOCKER_HOST: engine.endpoint },
    ...Object.fromEntries(variables.map((each) => each.split('='))),
  });
}

describe('what a variable says', () => {
  it('is told by the name of the variable where it is illegal', async () => {
    const { code, stderr } = await up('', 'RSENT_QUORUM=many');
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('RSENT_QUORUM is "many"; legal is'),
    ]);
    expect(stderr).not.toContain('--quorum');
  });

  it('is told by the name of the flag that wins over it', async () => {
    const { stderr } = await up('--quorum some', 'RSENT_QUORUM=2');
    expect(stderr).toContain('--quorum is "some"; legal is');
  });

  it('is named where up is refused for it: it would ask again each time', async () => {
    const { code, stderr } = await up('', 'RSENT_IMAGE=redis:6.2');
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('image is redis:8.0, asked redis:6.2'),
    ]);
    expect(stderr).toContain('To bring it up as it is: unset RSENT_IMAGE; rsent up lab');
  });

  it('is not named where a flag asks for it', async () => {
    const { stderr } = await up('--image redis:6.2');
    expect(stderr).toContain('rsent up lab without these brings it up as it is.');
  });
});
