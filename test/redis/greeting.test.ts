import dns from 'node:dns';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { jest } from '@jest/globals';
import { SAID } from '../../src/model/no-answer.js';
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

const [DOOR, SHUT] = [
  { tls: false, open: true, closed: false, denied: false },
  { tls: false, open: false, closed: true, denied: false },
];
const UNTOLD = { ...SHUT, closed: false };

it.each([
  ['+PONG', answering, DOOR],
  ['-NOAUTH Authentication required.', answering, SHUT],
  ['-NOPERM this user has no permissions', answering, SHUT],
  ['-DENIED Redis is running in protected mode', unasked, { ...UNTOLD, denied: true }],
  // Who says these has asked for no password before (server.c, processCommand).
  ['-LOADING Redis is loading the dataset in memory', answering, DOOR],
  ['-BUSY Redis is busy running a script.', answering, DOOR],
  ['-MISCONF Redis is configured to save RDB snapshots', answering, DOOR],
  ['-MASTERDOWN Link with MASTER is down', answering, DOOR],
  ['-ERR max number of clients reached', unasked, UNTOLD],
  ["-ERR unknown command 'PING'", answering, UNTOLD],
])('hears %j', async (words, how, greeting) => {
  const said = words.startsWith('-') ? { words: words.slice(1) } : {};
  expect(await greet(await serve(how(`${words}\r\n`)), 1000)).toEqual({ ...greeting, ...said });
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
  ['SSH-2.0-OpenSSH_9.6\r\n', 'it speaks SSH, and is no Redis'],
  ['220 mail.example ESMTP\r\n', 'it says "220 mail.example ESMTP", as no Redis does'],
  [
    `\x00\x1b[2J${'x'.repeat(5000)}`,
    `it says "\\u0000\\u001b[2J${'x'.repeat(43)}…, as no Redis does`,
  ],
  ['\x15\x03\x01\x00\x02\x02P', 'it speaks TLS, in no way that this machine does'],
])('tells who is there instead: %j', async (words, why) => {
  expect(await greet(await serve(answering(words)), 1000)).toEqual({ why });
});

it.each([
  [40, 'it broke off the TLS handshake'],
  [42, 'it does not accept the certificate that it was shown'],
  [45, 'the certificate that it was shown has expired'],
  [48, 'it does not know the authority that signed the certificate that it was shown'],
  [70, 'it speaks no version of TLS that this machine speaks'],
  [116, 'it wants a certificate of its clients, and was shown none'],
])('tells the alerts of TLS apart: %i', async (alert, words) => {
  const fatal = `\x15\x03\x03\x00\x02\x02${String.fromCharCode(alert)}`;
  const server = await serve((socket) => socket.once('data', () => socket.end(fatal, 'latin1')));
  expect(await greet(server, 1000)).toEqual({ ...UNTOLD, tls: true, words });
});

it('says where a name led to', async () => {
  const { port } = await serve(answering('+PONG\r\n'));
  expect(await greet({ ip: 'localhost', port })).toEqual({ ...DOOR, ip: '127.0.0.1' });
});

it('says of a name that was not resolved in time that it was not', async () => {
  const lookup = jest.spyOn(dns, 'lookup').mockImplementation((() => {}) as never);
  const heard = await greet({ ip: 'slow.example', port: 6379 }, 100);
  lookup.mockRestore();
  expect(heard).toEqual({ why: SAID['unresolved-late'] });
});

it('knows a server that reads what it is sent and lets no command through', async () => {
  const where = await serve((socket) =>
    socket.on('data', (data) => {
      const isCommand = !data.toString().startsWith('"');
      if (!isCommand) socket.end('-ERR Protocol error: unbalanced quotes in request\r\n');
    }),
  );
  expect(await greet(where, 100)).toEqual({ why: SAID['held-back'] });
});

it('gives up on a server that says nothing', async () => {
  const where = await serve(() => {});
  expect(await greet(where, 100)).toEqual({
    why: 'no answer within 100 ms, though it takes connections',
  });
});

it.each([
  ['no host', { ip: '' }],
  ['the port 0', { port: 0 }],
])('dials nobody where there is %s, least of all this machine', async (_, changes) => {
  let visitors = 0;
  const address = await serve((socket) => {
    visitors++;
    socket.end('+PONG\r\n');
  });
  expect(await greet({ ...address, ...changes }, 1000)).toEqual({ why: 'that is no address' });
  expect(visitors).toBe(0);
});
