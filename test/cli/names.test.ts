import { nameOf, readSaid } from '../../src/cli/inputs.js';

const refusal = async (args: Record<string, unknown>) => {
  const said = await readSaid(args);
  try {
    return nameOf(said);
  } catch (error) {
    return (error as Error).message;
  }
};

describe('a bad name', () => {
  it('is all that is said where nothing else is wrong', async () => {
    expect(await refusal({ name: 'A B' })).toMatch(/^name is "A B"; legal is 1 to 40 .*\.$/);
  });

  it('does not hide what else is wrong', async () => {
    const said = await refusal({ name: 'A B', replicas: 'many', quorum: '9' });
    expect(said).toMatch(/^The spec has 3 problems:\n/);
    expect(said).toMatch(/name is "A B".*--replicas is "many".*--quorum is 9/s);
  });
});
