import { judge } from '../../src/health/judge.js';
import { parseRedis } from '../../src/health/parse-info.js';
import { parseSentinel } from '../../src/health/parse-sentinel.js';
import { untoldIn } from '../../src/health/untold.js';
import type { Reply } from '../../src/model/observation.js';
import { captured, observationOf } from '../helpers/fixtures.js';

const NOPERM: Reply = {
  ok: false,
  error: "NOPERM User app has no permissions to run the 'config|get' command",
};
const RENAMED: Reply = {
  ok: false,
  error: "ERR unknown command 'CONFIG', with args beginning with: 'GET'",
};
const OLD: Reply = {
  ok: false,
  error: "ERR Unknown subcommand or wrong number of arguments for 'DRYRUN'",
};
const healthy = captured('redis-7.0-healthy');

/** The verdict where these questions of one node are answered so. */
function verdictWith(name: string, others: Readonly<Record<string, Reply>>) {
  const seen = observationOf(healthy);
  const asked = healthy.replies[name];
  if (!asked?.replies) throw new Error(`no replies of ${name}`);
  const nodes = seen.nodes.map((node) => {
    if (node.name !== name) return node;
    return node.kind === 'redis' && asked.kind === 'redis' && asked.replies
      ? { ...node, answer: parseRedis({ ...asked.replies, ...others }) }
      : node.kind === 'sentinel' && asked.kind === 'sentinel' && asked.replies
        ? { ...node, answer: parseSentinel({ ...asked.replies, ...others }) }
        : node;
  });
  return judge(healthy.expectation, { ...seen, nodes });
}

describe('what a server refuses to tell', () => {
  it('is a finding: nobody says healthy of what was not asked', () => {
    const { healthy: isHealthy, findings } = verdictWith('redis-1', {
      'value of maxmemory': NOPERM,
      'value of save': NOPERM,
    });
    expect(isHealthy).toBe(false);
    expect(findings.map(({ code, subject }) => `${subject} ${code}`)).toEqual([
      'redis-1 not-asked',
    ]);
    expect(findings[0]?.saw).toMatch(/^it does not answer CONFIG GET: NOPERM/);
  });

  it('is a warning where somebody renamed the command', () => {
    const { healthy: isHealthy, findings } = verdictWith('redis-1', { 'value of save': RENAMED });
    expect(isHealthy).toBe(true);
    expect(findings).toMatchObject([{ code: 'not-asked', severity: 'warning' }]);
  });

  it('makes no false finding of what is not known then', () => {
    const codes = (name: string, others: Readonly<Record<string, Reply>>) =>
      verdictWith(name, others).findings.map(({ code }) => code);
    expect(codes('redis-1', { role: NOPERM })).toEqual(['not-asked']);
    for (const question of ['master', 'replicas', 'peers', 'ckquorum', 'flush']) {
      expect([question, ...codes('sentinel-1', { [question]: NOPERM })]).toEqual([
        question,
        'not-asked',
      ]);
    }
  });

  it('is not what an older server does not know', () => {
    expect(untoldIn({ 'sentinel PING': OLD, debug: OLD })).toBeUndefined();
  });

  it('has the names of the commands, once each', () => {
    const untold = untoldIn({
      'setting save': NOPERM,
      'value of save': NOPERM,
      'is app on': NOPERM,
      commands: NOPERM,
      replicas: NOPERM,
    });
    expect(untold?.commands).toEqual(['CONFIG GET', 'ACL', 'COMMAND INFO', 'SENTINEL REPLICAS']);
  });
});
