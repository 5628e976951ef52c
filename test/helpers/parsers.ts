import { instanceOf } from '../../src/drill/events.js';
import { chooseAll, chooseTargets, readsLikeTarget } from '../../src/drill/target.js';
import { hostOf } from '../../src/engine/docker/endpoint.js';
import { Frames } from '../../src/engine/docker/frames.js';
import { LogLines } from '../../src/engine/docker/log-lines.js';
import { jsonIn, refusalIn } from '../../src/engine/docker/refusal.js';
import { meaningOf } from '../../src/engine/docker/signs.js';
import { sshArguments } from '../../src/engine/docker/ssh.js';
import { parseProgram } from '../../src/flow/image.js';
import { parseWritten } from '../../src/flow/image-nature.js';
import { accessIn } from '../../src/health/abilities.js';
import { databasesOf } from '../../src/health/databases.js';
import { parseHello } from '../../src/health/doctor/hello.js';
import { sentinelUserIn, sentinelUsersIn } from '../../src/health/doctor/sentinel-users.js';
import { parseSettings, SETTINGS, settingQuestion } from '../../src/health/doctor/settings.js';
import { mastersIn } from '../../src/health/doctor/visit.js';
import { peerFactsIn, peerUserIn } from '../../src/health/doctor/votes.js';
import { headwayOf } from '../../src/health/headway.js';
import { sentinelSettingsIn } from '../../src/health/judge-announced.js';
import { settingsIn } from '../../src/health/judge-settings.js';
import { loadFailureIn } from '../../src/health/load-failure.js';
import { parseRedis, parseServer, roleOf } from '../../src/health/parse-info.js';
import { parseHandedOut, parseSentinel } from '../../src/health/parse-sentinel.js';
import { watchingWords } from '../../src/health/passwords.js';
import {
  addressOf,
  fieldsIn,
  fieldsOf,
  infoFields,
  instancesIn,
  numberOf,
  settingIn,
  textOf,
} from '../../src/health/raw.js';
import { parseSave } from '../../src/health/save.js';
import { renamesIn } from '../../src/health/sentinel-renames.js';
import { untoldIn } from '../../src/health/untold.js';
import { opensWith, usersIn } from '../../src/health/users.js';
import { monitoredIn, watchersIn } from '../../src/health/watchers.js';
import { parseAtRest } from '../../src/host/at-rest.js';
import { certificateBlocks, certificatesIn, privateKeyIn } from '../../src/host/certificates.js';
import { parseInSync } from '../../src/host/in-sync.js';
import { parseRoutes } from '../../src/host/network.js';
import { parseRecord } from '../../src/host/record-text.js';
import { parseLdd } from '../../src/host/rootfs.js';
import { instantOf, redisInstant } from '../../src/logs/instant.js';
import {
  compareValues,
  confWords,
  editLine,
  splitWords,
  tidyLine,
} from '../../src/model/directives.js';
import { codeOf, messageOf } from '../../src/model/errors.js';
import { noAnswerOf, refusalCodeOf } from '../../src/model/no-answer.js';
import type { Replies } from '../../src/model/observation.js';
import { redisSettings, wordsOf } from '../../src/model/settings.js';
import { commandsIn } from '../../src/plan/aof-commands.js';
import { lackOf } from '../../src/plan/check-conf.js';
import { isRefusedIn, isStoppedIn } from '../../src/plan/client-command.js';
import { confEdits, editConf } from '../../src/plan/conf-settings.js';
import { dataLayout, dumpWriter, filesInManifest, isEmptyDump } from '../../src/plan/data-files.js';
import { forgetNodes, moveAddresses } from '../../src/plan/edit-conf.js';
import { canRead, isFormat } from '../../src/plan/formats.js';
import { followMaster, readRedisConf, readSentinelConf } from '../../src/plan/kept.js';
import { imageOfCopy, restoredConf } from '../../src/plan/kept-copy.js';
import { keepChannels } from '../../src/plan/kept-users.js';
import { originIn, readNode } from '../../src/plan/labels.js';
import { lastOf, seedName } from '../../src/plan/seed.js';
import { parseBoolean } from '../../src/spec/boolean.js';
import { parseDuration } from '../../src/spec/duration.js';
import { parseEndpoints } from '../../src/spec/endpoint.js';
import { FIELDS } from '../../src/spec/fields.js';
import { fileLayer } from '../../src/spec/file-layer.js';
import { checkLayer, flagLayer } from '../../src/spec/layers.js';
import { passwordProblem } from '../../src/spec/password.js';
import { aSpec } from './topology.js';

