import { parseLdd } from '../../src/host/rootfs.js';

describe('parseLdd', () => {
  it('reads libraries and the loader, and not what the kernel brings', () => {
    const output = [
      '\tlinux-vdso.so.1 (0x00007ffd5a5f2000)',
      '\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f1f6f2c0000)',
      '\tlibjemalloc.so.2 => /usr/lib/x86_64-linux-gnu/libjemalloc.so.2 (0x00007f1f6ec00000)',
      '\t/lib64/ld-linux-x86-64.so.2 (0x00007f1f6f7f0000)',
      '',
    ].join('\n');
    expect(parseLdd(output)).toEqual([
      '/lib/x86_64-linux-gnu/libm.so.6',
      '/usr/lib/x86_64-linux-gnu/libjemalloc.so.2',
      '/lib64/ld-linux-x86-64.so.2',
    ]);
  });

  it.each([
    ['a static program', '\tstatically linked\n'],
    ['no program', '\tnot a dynamic executable\n'],
    ['a library that is missing', '\tlibx.so => not found\n'],
    ['nothing', ''],
  ])('reads nothing out of the answer for %s', (_, output) => {
    expect(parseLdd(output)).toEqual([]);
  });
});
