import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { DrillFlags } from '../../src/cli/drill-inputs.js';
import { useTempDir } from '../helpers/temp.js';

const path = useTempDir();
type Args = Record<string, unknown>;

/** Everything that is wrong with where reports should go. */
async function problemsOf(args: Args): Promise<string[]> {
  const flags = new DrillFlags(args);
  await flags.files();
  try {
    flags.check();
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
}

describe('where reports go', () => {
  const filesOf = (args: Args) => new DrillFlags(args).files();

  it('is nowhere by default', async () => {
    expect(await filesOf({})).toEqual({});
  });

  it('is where the flags say, over what is there already', async () => {
    await writeFile(path('old.xml'), 'old');
    const files = { junit: path('old.xml'), html: path('new.html') };
    expect(await problemsOf(files)).toEqual([]);
    expect(await filesOf(files)).toEqual(files);
    expect(await readdir(path())).toEqual(['old.xml']);
  });

  it('must be a place where a file can be, which each flag is told by itself', async () => {
    await mkdir(path('directory'));
    await writeFile(path('file'), '');
    expect(
      await problemsOf({ junit: path('directory'), html: path('absent/report.html') }),
    ).toEqual([
      expect.stringMatching(/^--junit: Cannot write .*directory: it is a directory/),
      expect.stringMatching(/^--html: Cannot write .*absent\/report\.html: .*ENOENT/),
    ]);
    expect(await problemsOf({ html: path('file/report.html') })).toEqual([
      expect.stringMatching(/^--html: Cannot write .*ENOTDIR/),
    ]);
  });

  it('must be two places for two reports', async () => {
    for (const html of [path('report'), `${path()}/./report`]) {
      const problems = await problemsOf({ junit: path('report'), html });
      expect(problems).toEqual([expect.stringMatching(/--junit.*--html|--html.*--junit/)]);
    }
  });
});
