import { readRecord } from '../host/data-home.js';
import { clientFiles, readPassword } from '../host/secrets.js';
import { loadProgram } from '../host/templates.js';
import { CLIENT_PROGRAMS, type ClientProgram, type Connection } from '../model/connection.js';
import { RsentError } from '../model/errors.js';
import { shown } from '../model/shown.js';
import { render } from '../plan/render.js';
import { connectionOf } from '../report/connection.js';
import { SNIPPETS, snippetVariables } from '../report/snippet.js';

export interface ConnectOptions {
  readonly client: ClientProgram;
  /** Write the password itself into the program. */
  readonly showPassword: boolean;
  /** Map what Sentinel hands out to where it is reached. */
  readonly nat: boolean;
}

export interface ConnectResult {
  readonly connection: Connection;
  readonly text: string;
}

/**
 * A program that connects to a topology; it needs no engine, and the topology may sleep.
 * @throws RsentError `topology` when this data home keeps none of that name, or not its password;
 * `usage` when this client maps no addresses
 */
export async function connect(
  home: string,
  name: string,
  { client, showPassword, nat }: ConnectOptions,
): Promise<ConnectResult> {
  if (nat) rejectUnmapped(client);
  const connection = await connectionTo(home, name, false);
  const password = showPassword ? await passwordFor(connection, home) : undefined;
  const { template, quote } = SNIPPETS[client];
  const variables = snippetVariables(connection, password, nat);
  return { connection, text: render(await loadProgram(template), variables, quote) };
}

/**
 * How a topology is reached.
 * @throws RsentError `topology` when this data home keeps none of that name
 */
export async function connectionTo(
  home: string,
  name: string,
  isHere: boolean,
): Promise<Connection> {
  const record = await readRecord(home, name);
  if (record !== undefined) return connectionOf(record, clientFiles(home, name), isHere);
  throw new RsentError('topology', `${home} keeps no topology named ${shown(name)}.`, {
    hint: `rsent ls lists those that are; --data-dir names another home; rsent up ${name} creates it.`,
  });
}

/**
 * The application's password; undefined where the topology has none.
 * @throws RsentError `topology` when it should be there and is not
 */
export async function passwordFor(
  { topology, passwordFile }: Connection,
  home: string,
): Promise<string | undefined> {
  if (passwordFile === undefined) return undefined;
  const password = await readPassword(home, topology);
  if (password !== undefined) return password;
  throw new RsentError('topology', `The password of ${topology} is not in ${passwordFile}.`, {
    hint: 'The file was removed. Whoever knows the password can write it there again.',
  });
}

function rejectUnmapped(client: ClientProgram): void {
  if (SNIPPETS[client].nat) return;
  const able = CLIENT_PROGRAMS.filter((each) => SNIPPETS[each].nat).join(' and ');
  throw new RsentError('usage', `--nat is for ${able}, not for ${client}.`, {
    hint: 'Other clients have no such option, or need a program of their own for it.',
  });
}
