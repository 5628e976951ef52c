import { formatIn, requireReadable } from '../../src/flow/dump-format.js';
import { anEngine } from '../helpers/engine.js';

const image = { ref: 'some/image', server: 'redis-server', version: '7.0.15' };
const backup = (format: string) => ({
  dump: { bytes: 1, sha256: '', format },
  server: { product: 'redis' as const, version: '7.4.0' },
});
const printing = (output: string) => ({
  engine: anEngine({ runOnce: async () => ({ exitCode: 0, output }) }),
});

describe('the dumps that an image reads', () => {
  it('are told by the one that its server has written', () => {
    expect(formatIn('a warning\nformat REDIS0010\n')).toEqual({ family: 'redis', version: 10 });
    expect(formatIn('format \n')).toBeUndefined();
    expect(formatIn('')).toBeUndefined();
  });

  it('are those that are no newer', async () => {
    const seven = printing('format REDIS0010\n');
    await expect(requireReadable(seven, image, backup('REDIS0010'))).resolves.toBeUndefined();
    await expect(requireReadable(seven, image, backup('REDIS0012'))).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('cannot read the dump'),
    });
  });

  it('are none of an unknown format', async () => {
    const seven = printing('format REDIS0010\n');
    await expect(requireReadable(seven, image, backup('REDISabcd'))).rejects.toMatchObject({
      kind: 'refused',
    });
  });

  it('are not guessed when the image has said nothing', async () => {
    const silent = printing('sh: no such thing');
    await expect(requireReadable(silent, image, backup('REDIS0010'))).rejects.toMatchObject({
      kind: 'spec',
      hint: expect.stringContaining('no such thing'),
    });
  });
});
