import type { ServerResponse } from 'node:http';
import { connectDocker } from '../../../src/engine/docker/docker-engine.js';
import { LARGEST_TEXT } from '../../../src/model/constants.js';
import { FakeEngine } from '../../helpers/fake-engine.js';
import { useTempDir } from '../../helpers/temp.js';

const MB = 1024 ** 2;

function frame(type: number, content: string | Buffer, length?: number): Buffer {
  const body = Buffer.from(content);
  const header = Buffer.alloc(8);
  header.writeUInt8(type, 0);
  header.writeUInt32BE(length ?? body.length, 4);
  return Buffer.concat([header, body]);
}

/** Sends for as long as somebody takes it; gives how much that was, and when it was no more. */
function sendEndlessly(reply: ServerResponse, piece: Buffer, onSent: (bytes: number) => void) {
  let isOver = false;
  reply.on('close', () => {
    isOver = true;
  });
  const more = () => {
    while (!isOver) {
      onSent(piece.length);
      if (!reply.write(piece)) {
        reply.once('drain', more);
        return;
      }
    }
  };
  more();
}

describe('what comes from a container', () => {
  const path = useTempDir();
  let fake: FakeEngine;
  let answer: (reply: ServerResponse) => void;
  let sent = 0;

  beforeEach(async () => {
    sent = 0;
    fake = await FakeEngine.start(path('docker.sock'), ({ url = '' }, reply) => {
      if (/_ping$/.test(url)) reply.end('OK');
      else if (/\/create/.test(url)) reply.writeHead(201).end('{"Id":"c"}');
      else if (/\/wait/.test(url)) reply.end('{"StatusCode":0}');
      else if (/\/(logs|archive)/.test(url)) answer(reply);
      else reply.writeHead(204).end();
    });
  });
  afterEach(() => fake.stop());
  const engine = () => connectDocker({ DOCKER_HOST: fake.endpoint });
  const endless = (piece: Buffer) => (reply: ServerResponse) =>
    sendEndlessly(reply, piece, (bytes) => {
      sent += bytes;
    });

  it.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), ''],
    [
      'both streams, in the order in which they came',
      Buffer.concat([frame(1, 'a\n'), frame(2, 'b\n'), frame(1, 'c\n')]),
      'a\nb\nc\n',
    ],
    ['an empty frame', Buffer.concat([frame(1, ''), frame(1, 'a')]), 'a'],
    [
      'a letter that two frames share',
      Buffer.concat([frame(1, Buffer.from([0xc3])), frame(1, Buffer.from([0xa9]))]),
      'é',
    ],
    ['a header that is cut off', Buffer.concat([frame(1, 'a'), Buffer.from([1, 0, 0])]), 'a'],
  ])('is read: %s', async (_, stream, text) => {
    answer = (reply) => reply.end(stream);
    expect(await (await engine()).logs('c', 8)).toBe(text);
  });

  it.each([
    ['a log without end', frame(1, 'x'.repeat(32 * 1024))],
    ['a frame of 4 GB', frame(1, 'x'.repeat(32 * 1024), 2 ** 32 - 1)],
  ])('does not fill the memory: %s', async (_, piece) => {
    const isOneFrame = piece.readUInt32BE(4) > piece.length;
    answer = (reply) => {
      if (isOneFrame) reply.write(piece);
      endless(isOneFrame ? piece.subarray(8) : piece)(reply);
    };
    const there = await engine();
    expect((await there.logs('c', 8)).length).toBe(MB);
    const { output, exitCode } = await there.runOnce('image', ['sh']);
    expect({ length: output.length, exitCode }).toEqual({ length: MB, exitCode: 0 });
    // What was on its way is lost.
    expect(sent).toBeLessThan(16 * MB);
  });

  it('is refused where a text is larger than any', async () => {
    answer = endless(Buffer.alloc(64 * 1024));
    await expect((await engine()).getArchive('c', '/conf/redis.conf')).rejects.toMatchObject({
      kind: 'engine',
      message: '/conf/redis.conf was not read: it is larger than 16 MB.',
    });
    expect(sent).toBeLessThan(LARGEST_TEXT + 16 * MB);
  });
});
