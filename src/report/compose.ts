import { Document } from 'yaml';
import type { ComposeFile } from '../model/compose.js';
import type { Connection } from '../model/connection.js';
import type { Owner } from '../model/container.js';
import { shellWord } from '../model/shell.js';
import { sentinelList } from './connection.js';

/** An export that was written. */
export interface ComposeExport {
  /** With files as seen from the directory. */
  readonly connection: Connection;
  /** Absolute. */
  readonly directory: string;
  /** True when rsent keeps this topology, too. */
  readonly isKept: boolean;
  /** All that is in it, relative to it. */
  readonly files: readonly string[];
}

/** Name of the file that Compose looks for. */
export const COMPOSE_FILE = 'compose.yaml';

/** What the head of the file says. */
export interface ComposeHead extends Pick<ComposeExport, 'connection' | 'isKept'> {
  /** Whom the containers run as. */
  readonly user: Owner;
}

/** The text of the Compose file, with all that its user must know at its head. */
export function composeText(file: ComposeFile, about: ComposeHead): string {
  const document = new Document(file, { aliasDuplicateObjects: false });
  document.commentBefore = head(about)
    .map((line) => ` ${line}`)
    .join('\n');
  // In quotes, as older YAML makes numbers and truths of words that are texts today.
  return document.toString({
    ...{ defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN', lineWidth: 0 },
  });
}

function head({ connection, isKept, user: { uid, gid } }: ComposeHead): string[] {
  const { topology } = connection;
  return [
    `The Redis Sentinel topology ${oneLine(topology)}, written by rsent export compose.`,
    'It needs Docker Compose 2 and no rsent:',
    '',
    '    docker compose up -d --wait    ends when the Sentinels have their quorum',
    '    docker compose down            keeps conf and data, which are in the directories beside this file',
    '',
    ...clientLines(connection),
    '',
    placeText(topology, isKept),
    'From the first start on the conf files belong to Redis and Sentinel, which put a new file in the place',
    'of the old one when roles change: so their directories are mounted, not the files. They are directories',
    'and not volumes, because something would have to put the first conf into a volume.',
    `All runs as ${uid}:${gid}, to whom the directories belong: keep owners and modes when you move them (cp -a).`,
    'To begin anew, with no data, export again into another directory.',
  ];
}

/** Whom it would be in the way of. */
function placeText(topology: string, isKept: boolean): string {
  const name = oneLine(topology);
  return isKept
    ? `Addresses and ports are those of ${name} in rsent: run one of the two at a time (rsent down ${name}).`
    : 'Addresses and ports were free when it was written; rsent does not keep them free.';
}

function clientLines(connection: Connection): string[] {
  const { masterName, user, passwordFile, authorityFile } = connection;
  const who = user === undefined ? '' : ` of the user ${user}`;
  return [
    `Clients ask the Sentinels at ${sentinelList(connection)} for the master ${oneLine(masterName)}.`,
    ...(passwordFile === undefined
      ? []
      : [
          `The password${who}, for data nodes and Sentinels, is in ${passwordFile}; the health checks read it there.`,
        ]),
    ...(authorityFile === undefined
      ? []
      : [`TLS on every port: clients trust the authority in ${authorityFile}.`]),
  ];
}

/** What comes out of a record that somebody has changed ends no comment. */
function oneLine(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** The document that `export compose --json` prints. */
export function composeJson({ connection, directory, files }: ComposeExport): object {
  const { topology, masterName, sentinels, user, passwordFile, authorityFile } = connection;
  return {
    schemaVersion: 1,
    topology,
    directory,
    files,
    masterName,
    sentinels: sentinels.map(({ ip, port }) => `${ip}:${port}`),
    user: user ?? null,
    passwordFile: passwordFile ?? null,
    authorityFile: authorityFile ?? null,
  };
}

/** What was written, and how it is started. */
export function composeAnswer({ connection, directory, files, isKept }: ComposeExport): string {
  const { topology } = connection;
  return [
    `Wrote ${COMPOSE_FILE} and ${files.length - 1} files beside it to ${directory}.`,
    '',
    `Start it:  docker compose -f ${shellWord(`${directory}/${COMPOSE_FILE}`)} up -d --wait`,
    placeText(topology, isKept),
    `How clients connect is at the head of ${COMPOSE_FILE}.`,
  ].join('\n');
}
