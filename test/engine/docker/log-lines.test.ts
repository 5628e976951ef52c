import fc from 'fast-check';
import { Frames } from '../../../src/engine/docker/frames.js';
import { LogLines } from '../../../src/engine/docker/log-lines.js';

const AT = '2026-01-02T03:04:05.123456789Z';

function frame(type: number, content: string | Buffer): Buffer {
  const body = Buffer.from(content);
  const header = Buffer.alloc(8);
  header.writeUInt8(type, 0);
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}

/** The stream cut at these places. */
function cut(stream: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [0, ...places.map((place) => place % (stream.length + 1)), stream.length];
  sorted.sort((a, b) => a - b);
  return sorted.slice(1).map((end, i) => stream.subarray(sorted[i], end));
}

const places = fc.array(fc.nat(), { maxLength: 20 });
const messages = fc.array(
  fc.record({
    type: fc.constantFrom(1, 2),
    text: fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', '')),
    ms: fc.nat({ max: 999 }),
  }),
  { maxLength: 10 },
);
const at = (ms: number) => `2026-01-02T03:04:05.${String(ms).padStart(3, '0')}000000Z`;

describe('Frames', () => {
  it('gives the same wherever the stream was cut', () => {
    fc.assert(
      fc.property(messages, places, (sent, where) => {
        const stream = Buffer.concat(sent.map(({ type, text }) => frame(type, text)));
        const frames = new Frames();
        const got = cut(stream, where).flatMap((chunk) => frames.push(chunk));
        expect(got.map(({ stream: from, content }) => [from, content.toString()])).toEqual(
          sent.map(({ type, text }) => [type === 2 ? 'stderr' : 'stdout', text]),
        );
      }),
    );
  });

  it('gives a large frame in pieces, and holds no more than one of them', () => {
    const text = Buffer.alloc(1024 ** 2, 'abc');
    const stream = Buffer.concat([frame(2, text), frame(1, 'next')]);
    const frames = new Frames();
    let [sent, given] = [0, 0];
    const got = cut(
      stream,
      Array.from({ length: 300 }, (_, i) => i * 3511),
    ).flatMap((chunk) => {
      const found = frames.push(chunk);
      sent += chunk.length;
      given += found.reduce((sum, { content }) => sum + content.length, 0);
      expect(sent - given).toBeLessThanOrEqual(64 * 1024 + 16);
      return found;
    });
    const large = got.filter(({ stream: from }) => from === 'stderr');
    expect(Buffer.concat(large.map(({ content }) => content)).equals(text)).toBe(true);
    expect(large.map(({ continues }) => continues ?? false)).toEqual(large.map((_, i) => i > 0));
    expect(got.at(-1)).toEqual({ stream: 'stdout', content: Buffer.from('next') });
  });

  it.each([
    ['a text', Buffer.from('1:M 22 Nov 2026 Ready')],
    ['a type that there is not', frame(3, 'x')],
    [
      'an error of the engine in between',
      Buffer.concat([frame(1, 'x'), Buffer.from('{"message":')]),
    ],
  ])('refuses %s', (_, stream) => {
    expect(() => new Frames().push(stream)).toThrow('a form that rsent does not know');
  });
});

describe('LogLines', () => {
  it('gives the same lines wherever the stream was cut', () => {
    fc.assert(
      fc.property(messages, places, (sent, where) => {
        const frames = sent.map(({ type, text, ms }) => frame(type, `${at(ms)} ${text}\n`));
        const lines = new LogLines();
        const got = cut(Buffer.concat(frames), where).flatMap((chunk) => lines.push(chunk));
        expect([...got, ...lines.end()]).toEqual(
          sent.map(({ type, text, ms }) => {
            return { at: at(ms), stream: type === 2 ? 'stderr' : 'stdout', text };
          }),
        );
      }),
    );
  });

  it('puts a line together that the engine keeps as several messages', () => {
    const lines = new LogLines();
    const [a, b] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)];
    const later = AT.replace('789Z', '790Z');
    const got = lines.push(
      Buffer.concat([
        frame(1, Buffer.concat([Buffer.from(`${AT} caf`), a])),
        frame(2, `${later} meanwhile\n`),
        frame(1, Buffer.concat([Buffer.from(`${later} `), b, Buffer.from('!\n')])),
      ]),
    );
    expect(got).toEqual([
      { at: later, stream: 'stderr', text: 'meanwhile' },
      { at: AT, stream: 'stdout', text: 'café!' },
    ]);
  });

  it('gives what was begun and never ended', () => {
    const lines = new LogLines();
    expect(lines.push(frame(1, `${AT} half`))).toEqual([]);
    expect(lines.end()).toEqual([{ at: AT, stream: 'stdout', text: 'half' }]);
    expect(lines.end()).toEqual([]);
  });

  it('ends a line that never ends', () => {
    const lines = new LogLines();
    const piece = frame(1, `${AT} ${'x'.repeat(16 * 1024)}`);
    const got = Array.from({ length: 8 }, () => lines.push(piece)).flat();
    expect(got.map(({ text }) => text.length)).toEqual([64 * 1024, 64 * 1024]);
  });

  it('takes no time out of the middle of a large message', () => {
    const lines = new LogLines();
    const time = `${AT.replace('2026', '2031')} `;
    const text = 'x'.repeat(64 * 1024 - AT.length - 1) + time;
    const got = [...lines.push(frame(1, `${AT} ${text}`)), ...lines.end()];
    expect(got.map(({ text: each }) => each).join('')).toBe(text);
    expect(got.map(({ at: each }) => each)).toEqual(got.map(() => AT));
  });

  it('takes a message without a time for one of the moment before', () => {
    const lines = new LogLines();
    const got = lines.push(Buffer.concat([frame(1, `${AT} a\n`), frame(1, 'no time\n')]));
    expect(got.map((line) => line.at)).toEqual([AT, AT]);
    expect(got[1]?.text).toBe('no time');
  });
});
