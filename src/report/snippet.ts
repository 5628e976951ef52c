import type { ClientProgram, Connection } from '../model/connection.js';
import { named } from '../model/named.js';
import { shellWord } from '../model/shell.js';
import { addressText } from '../model/topology.js';
import { sentinelList, urlOf } from './connection.js';
import { csharpString, goString, javaString, javascriptString, pythonString } from './quote.js';

/** How a program for one client is written, and what its reader should know. */
export interface Snippet {
  /** Name of its template. */
  readonly template: string;
  /** A text as that language writes it. */
  readonly quote: (text: string) => string;
  readonly hints: readonly string[];
  /** It has a place for the addresses at which nodes are reached instead. */
  readonly nat?: true;
}

export const SNIPPETS: Readonly<Record<ClientProgram, Snippet>> = {
  'redis-cli': {
    template: 'redis-cli.sh.hbs',
    quote: shellWord,
    hints: ['Lines for a POSIX shell. redis-cli does not follow a failover: run them again.'],
  },
  'redis-py': {
    template: 'redis-py.py.hbs',
    quote: pythonString,
    hints: ['Python with redis-py 4 or later: pip install redis'],
  },
  ioredis: {
    template: 'ioredis.mjs.hbs',
    quote: javascriptString,
    hints: ['A module for node, file name *.mjs: npm install ioredis'],
    nat: true,
  },
  'node-redis': {
    template: 'node-redis.mjs.hbs',
    quote: javascriptString,
    hints: ['A module for node, file name *.mjs, with node-redis 5 or later: npm install redis'],
    nat: true,
  },
  'go-redis': {
    template: 'go-redis.go.hbs',
    quote: goString,
    hints: ['Go with go-redis 9: go get github.com/redis/go-redis/v9'],
  },
  jedis: {
    template: 'jedis.java.hbs',
    quote: javaString,
    hints: [
      'Connect.java, with Jedis 7.2 or later (redis.clients:jedis); earlier ones have JedisSentineled.',
    ],
  },
  lettuce: {
    template: 'lettuce.java.hbs',
    quote: javaString,
    hints: ['Connect.java, with Lettuce 6.1 or later (io.lettuce:lettuce-core).'],
  },
  stackexchange: {
    template: 'stackexchange.cs.hbs',
    quote: csharpString,
    hints: ['Program.cs for .NET 6 or later: dotnet add package StackExchange.Redis'],
  },
  env: {
    template: 'env.sh.hbs',
    quote: shellWord,
    hints: ['Lines for a POSIX shell: eval "$(rsent connect NAME --client env)"'],
  },
  uri: {
    template: 'uri.txt.hbs',
    quote: (text) => text,
    hints: [
      'Read by Prefect and docket, LangChain and Redis-Sentinel-Url (Python), Harbor (Go). The clients',
      'themselves do not read it: Lettuce has redis-sentinel://…#MASTER, the others have options.',
    ],
  },
};

/** What to say beside the program, one line each. */
export function hintsOf(
  client: ClientProgram,
  { topology, passwordFile, authorityFile, anyName }: Connection,
  shown: boolean,
): string[] {
  const hints = SNIPPETS[client].hints.map((hint) => named(hint, topology));
  if (client !== 'uri') return hints;
  if (passwordFile !== undefined && !shown) {
    hints.push(`It has no password: --show-password puts it in, ${passwordFile} has it.`);
  }
  if (authorityFile !== undefined) hints.push(`The authority to trust is ${authorityFile}.`);
  if (anyName) hints.push('Do not ask the certificates for the names of the nodes.');
  return hints;
}

/**
 * What a template may use, not yet quoted. Of the password and its file there is one at most.
 * @param password to be written into the program; undefined: by reference
 * @param nat also the addresses at which nodes are reached instead of those handed out
 */
export function snippetVariables(
  connection: Connection,
  password: string | undefined,
  nat: boolean,
) {
  const { masterName, user, passwordFile, authorityFile, anyName } = connection;
  return {
    masterName,
    sentinels: connection.sentinels.map((address) => ({
      host: address.ip,
      port: address.port,
      at: addressText(address),
    })),
    sentinelList: sentinelList(connection),
    url: urlOf(connection, password),
    user,
    password,
    passwordFile: password === undefined ? passwordFile : undefined,
    keptIn: passwordFile,
    authorityFile,
    anyName: anyName ? 1 : undefined,
    routes: nat
      ? connection.routes.map(({ announced, reached }) => ({
          announced: addressText(announced),
          host: reached.ip,
          port: reached.port,
        }))
      : undefined,
  };
}

/** The document that `connect --json` prints. */
export function connectJson(client: ClientProgram, connection: Connection, text: string): object {
  const { topology, masterName, sentinels, user, passwordFile, authorityFile, anyName } =
    connection;
  return {
    schemaVersion: 1,
    topology,
    client,
    masterName,
    sentinels: sentinels.map(addressText),
    user: user ?? null,
    passwordFile: passwordFile ?? null,
    authorityFile: authorityFile ?? null,
    checkNames: anyName !== true,
    text,
  };
}
