import fc from 'fast-check';
import { dataLayout, filesInManifest, isEmptyDump } from '../../src/plan/data-files.js';

describe('what a node loads', () => {
  const AOF = { appendOnly: true, directory: 'appendonlydir', name: 'appendonly.aof' };

  it.each([
    ['appendonly yes\n', {}, AOF],
    ['appendonly "yes"\nappendfilename "a.aof"\n', {}, { ...AOF, name: 'a.aof' }],
    ['appendonly yes\nappenddirname d\n', {}, { ...AOF, directory: 'd' }],
    ['appendonly yes\nappendonly no\n', {}, { appendOnly: false, name: 'dump.rdb' }],
    ['dbfilename x.rdb\n', {}, { appendOnly: false, name: 'x.rdb' }],
    ['appendonly yes\n', { appendonly: ['no'] }, { appendOnly: false, name: 'dump.rdb' }],
  ])('is told by %j and %j', (conf, further, layout) => {
    expect(dataLayout(conf, further)).toEqual(layout);
  });
});

describe('a manifest', () => {
  it('lists the base and what was added, without the past', () => {
    const text = [
      'file appendonly.aof.2.base.rdb seq 2 type b',
      'file appendonly.aof.1.incr.aof seq 1 type h',
      'file "app end.aof.2.incr.aof" seq 2 type i startoffset 12',
      '',
    ].join('\n');
    expect(filesInManifest(text)).toEqual(['appendonly.aof.2.base.rdb', 'app end.aof.2.incr.aof']);
  });

  it.each(['', '\n', 'rubbish', 'file ../../etc/shadow seq 1 type b', 'file a seq x type b'])(
    'is damaged: %j',
    (text) => expect(filesInManifest(text)).toBeUndefined(),
  );

  it('of any bytes is read or refused', () => {
    fc.assert(fc.property(fc.string(), (text) => void filesInManifest(text)));
  });
});

/** As written by 7.0.15 at its first start, and by 6.0 and Valkey 8. */
const aux = (name: string, value: string) =>
  Buffer.concat([
    Buffer.from([0xfa, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ]);
const head = (magic: string) => Buffer.concat([Buffer.from(magic), aux('redis-ver', '7.0.15')]);
const BITS = Buffer.from([0xfa, 4, ...Buffer.from('bits'), 0xc0, 64]);
const CTIME = Buffer.from([0xfa, 5, ...Buffer.from('ctime'), 0xc2, 1, 2, 3, 4]);
const END = Buffer.from([0xff, 1, 2, 3, 4, 5, 6, 7, 8]);
const KEY = Buffer.from([0xfe, 0, 0xfb, 1, 0, 0, 1, 0x6b, 1, 0x76]);

describe('a dump', () => {
  it.each([
    ['nothing at all', Buffer.alloc(0)],
    ['one of Redis with no key', Buffer.concat([head('REDIS0010'), BITS, CTIME, END])],
    ['one of Valkey with no key', Buffer.concat([head('VALKEY080'), BITS, END])],
  ])('is empty: %s', (_, bytes) => expect(isEmptyDump(bytes)).toBe(true));

  it.each([
    ['one with a key', Buffer.concat([head('REDIS0010'), KEY, END])],
    ['one with commands after it', Buffer.concat([head('REDIS0010'), END, Buffer.from('*1\r\n')])],
    ['commands', Buffer.from('*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n')],
    ['one that is cut off', Buffer.concat([head('REDIS0010'), BITS.subarray(0, 3)])],
  ])('is not empty: %s', (_, bytes) => expect(isEmptyDump(bytes)).toBe(false));

  it('of any bytes is judged', () => {
    const any = fc.uint8Array().map((tail) => Buffer.concat([Buffer.from('REDIS0010'), tail]));
    fc.assert(fc.property(any, (bytes) => typeof isEmptyDump(bytes) === 'boolean'));
  });
});
