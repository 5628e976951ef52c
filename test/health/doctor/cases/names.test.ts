import { assemble } from '../../../../src/health/doctor/assemble.js';
import { diagnose } from '../../../../src/health/doctor/diagnose.js';
import type { Visit } from '../../../../src/health/doctor/visit.js';
import { Base, MASTER, SENTINELS } from './base.js';
import { ok } from './replies.js';

/** The Sentinels hand the master out by a name. */
const named = (resolves: readonly ('yes' | 'no')[]) => {
  const base = new Base();
  SENTINELS.forEach((sentinel, i) => {
    base.reply(sentinel, 'address', ok(['db-main', '6379']));
    base.monitored(sentinel, { ip: 'db-main' });
    base.reply(sentinel, 'names', ok(['resolve-hostnames', resolves[i] ?? 'yes']));
  });
  return base;
};
const hint = (base: Base) => {
  const found = base.diagnoses().find(({ code }) => code === 'hostname-announced');
  return found?.fix ?? '';
};

describe('a deployment with names', () => {
  it('is not told to set what is set', () => {
    expect(hint(named([]))).toContain('names that resolve at once');
    expect(hint(named([]))).not.toContain('resolve-hostnames');
  });

  it('is told which Sentinel does not take names', () => {
    const words = hint(named(['yes', 'yes', 'no']));
    expect(words).toContain(
      `resolve-hostnames yes and announce-hostnames yes on sentinel ${SENTINELS[2]}`,
    );
    expect(words).not.toContain(SENTINELS[0]);
  });

  it('is open to others only where its addresses are', () => {
    const onlyHere = ({ ip }: { ip: string }) => ip.startsWith('10.9.8.');
    const at = (ip?: string) => {
      const visits = named([])
        .visits()
        .map((visit): Visit => {
          if (visit.kind === 'silent' || visit.greeting === undefined) return visit;
          const isMaster = `${visit.address.ip}:6379` === MASTER;
          if (!isMaster) return visit;
          const greeting = { ...visit.greeting, ...(ip === undefined ? {} : { ip }) };
          return { ...visit, address: { ip: 'db-main', port: 6379 }, greeting };
        });
      const all = { masterName: 'mymaster', visits, hellos: [], onlyHere };
      return diagnose(assemble(all)).map(({ code }) => code);
    };
    expect(at('10.9.8.1')).not.toContain('open-to-others');
    expect(at('192.0.2.1')).toContain('open-to-others');
    expect(at()).toContain('open-to-others');
  });
});
