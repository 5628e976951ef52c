import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { connectDocker } from '../../../src/engine/docker/docker-engine.js';
import type { Engine } from '../../../src/engine/engine.js';
import { emptyEngine, FakeEngine } from '../../helpers/fake-engine.js';
import { useTempDir } from '../../helpers/temp.js';

const path = useTempDir();
let fake: FakeEngine | undefined;
afterEach(() => fake?.stop());

async function engineThat(
  answer: (asked: IncomingMessage, reply: ServerResponse) => void,
): Promise<Engine> {
  fake = await FakeEngine.start(path('docker.sock'), (asked, reply) => {
    asked.resume();
    if (asked.url === '/_ping') reply.end('OK');
    else answer(asked, reply);
  });
  return connectDocker({ DOCKER_HOST: fake.endpoint });
}

const strange = (doing: string) =>
  expect.objectContaining({
    kind: 'engine',
    failure: 'unreachable',
    message: `The answer of ${fake?.endpoint} is not that of a Docker Engine (${doing}).`,
    hint: expect.stringContaining('DOCKER_HOST'),
  });

const READS: readonly [string, string, (engine: Engine) => Promise<unknown>][] = [
  ['containers', 'list its containers', (engine) => engine.containers()],
  ['networks', 'list its networks', (engine) => engine.networks()],
  ['volumes', 'list its volumes', (engine) => engine.volumes()],
  ['facts', 'say how it is set up', (engine) => engine.describe()],
  ['an image', 'look for the image r:1', (engine) => engine.findImage('r:1')],
  ['addresses', 'look at the network n', (engine) => engine.usedAddresses('n')],
  ['a life', 'look at the container c', (engine) => engine.containerLife('c')],
  ['a command', 'run sh in the container c', (engine) => engine.exec('c', ['sh'])],
  ['a file', 'look at /f in the container c', (engine) => engine.fileFacts('c', '/f')],
];

/** What is answered by a stream. */
const STREAMS: typeof READS = [
  ['a log', 'read the log of the container c', (engine) => engine.logs('c', 5)],
  ['an archive', 'read /d in the container c', (engine) => engine.getArchive('c', '/d')],
];

