import {
  compareValues,
  confWords,
  type Directives,
  presentName,
  quote,
} from '../model/directives.js';
import type { ConfEdit } from '../model/plan.js';
import { passedToRedis, redisSettings, sentinelSettings, wordsOf } from '../model/settings.js';
import type { TopologySpec } from '../model/spec.js';
import type { NodeKind } from '../model/topology.js';
import { editLines, endedOnce } from './conf-text.js';

/** Directives as lines of a conf: no value can ever end its line. */
export function directiveLines(directives: Directives): string[] {
  return Object.entries(directives).flatMap(([name, texts]) =>
    texts.map((text) => lineOf([...name.split(' '), ...wordsOf(text)])),
  );
}

/** What looks like the mark for a password is none. It is always in quotes. */
function lineOf(words: readonly string[]): string {
  return words.map(quote).join(' ').replaceAll('<', '\\x3c');
}

/** What Sentinel takes for said where it says nothing: it leaves such lines out when it saves. */
const SENTINEL_USUAL: Readonly<Record<string, string>> = {
  'down-after-milliseconds': '30000',
  'failover-timeout': '180000',
  'parallel-syncs': '1',
};

/**
 * What has to change in the kept conf of a node that does not run, so that it starts with the
 * settings of the spec. None when it says all of them already; all else in it is left as it is.
 */
export function confEdits(text: string, kind: NodeKind, spec: TopologySpec): ConfEdit[] {
  const lines = text.split('\n').map((line) => confWords(line) ?? []);
  const wanted = kind === 'redis' ? redisWanted(spec) : sentinelWanted(spec);
  return wanted.flatMap(({ start, now, usual }) => {
    const found = lines.filter((words) => startsWith(words, start));
    const was = found.map((words) => words.slice(start.length));
    if (was.length === 0 && usual !== undefined && now[0]?.join(' ') === usual) return [];
    return isSame(was, now) ? [] : [{ start, was, now }];
  });
}

/**
 * Puts back the line that says where a node's files are. A server whose data directory has been
 * removed while it ran leaves it out when it saves its conf (config.c, rewriteConfigDirOption).
 * @param dir the data directory as the node sees it
 */
export function dirEdits(text: string, dir: string): ConfEdit[] {
  const isThere = text.split('\n').some((line) => startsWith(confWords(line) ?? [], ['dir']));
  return isThere ? [] : [{ start: ['dir'], was: [], now: [[dir]] }];
}

/**
 * A conf with the edits made, or unmade: each directive's lines are exchanged for others.
 * @param state which values it is to have: those of before or those of now
 */
export function editConf(text: string, edits: readonly ConfEdit[], state: 'was' | 'now'): string {
  return edits.reduce((conf, edit) => {
    const kept = editLines(conf, (line) =>
      startsWith(confWords(line) ?? [], edit.start) ? undefined : line,
    );
    const lines = edit[state].map((words) => lineOf([...edit.start, ...words]));
    return `${endedOnce(kept)}${lines.map((line) => `${line}\n`).join('')}`;
  }, text);
}

interface Wanted extends Pick<ConfEdit, 'start' | 'now'> {
  readonly usual?: string;
}

function redisWanted(spec: TopologySpec): Wanted[] {
  const own = redisSettings({ ...spec, further: { redis: {}, sentinel: {} } });
  return [
    ...own.map(({ name, value }) => ({
      start: [name],
      now: [[value]],
      ...(name === 'maxmemory' ? { usual: '0' } : {}),
    })),
    ...furtherWanted(passedToRedis(spec)),
  ];
}

/** The quorum is in a line that belongs to Sentinel, which it is told live. */
function sentinelWanted(spec: TopologySpec): Wanted[] {
  const own = sentinelSettings(spec).filter(({ name }) => name !== 'quorum');
  return [
    ...own.map(({ name, value }) => ({
      start: ['sentinel', name, spec.masterName],
      now: [[value]],
      usual: SENTINEL_USUAL[name] ?? '',
    })),
    ...furtherWanted(spec.further.sentinel),
  ];
}

function furtherWanted(directives: Directives): Wanted[] {
  return Object.entries(directives).map(([name, texts]) => ({
    start: name.split(' '),
    now: texts.map(wordsOf),
  }));
}

function startsWith(words: readonly string[], start: readonly string[]): boolean {
  return start.every((word, i) => presentName(words[i] ?? '') === presentName(word));
}

function isSame(was: ConfEdit['was'], now: ConfEdit['now']): boolean {
  const [one, other] = [was, now].map((lines) => lines.map((words) => words.join(' ')));
  if (one?.length !== other?.length) return false;
  return (other ?? []).every((line, i) => compareValues(line, one?.[i] ?? '') === 'same');
}
