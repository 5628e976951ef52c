import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SshAgent, sshArguments } from '../../../src/engine/docker/ssh.js';
import { useTempDir } from '../../helpers/temp.js';

const path = useTempDir();

describe('the words that ssh is called with', () => {
  const of = (endpoint: string) => sshArguments(endpoint).slice(4).join(' ');

  it.each([
    ['ssh://box', '-T -- box docker system dial-stdio'],
    ['ssh://box/', '-T -- box docker system dial-stdio'],
    ['ssh://me@box.lan:2222', '-T -l me -p 2222 -- box.lan docker system dial-stdio'],
    ['ssh://a%40b@box', '-T -l a@b -- box docker system dial-stdio'],
    ['ssh://me@[fd00::7]', '-T -l me -- fd00::7 docker system dial-stdio'],
    ['ssh://box/run/d.sock', '-T -- box docker --host unix:///run/d.sock system dial-stdio'],
  ])('for %s', (endpoint, words) => {
    expect(of(endpoint)).toBe(words);
    expect(sshArguments(endpoint).slice(0, 2)).toEqual(['-o', 'BatchMode=yes']);
  });

  it('have the host after the last option, whatever it is called', () => {
    const words = sshArguments('ssh://-oProxyCommand=x');
    expect(words[words.indexOf('--') + 1]).toBe('-oProxyCommand=x');
  });

  it.each(['ssh://box/a b', 'ssh://box/$(x)', 'ssh://box/a;b', "ssh://box/a'b"])(
    'are refused where the other shell could take them for a command: %s',
    (endpoint) => {
      expect(() => sshArguments(endpoint)).toThrow('cannot be used over ssh');
    },
  );
});

describe('a connection through ssh', () => {
  let server: Server;
  let connections = 0;
  let agent: SshAgent;

  /** An ssh that leads to the server of the test, or does what is said. */
  async function fakeSsh(script: string): Promise<void> {
    await writeFile(path('ssh'), `#!/bin/sh\n${script}\n`);
    await chmod(path('ssh'), 0o755);
  }
  const dial = (first = '') => {
    const { port } = server.address() as AddressInfo;
    const program = `${first}const s = require('node:net').connect(${port}, '127.0.0.1'); process.stdin.pipe(s); s.pipe(process.stdout)`;
    return fakeSsh(`exec ${process.execPath} -e "${program}"`);
  };
  const ask = (body = '') =>
    new Promise<string>((resolve, reject) => {
      const call = request({ agent, host: 'docker', method: 'POST', path: '/x' }, (reply) =>
        resolve(buffer(reply).then(String)),
      );
      call.on('error', reject);
      call.end(body);
    });

  beforeEach(async () => {
    connections = 0;
    agent = new SshAgent('ssh://me@box', { program: path('ssh') });
    server = createServer((asked, reply) => {
      void buffer(asked).then((body) => reply.end(`${asked.url} ${body.length}`));
    });
    server.on('connection', () => connections++);
    server.on('upgrade', (_, socket) => {
      socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n');
      socket.pipe(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    agent.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('carries a question and its answer, and is kept for the next one', async () => {
    await dial();
    expect(await ask('hello')).toBe('/x 5');
    expect(await ask()).toBe('/x 0');
    expect(connections).toBe(1);
  });

  it('carries more than a pipe holds', async () => {
    await dial();
    expect(await ask('x'.repeat(3_000_000))).toBe('/x 3000000');
  });

  it('is one of eight at most', async () => {
    await dial();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('a')));
    expect(answers).toEqual(Array(20).fill('/x 1'));
    expect(connections).toBeLessThanOrEqual(8);
  });

  it('can be taken over, as exec does', async () => {
    await dial();
    const headers = { Connection: 'Upgrade', Upgrade: 'tcp' };
    const text = await new Promise<string>((resolve, reject) => {
      const call = request({ agent, host: 'docker', method: 'POST', path: '/x', headers });
      call.on('error', reject);
      call.on('upgrade', (_, socket) => {
        socket.on('data', (chunk: Buffer) => {
          resolve(chunk.toString());
          socket.destroy();
        });
        socket.write('SET a 1\n');
      });
      call.end();
    });
    expect(text).toBe('SET a 1\n');
  });

  it('ends when it is let go in the middle of an answer, whatever signals its program heeds', async () => {
    await dial("process.on('SIGTERM', () => {}); ");
    server.removeAllListeners('request');
    server.on('request', (_, reply) => void reply.write('the first of many'));
    const socket = once(server, 'connection').then(([each]) => each as Socket);
    const reply = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ agent, host: 'docker', path: '/x' }, resolve).on('error', reject).end();
    });
    const closed = once(await socket, 'close');
    reply.destroy();
    await closed;
  });

  it('tells why in the words of ssh', async () => {
    await fakeSsh('echo "me@box: Permission denied (publickey)." >&2; exit 255');
    await expect(ask()).rejects.toMatchObject({
      kind: 'engine',
      failure: 'unreachable',
      message: expect.stringContaining('Permission denied (publickey)'),
      hint: expect.stringContaining('ssh -T -l me -- box docker version'),
    });
  });

  it('says so where there is no ssh', async () => {
    await expect(ask()).rejects.toMatchObject({
      failure: 'unreachable',
      message: expect.stringContaining('needs ssh'),
    });
  });

  it('that ends while it is used is a failure, not a silence', async () => {
    await fakeSsh('exit 0');
    await expect(ask()).rejects.toThrow();
  });
});