const BODIES: readonly [string, string][] = [
  ['null', 'null'],
  ['a page', '<html><body>Welcome</body></html>'],
  ['nothing', ''],
  ['a number', '5'],
  ['a text', '"up"'],
  ['an object of something else', '{"status":"ok"}'],
  ['a list of nulls', '[null]'],
  ['a list of lists', '[[]]'],
  ['nested JSON', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
];

describe.each(BODIES)('an engine that answers %s', (_, body) => {
  it.each(READS)('has not answered for %s', async (_, doing, read) => {
    const status = doing.startsWith('run ') ? 201 : 200;
    const engine = await engineThat((__, reply) => reply.writeHead(status).end(body));
    await expect(read(engine)).rejects.toEqual(strange(doing));
  });
});

describe('a row that lacks what is used of it', () => {
  const container = { Id: 'a', Names: ['/a'], State: 'running', Labels: {}, Image: 'i' };
  it.each([
    ['no id', { Id: undefined }],
    ['labels that are a list', { Labels: ['rsent.schema'] }],
    ['a label that is no text', { Labels: { 'rsent.schema': 1 } }],
    ['names that are a text', { Names: '/a' }],
    ['networks that are null', { NetworkSettings: { Networks: { n: null } } }],
    ['ports that are an object', { Ports: {} }],
  ])('%s', async (_, fault) => {
    const engine = await engineThat((__, reply) =>
      reply.end(JSON.stringify([container, { ...container, ...fault }])),
    );
    await expect(engine.containers()).rejects.toEqual(strange('list its containers'));
  });

  it('is none where Go writes null for what is empty', async () => {
    const row = { ...container, Labels: null, Ports: null, Mounts: null, NetworkSettings: null };
    const engine = await engineThat((_, reply) => reply.end(JSON.stringify([row])));
    expect(await engine.containers()).toEqual([expect.objectContaining({ id: 'a', labels: {} })]);
  });

  it('is none on an engine that has nothing', async () => {
    const engine = await engineThat(emptyEngine);
    expect(await engine.containers()).toEqual([]);
    expect(await engine.networks()).toEqual([]);
    expect(await engine.volumes()).toEqual([]);
    expect(await engine.findImage('r:1')).toBeUndefined();
  });
});

describe('an engine that sends the client elsewhere', () => {
  it.each(['http://127.0.0.1:1/', 'ftp://there/', '//[', '/containers/json'])(
    'is not followed to %s',
    async (location) => {
      const engine = await engineThat((_, reply) => reply.writeHead(301, { location }).end());
      await expect(engine.containers()).rejects.toEqual(strange('list its containers'));
      await expect(engine.startContainer('c')).rejects.toEqual(strange('start the container c'));
      await expect(engine.logs('c', 5)).rejects.toEqual(strange('read the log of the container c'));
      await expect(engine.pullImage('r:1', () => undefined)).rejects.toEqual(strange('pull r:1'));
      expect(fake?.asked).toHaveLength(4);
    },
  );

  it('is none where it says that a thing is so already', async () => {
    const engine = await engineThat((_, reply) => reply.writeHead(304).end());
    await engine.startContainer('c');
  });
});

describe('an image that is made', () => {
  const build = (engine: Engine) => engine.importImage('r:1', Readable.from(['tar']), []);
  const answering = (report: string, inspect: (reply: ServerResponse) => void) =>
    engineThat(({ method }, reply) => (method === 'POST' ? reply.end(report) : inspect(reply)));
  const missing = (reply: ServerResponse) =>
    reply.writeHead(404).end('{"message":"no such image"}');
  const there = (reply: ServerResponse) => reply.end('{"Id":"sha256:abc"}');

  it('has the id that the engine gives for its name', async () => {
    expect(await build(await answering('{"status":"sha256:abc"}\n', there))).toBe('sha256:abc');
  });

  it.each([
    ['empty', ''],
    ['null', 'null'],
    ['a page', '<html>\n</html>\n'],
  ])('is none where the report is %s', async (_, report) => {
    const engine = await answering(report, there);
    await expect(build(engine)).rejects.toEqual(strange('import the image r:1'));
  });

  it('is none where the report ends in a failure', async () => {
    const engine = await answering('{"status":"x"}\n{"error":"the layer is broken"}\n', there);
    await expect(build(engine)).rejects.toThrow('"the layer is broken"');
  });

  it('is none where the engine has none of that name afterwards', async () => {
    const engine = await answering('{"status":"sha256:abc"}\n', missing);
    await expect(build(engine)).rejects.toThrow(
      'The engine says that r:1 is made, and has no image of that name.',
    );
  });
});

describe('a pull', () => {
  const reporting = (report: string) => engineThat((_, reply) => reply.end(report));
  const pull = (engine: Engine) => engine.pullImage('r:1', () => undefined);

  it('fails where its report says so after it began', async () => {
    const report = '{"status":"Pulling"}\r\n{"error":"manifest unknown"}\r\n';
    const engine = await reporting(report);
    await expect(pull(engine)).rejects.toThrow('cannot be pulled: there is no such image.');
  });

  it.each(['<html>\n</html>\n', 'null\n'])('is none where its report is %j', async (report) => {
    const engine = await reporting(report);
    await expect(pull(engine)).rejects.toEqual(strange('pull r:1'));
  });
});

/** Bodies of an error that have no words for people. */
const WORDLESS: readonly [string, string][] = [
  ['nothing', ''],
  ['no words', '{"message":""}'],
  ['null', 'null'],
  ['a number', '5'],
  ['a list', '["a"]'],
  ['null for its words', '{"message":null,"error":null}'],
  ['a number for its words', '{"message":5}'],
  ['an object for its words', '{"message":{"a":1}}'],
  ['words that cannot be made a text', '{"message":{"toString":1,"valueOf":1}}'],
  ['deep lists for its words', `{"message":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
];

describe.each(WORDLESS)('an engine that fails with %s', (_, body) => {
  const failing = (reply: ServerResponse) =>
    reply.writeHead(500, { 'content-type': 'application/json' }).end(body);

  it.each([...READS, ...STREAMS])('has its status quoted for %s', async (_, doing, ask) => {
    const engine = await engineThat((__, reply) => failing(reply));
    await expect(ask(engine)).rejects.toMatchObject({
      kind: 'engine',
      message: `Docker could not ${doing}: it answers HTTP 500 and gives no reason.`,
    });
  });

  it('gives no reason for a pull', async () => {
    const engine = await engineThat((__, reply) => failing(reply));
    await expect(engine.pullImage('r:1', () => undefined)).rejects.toThrow(
      'The image r:1 is not here and cannot be pulled: it gives no reason.',
    );
  });
});

it.each([
  ['words that are no JSON', 'the store is broken', 'it says "the store is broken"'],
  ['half of a document', '{"message":"x', 'it says "{\\"message\\":\\"x"'],
  ['a text', '"the store is broken"', 'it says "the store is broken"'],
])('an engine that fails with %s is quoted', async (_, body, quoted) => {
  const engine = await engineThat((__, reply) => reply.writeHead(500).end(body));
  await expect(engine.containers()).rejects.toThrow(
    `Docker could not list its containers: ${quoted}.`,
  );
});

describe('an answer without end', () => {
  const endless = (status: number) =>
    engineThat((_, reply) => {
      reply.writeHead(status);
      const more = () => {
        while (reply.write(' '.repeat(256 * 1024)));
      };
      reply.on('drain', more);
      more();
    });

  it.each([
    ['is not read to it', 200, 64],
    ['is not read to it where it is an error', 500, 1],
  ])('%s', async (_, status, mib) => {
    const engine = await endless(status);
    await expect(engine.containers()).rejects.toMatchObject({
      failure: 'unreachable',
      message: expect.stringContaining(`has no end: more than ${mib} MiB came`),
    });
  });

  it('is not read to it where a command is run', async () => {
    const engine = await endless(500);
    await expect(engine.attach('c', ['sh'], false)).rejects.toThrow('has no end');
  });
});

describe('a command that the engine makes and does not begin', () => {
  const refusing = (body: string) =>
    engineThat(({ url = '' }, reply) => {
      if (url.endsWith('/start')) reply.writeHead(409).end(body);
      else reply.writeHead(201).end('{"Id":"e1"}');
    });

  it.each([
    ['', 'it answers HTTP 409 and gives no reason'],
    ['{"message":"container c is paused"}', 'paused'],
    ['{"message":{"toString":1}}', 'it answers HTTP 409 and gives no reason'],
  ])('fails with what it says of it: %j', async (body, words) => {
    const engine = await refusing(body);
    await expect(engine.attach('c', ['sh'], false)).rejects.toThrow(words);
  });
});
