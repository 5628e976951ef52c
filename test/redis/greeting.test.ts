import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { greet } from '../../src/redis/greeting.js';

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** A server that does this with whoever comes. */
async function serve(receive: (socket: Socket) => void) {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    receive(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { ip: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

const answering = (words: string) => (socket: Socket) =>
  socket.once('data', () => socket.end(words));
const unasked = (words: string) => (socket: Socket) => {
  socket.end(words);
  socket.resume();
};

it.each([
  ['+PONG\r\n', answering, { tls: false, open: true, denied: false }],
  ['-NOAUTH Authentication required.\r\n', answering, { tls: false, open: false, denied: false }],
  [
    '-DENIED Redis is running in protected mode\r\n',
    unasked,
    { tls: false, open: false, denied: true },
  ],
] as const)('hears %j', async (words, how, greeting) => {
  expect(await greet(await serve(how(words)), 1000)).toEqual(greeting);
});

it('hears what is said once more where the hang-up came first', async () => {
  let visits = 0;
  const where = await serve((socket) => {
    if (++visits === 1) socket.destroy();
    else unasked('-DENIED\r\n')(socket);
  });
  expect(await greet(where, 1000)).toMatchObject({ denied: true });
});

it('says why nobody answers', async () => {
  const where = await serve((socket) => socket.destroy());
  expect(await greet(where, 1000)).toEqual({ why: 'it hangs up without a word' });
  const nobody = { ip: '127.0.0.1', port: 1 };
  expect(await greet(nobody, 1000)).toEqual({ why: 'connection refused' });
});

it.each([
  ['HTTP/1.1 400 Bad Request\r\n\r\n', 'it speaks HTTP, and is no Redis'],
  ['SSH-2.0-OpenSSH_9.6\r\n', 'it says "SSH-2.0-OpenSSH_9.6", as no Redis does'],
  [
    `\x00\x1b[2J${'x'.repeat(5000)}`,
    `it says "\\u0000\\u001b[2J${'x'.repeat(43)}…, as no Redis does`,
  ],
  ['\x15\x03\x01\x00\x02\x02F', 'it speaks TLS, in no way that this machine does'],
])('tells who is there instead: %j', async (words, why) => {
  expect(await greet(await serve(answering(words)), 1000)).toEqual({ why });
});

it('gives up on a server that says nothing', async () => {
  const where = await serve(() => {});
  expect(await greet(where, 100)).toEqual({ why: 'no answer within 100 ms' });
});
