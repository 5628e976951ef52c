import { Writable } from 'node:stream';
import { onLoss, openOutlet } from '../../src/cli/outlet.js';

/** A stream whose writes fail from the second one on. */
function failing(code: string): { readonly stream: Writable; readonly written: string[] } {
  const written: string[] = [];
  const stream = new Writable({
    highWaterMark: 1,
    autoDestroy: false,
    write: (chunk, _, done) => {
      if (written.length > 0) return done(Object.assign(new Error('it failed'), { code }));
      written.push(String(chunk));
      done();
    },
  });
  return { stream, written };
}

describe('stdout that fails', () => {
  it.each(['ENOSPC', 'EPIPE'])('closes its outlet (%s), and nobody waits for it', async (code) => {
    const { stream, written } = failing(code);
    const outlet = openOutlet(stream);
    await outlet.line('one');
    expect(outlet.closed.aborted).toBe(false);
    await outlet.line('two');
    expect(outlet.closed.aborted).toBe(true);
    await outlet.line('three');
    expect(written).toEqual(['one\n']);
  });

  it.each([
    ['ENOSPC', ['it failed']],
    ['EIO', ['it failed']],
    // Whoever reads along may leave.
    ['EPIPE', []],
  ])('is a loss that is told once, unless nobody reads (%s)', async (code, told) => {
    const { stream } = failing(code);
    const heard: string[] = [];
    onLoss(stream, ({ message }) => heard.push(message));
    const fail = (text: string) => new Promise<unknown>((done) => stream.write(text, done));
    expect(await fail('one')).toBeFalsy();
    expect(await fail('two')).toHaveProperty('code', code);
    stream.emit('error', Object.assign(new Error('again'), { code }));
    expect(heard).toEqual(told);
  });
});
