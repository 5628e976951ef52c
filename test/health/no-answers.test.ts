import { reasonOf } from '../../src/health/doctor/reasons.js';
import { NO_ANSWERS, ruleFor } from '../../src/health/no-answers.js';
import { late, noAnswerOf, otherWords, SAID } from '../../src/model/no-answer.js';

/** What servers say (server.c, networking.c, cluster.c, acl.c); what it is, and what is to be done. */
const WORDS: readonly (readonly [why: string, kind: string, code: string, remedy: RegExp])[] = [
  ['NOAUTH Authentication required.', 'NOAUTH', 'access-refused', /--password-file/],
  [
    'WRONGPASS invalid username-password pair or user is disabled.',
    'WRONGPASS',
    'access-refused',
    /another one/,
  ],
  ['ERR invalid password', 'WRONGPASS', 'access-refused', /another one/],
  [
    "NOPERM this user has no permissions to run the 'info' command",
    'NOPERM',
    'access-refused',
    /--user/,
  ],
  [
    'DENIED Redis is running in protected mode because …',
    'DENIED',
    'protected-mode',
    /protected-mode no/,
  ],
  [
    'LOADING Redis is loading the dataset in memory',
    'LOADING',
    'node-loading',
    /SENTINEL FAILOVER/,
  ],
  ['BUSY Redis is busy running a script.', 'BUSY', 'node-busy', /SCRIPT KILL/],
  ['MISCONF Redis is configured to save RDB snapshots', 'MISCONF', 'disk-write-failed', /disk/],
  ['MASTERDOWN Link with MASTER is down', 'MASTERDOWN', 'replica-link-down', /master/],
  ['OOM command not allowed when used memory', 'OOM', 'memory-full', /maxmemory/],
  ['NOREPLICAS Not enough good replicas to write.', 'NOREPLICAS', 'writes-refused', /min-replicas/],
  ['CLUSTERDOWN Hash slot not served', 'CLUSTERDOWN', 'cluster-enabled', /cluster-enabled no/],
  ['MOVED 866 10.0.0.1:6379', 'CLUSTERDOWN', 'cluster-enabled', /cluster-enabled no/],
  [
    "READONLY You can't write against a read only replica.",
    'READONLY',
    'master-not-serving',
    /SENTINEL GET-MASTER/,
  ],
  ['ERR max number of clients reached', 'max-clients', 'clients-full', /maxclients/],
  ["ERR unknown command 'INFO', with args", 'unknown-command', 'access-refused', /rename-command/],
  ['ERR something new', 'unknown', 'unknown-words', /its own words/],
  ['VERYNEW x', 'unknown', 'unknown-words', /its own words/],
  [late(2000, false), 'late', 'node-unreachable', /check the address/],
  [late(2000, true), 'frozen', 'node-frozen', /its state/],
  [otherWords('"220 smtp"'), 'other', 'not-redis', /26379/],
];

describe('the words of a server', () => {
  it.each(WORDS)('%s', (why, kind, code, remedy) => {
    expect(noAnswerOf(why)).toBe(kind);
    expect(ruleFor(why).code).toBe(code);
    expect(ruleFor(why).fix).toMatch(remedy);
  });

  it('are no password’s matter where they are not about one', () => {
    const others = WORDS.filter(([, , code]) => code !== 'access-refused');
    const text = ([why]: (typeof WORDS)[number]) => Object.values(ruleFor(why)).join(' ');
    expect(others.filter((row) => /--tls|--password|--user/.test(text(row)))).toEqual([]);
  });
});

describe('the table', () => {
  it('has a reason for every code', () => {
    const codes = [...new Set(Object.values(NO_ANSWERS).map(({ code }) => code))];
    const vague = reasonOf('no such code').why;
    expect(codes.filter((code) => reasonOf(code).why === vague)).toEqual([]);
  });
});

describe('what rsent says of a server', () => {
  it.each(Object.entries(SAID))('%s is a fact of its own', (kind, words) => {
    expect(noAnswerOf(words)).toBe(kind);
  });

  it('has a remedy each, and nobody’s remedy is what was done already', () => {
    const withFile = Object.entries(NO_ANSWERS).filter(([, { fix }]) =>
      fix.includes('with --tls-ca'),
    );
    // Only where no authority was given.
    expect(withFile.map(([kind]) => kind).sort()).toEqual([
      'tls-and-certificate-wanted',
      'tls-wanted',
    ]);
  });
});