export type Parser = (text: string) => unknown;

const bytes = (text: string) => Buffer.from(text, 'latin1');
const ok = (value: unknown) => ({ ok: true, value }) as const;
const words = (text: string) => text.split(' ');
const rows = (text: string) => text.split('\n').map(words);
/** Any labels: whatever is asked for, it is this text. */
const labelsOf = (text: string) => new Proxy({}, { get: () => text, has: () => true });
const AT = { ip: '10.0.0.1', port: 6379 };
const MOVES = [{ from: AT, to: { ip: '10.0.0.2', port: 6380 } }];
const NODES = [
  { name: 'redis-1', kind: 'redis', role: 'master' },
  { name: 'sentinel-1', kind: 'sentinel', role: 'sentinel' },
] as const;

/** One reply for whatever is asked, as a server may give it that says what it likes. */
function everyReply<Question extends string>(text: string, ...asked: Question[]) {
  return Object.fromEntries(asked.map((each) => [each, ok(words(text))])) as Replies<Question>;
}

/** The text as the content of one message of a log, of a container that may write anything. */
function inFrame(text: string): Buffer {
  const head = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(text.length, 4);
  return Buffer.concat([head, bytes(text)]);
}

/** Whatever takes apart what comes from outside, by the name under which src exports it. */
export const PARSERS: Readonly<Record<string, Parser>> = {
  addressOf: (text) =>
    addressOf(
      new Map([
        ['ip', text],
        ['port', text],
      ]),
      'ip',
      'port',
    ),
  canRead: (text) => canRead(text, 'REDIS0011'),
  certificateBlocks,
  certificatesIn,
  checkLayer: (text) =>
    checkLayer(flagLayer(Object.fromEntries(Object.keys(FIELDS).map((name) => [name, text])))),
  chooseAll: (text) => chooseAll([text], NODES),
  chooseTargets: (text) => chooseTargets(text, NODES),
  codeOf,
  commandsIn: (text) => [commandsIn(bytes(text), true), commandsIn(bytes(text), false)],
  compareValues: (text) => [compareValues(text, 'x'), compareValues('1kb', text)],
  confEdits: (text) => confEdits(text, 'sentinel', aSpec()),
  confWords,
  imageOfCopy,
  accessIn: (text) => accessIn(everyReply(text, 'info', 'commands', 'acl list'), 'redis', true),
  databasesOf: (text) => databasesOf(infoFields(text)),
  dataLayout,
  dumpWriter: (text) => dumpWriter(bytes(text)),
  editConf: (text) => editConf(text, [{ start: ['port'], was: [['1']], now: [['2']] }], 'now'),
  usersIn: (text) => usersIn(ok([text, words(text)])),
  opensWith: (text) => opensWith(ok([text, words(text)]), 'x', 'y'),
  renamesIn: (text) => renamesIn(text, 'mymaster'),
  sentinelUsersIn: (text) => sentinelUsersIn(ok(text)),
  sentinelUserIn: (text) => sentinelUserIn(text, { PUBLISH: ok(text) }),
  watchersIn: (text) => watchersIn(everyReply(text, 'watchers')),
  monitoredIn: (text) => monitoredIn({ masters: ok([words(text)]) }),
  editLine: (text) => editLine(text, (line) => [...line]),
  fieldsOf: (text) => fieldsOf(words(text)),
  fileLayer: (text) => fileLayer(text, 'x'),
  filesInManifest,
  followMaster: (text) => followMaster(text, AT),
  forgetNodes: (text) => forgetNodes(text, [{ kind: 'redis', address: AT }]),
  Frames: (text) => new Frames().push(bytes(text)),
  headwayOf: (text) => headwayOf(infoFields(text)),
  hostOf,
  infoFields,
  instancesIn: (text) => instancesIn(ok(rows(text))),
  instanceOf: (text) => instanceOf({ at: 0, sentinel: 's', channel: '+sdown', payload: text }),
  instantOf,
  isEmptyDump: (text) => isEmptyDump(bytes(text)),
  isFormat,
  keepChannels: (text) => keepChannels(text, '7.0.0'),
  lackOf: (text) => lackOf(text, 'sentinel', 'm'),
  lastOf: (text) => lastOf(text, 'dir', '/data'),
  loadFailureIn,
  LogLines: (text) => {
    const lines = new LogLines();
    return [...lines.push(inFrame(text)), ...lines.end()];
  },
  mastersIn: (text) => mastersIn({ masters: ok(rows(text)) }),
  meaningOf,
  messageOf,
  moveAddresses: (text) => moveAddresses(text, MOVES, MOVES[0]),
  numberOf: (text) => numberOf(new Map([['n', text]]), 'n'),
  originIn: (text) => originIn(labelsOf(text)),
  parseBoolean,
  parseDuration,
  parseEndpoints: (text) => parseEndpoints(text, '--sentinel'),
  parseHello: (text) => parseHello(text, AT),
  parseLdd,
  parseProgram,
  parseAtRest: (text) => parseAtRest(text),
  parseInSync: (text) => parseInSync(text),
  parseHandedOut: (text) => parseHandedOut(ok(words(text))),
  parseRecord: (text) => parseRecord(text, 'lab'),
  parseRedis: (text) =>
    parseRedis({
      ...{ info: ok(text), role: ok(words(text)) },
      ...everyReply(text, 'plainPort', 'tlsReplication'),
    }),
  parseRoutes,
  parseSave,
  parseSentinel: (text) => {
    const [one, many] = [ok(words(text)), ok(rows(text))];
    return parseSentinel({
      ...{ info: ok(text), myid: ok(text), master: one, address: one, replicas: many },
      ...{ peers: many, ckquorum: ok(text), debug: one, flush: one },
    });
  },
  parseServer: (text) => parseServer(infoFields(text)),
  parseSettings: (text) => parseSettings(everyReply(text, ...SETTINGS.map(settingQuestion))),
  parseWritten,
  passwordProblem,
  privateKeyIn,
  readNode: (text) =>
    readNode({
      ...{ id: text, name: text, state: 'running', networks: [], sharesNetwork: false },
      ...{ image: text, labels: labelsOf(text) },
    }),
  readRedisConf,
  readSentinelConf: (text) => readSentinelConf(text, 'm'),
  readsLikeTarget,
  redisInstant: (text) => redisInstant(text, ''),
  isRefusedIn,
  isStoppedIn,
  jsonIn: (text) => jsonIn(Buffer.from(text)),
  refusalIn: (text) => refusalIn(500, Buffer.from(text)),
  restoredConf: (text) => restoredConf(text, text, 'redis'),
  roleOf: (text) => roleOf(ok(words(text))),
  seedName,
  sentinelSettingsIn: (text) => sentinelSettingsIn(everyReply(text, 'sentinel config')),
  fieldsIn: (text) => fieldsIn(ok(words(text))),
  settingIn: (text) => settingIn(ok(words(text))),
  watchingWords: (text) => watchingWords(text, 'm'),
  settingsIn: (text) =>
    settingsIn(everyReply(text, ...SETTINGS.map(settingQuestion)), redisSettings(aSpec())),
  splitWords,
  sshArguments: (text) => sshArguments(`ssh://host/${encodeURI(Buffer.from(text).toString())}`),
  textOf: (text) => textOf(ok(text)),
  tidyLine,
  untoldIn: (text) => untoldIn({ master: { ok: false, error: text } }),
  wordsOf,
  ...{ noAnswerOf, refusalCodeOf, peerUserIn: (text) => peerUserIn(peerReplies(text)) },
  peerFactsIn: (text) => peerFactsIn(peerReplies(text), { ok: false, error: text }, text),
};

