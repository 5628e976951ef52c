import { assemble } from '../../../../src/health/doctor/assemble.js';
import { diagnose } from '../../../../src/health/doctor/diagnose.js';
import type { Visit } from '../../../../src/health/doctor/visit.js';
import { Base, MASTER, REPLICAS, SENTINELS } from './base.js';
import { ok } from './replies.js';

/** The base with every address of one machine in the place of another, and other ports. */
function moved(value: unknown, move: (ip: string) => string): unknown {
  if (typeof value === 'string') return move(value);
  if (value instanceof Map || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => moved(each, move));
  const entries = Object.entries(value).map(([key, each]) => [key, moved(each, move)]);
  return Object.fromEntries(entries) as unknown;
}

const codesOf = (visits: readonly Visit[], masterName = 'mymaster') =>
  diagnose(assemble({ masterName, visits, hellos: [], onlyHere: () => true }))
    .map(({ code }) => code)
    .filter((code) => code !== 'no-write-guard');

describe('a healthy deployment', () => {
  it('by hand has nothing', () => {
    expect(new Base().codes()).toEqual([]);
  });

  it('over proxies, which announce where they are, has nothing', () => {
    const base = new Base();
    // Behind each announced address the server listens on another port.
    for (const text of [MASTER, ...REPLICAS]) base.info(text, { tcp_port: 16_379 });
    for (const text of SENTINELS) base.info(text, { tcp_port: 36_379 });
    expect(base.codes()).toEqual([]);
  });

  it('of names that are announced has no error', () => {
    const named = new Base().visits().map((visit) => {
      const move = (text: string) => text.replace(/^10\.9\.8\.(\d+)$/, 'node-$1.example');
      return moved(visit, move) as Visit;
    });
    const resolving = named.map((visit) =>
      visit.kind === 'sentinel'
        ? { ...visit, facts: { ...visit.facts, resolvesNames: true } }
        : visit,
    );
    expect(codesOf(resolving)).toEqual(['hostname-announced']);
  });

  it('on Valkey has nothing', () => {
    const base = new Base();
    for (const text of [MASTER, ...REPLICAS, ...SENTINELS]) {
      base.info(text, { valkey_version: '8.1.0', redis_version: '7.2.4', server_name: 'valkey' });
    }
    expect(base.codes()).toEqual([]);
  });

  it('of two masters with their own servers has nothing under either name', () => {
    const base = new Base();
    for (const text of SENTINELS) {
      const one = ['name', 'mymaster', 'ip', '10.9.8.1', 'port', '6379'];
      const two = ['name', 'other', 'ip', '10.9.8.51', 'port', '6379'];
      base.reply(text, 'masters', ok([one, two]));
    }
    expect(base.codes()).toEqual([]);
  });

  it('of thirty masters has nothing under any name', () => {
    const names = Array.from({ length: 30 }, (_, i) => `m${i}`);
    const base = new Base();
    const masters = names.map((name, i) => ['name', name, 'ip', `10.7.${i}.1`, 'port', '6379']);
    for (const text of SENTINELS) base.reply(text, 'masters', ok(masters));
    for (const [i, name] of names.entries()) {
      const move = (text: string) => text.replace(/^10\.9\.8\.([123])$/, `10.7.${i}.$1`);
      const visits = base.visits().map((visit) => moved(visit, move) as Visit);
      expect([name, codesOf(visits, name)]).toEqual([name, []]);
    }
  });
});
