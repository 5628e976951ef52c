import { orInterrupted, waitFor } from '../../src/flow/wait.js';
import { RsentError } from '../../src/model/errors.js';

const options = (more: Partial<Parameters<typeof waitFor>[1]> = {}) => ({
  deadline: Number.POSITIVE_INFINITY,
  everyMs: 1,
  signal: new AbortController().signal,
  ...more,
});

describe('waitFor', () => {
  it('asks until there is an answer', async () => {
    let asked = 0;
    const answer = await waitFor(async () => (++asked === 3 ? 'yes' : undefined), options());
    expect([answer, asked]).toEqual(['yes', 3]);
  });

  it.each([[0], [''], [false], [null]])('takes %j for an answer', async (value) => {
    expect(await waitFor(async () => value, options())).toBe(value);
  });

  it('asks once even when the time is over already', async () => {
    expect(await waitFor(async () => 'yes', options({ deadline: 0 }))).toBe('yes');
    expect(await waitFor(async () => undefined, options({ deadline: 0 }))).toBeUndefined();
  });

  it('asks nothing when interrupted already', async () => {
    let asked = 0;
    const wait = waitFor(async () => ++asked, options({ signal: AbortSignal.abort() }));
    await expect(wait).rejects.toMatchObject({ kind: 'interrupted' });
    expect(asked).toBe(0);
  });

  it('ends its sleep when interrupted', async () => {
    const user = new AbortController();
    const question = async () => void setImmediate(() => user.abort());
    const wait = waitFor(question, options({ everyMs: 60_000, signal: user.signal }));
    await expect(wait).rejects.toMatchObject({ kind: 'interrupted' });
  });

  it('lets an error of the question through', async () => {
    const question = async () => {
      throw new Error('broken');
    };
    await expect(waitFor(question, options())).rejects.toThrow('broken');
  });
});

describe('orInterrupted', () => {
  it('gives what the question gives, and its error', async () => {
    const { signal } = options();
    await expect(orInterrupted(Promise.resolve('yes'), signal)).resolves.toBe('yes');
    const broken = Promise.reject(new Error('broken'));
    await expect(orInterrupted(broken, signal)).rejects.toThrow('broken');
  });

  it('does not wait for the question when interrupted, before or meanwhile', async () => {
    const never = new Promise<void>(() => undefined);
    const user = new AbortController();
    const meanwhile = orInterrupted(never, user.signal);
    user.abort();
    await expect(meanwhile).rejects.toMatchObject({ kind: 'interrupted' });
    const before = orInterrupted(never, user.signal);
    await expect(before).rejects.toMatchObject({ kind: 'interrupted' });
  });

  it('leaves it to one that gave the run up why it ends', async () => {
    const reason = new RsentError('refused', 'Somebody else took over.');
    const asked = orInterrupted(new Promise<void>(() => undefined), AbortSignal.abort(reason));
    await expect(asked).rejects.toBe(reason);
  });
});
