import { remedyFor } from '../../../src/health/doctor/remedies.js';

/** What servers say (server.c, networking.c, cluster.c), or rsent of them; what is to be done. */
const ASKS: readonly (readonly [why: string, remedy: RegExp])[] = [
  ['NOAUTH Authentication required.', /--password-file/],
  ['WRONGPASS invalid username-password pair or user is disabled.', /--user/],
  ['NOPERM this user has no permissions to run the command', /--user/],
  ['it speaks TLS', /--tls-ca/],
  ['its certificate was not signed by the authority that rsent knows', /--tls-ca/],
  ['its certificate has expired', /renew/],
  ['its certificate is not valid yet: compare the clocks', /clocks/],
  ['its certificate does not name this address', /address that its certificate names/],
  ['it does not speak TLS, or in no way that this machine does', /certificate of the client/],
  ['it speaks TLS, in no way that this machine does', /certificate of the client/],
  ['it wants a password in the clear, and TLS was asked for', /TLS only/],
  ['LOADING Redis is loading the dataset in memory', /wait/],
  ['-LOADING Redis is loading the dataset in memory', /wait/],
  ['BUSY Redis is busy running a script.', /SCRIPT KILL/],
  ['MOVED 866 10.0.0.1:6379', /Cluster/],
  ['CLUSTERDOWN Hash slot not served', /Cluster/],
  ['ERR max number of clients reached', /maxclients/],
  ["ERR unknown command 'INFO'", /rename-command/],
  ['MASTERDOWN Link with MASTER is down', /master/],
  ['MISCONF Redis is configured to save RDB snapshots', /disk/],
  ['ERR something new', /its log/],
  ['it speaks HTTP, and is no Redis', /26379/],
  ['it says "SSH-2.0", as no Redis does', /26379/],
  ['connection refused', /check the address/],
  ['no answer within 2000 ms', /check the address/],
];

it.each(ASKS)('%s', (why, remedy) => {
  expect(remedyFor(why)).toMatch(remedy);
});

it('names a flag only to whom it helps', () => {
  const others = ASKS.filter(([, remedy]) => !remedy.source.startsWith('--'));
  expect(others.filter(([why]) => remedyFor(why).includes('--'))).toEqual([]);
});