function peerReplies(text: string) {
  return everyReply(text, 'peerUser', 'peerPass');
}

const BY_PATH = 'takes a path, and hands the text on';
const OF_ANOTHER = 'takes what rsent itself has made, not what comes from outside';

/** Exported functions that are called like such a parser and are not in the table, and why not. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  copyOf: OF_ANOTHER,
  addressIn: OF_ANOTHER,
  expiryOf: OF_ANOTHER,
  doubtOf: OF_ANOTHER,
  hostnameOf: OF_ANOTHER,
  namesIn: BY_PATH,
  readDump: `${BY_PATH}: test/host/backup-file.test.ts`,
  readDumpFile: `${BY_PATH}: test/host/dump-file.test.ts`,
  readGivenFile: BY_PATH,
  readHead: BY_PATH,
  readKeptCertificate: BY_PATH,
  readManifest: `${BY_PATH}: test/host/backup-file.test.ts`,
  ...{ readNextSecrets: BY_PATH, readOptional: BY_PATH },
  ...{ readPassword: BY_PATH, readPasswords: BY_PATH },
  ...{ readAuthority: BY_PATH, readPlain: BY_PATH, markOf: 'takes a secret, of which it is made' },
  reasonOf: 'takes the code of a finding',
  readRecord: BY_PATH,
  ...{ readTail: BY_PATH, readText: BY_PATH },
  sizeOf: BY_PATH,
  statusOf: 'looks at one field of an error',
};
