import { assemble } from '../../../../src/health/doctor/assemble.js';
import { diagnose } from '../../../../src/health/doctor/diagnose.js';
import { Base, MASTER, REPLICAS } from './base.js';
import { ok } from './replies.js';

const LIMIT = 'normal 0 0 0 slave 1048576 1048576 1 pubsub 33554432 8388608 60';

/** A master that has sent this many whole copies, and what waits for its replicas. */
function copying(fullSyncs: number, omem: number, limit = LIMIT): Base {
  const line = (ip: string) => `ip=${ip},port=6379,state=wait_bgsave,offset=0,lag=0`;
  const base = new Base()
    .info(MASTER, {
      ...{ sync_full: fullSyncs, slave0: line('10.9.8.2'), slave1: line('10.9.8.3') },
    })
    .set(MASTER, { 'client-output-buffer-limit': limit })
    .reply(
      MASTER,
      'copying',
      ok(`id=7 addr=10.9.8.2:4000 flags=S qbuf=0 omem=${omem} cmd=psync\n`),
    );
  for (const replica of REPLICAS) {
    base.info(replica, { master_link_status: 'down', master_link_down_since_seconds: 20 });
  }
  return base;
}

const diagnosed = (before: Base, now: Base) =>
  diagnose(
    assemble({
      ...{ masterName: 'mymaster', visits: now.visits(), hellos: [], onlyHere: () => true },
      earlier: before.visits(),
    }),
  );

describe('full copies for ever', () => {
  it('are the cause of all that the replicas lack, and the limit is named', () => {
    const [first, ...rest] = diagnosed(copying(75, 0), copying(90, 1_066_208));
    expect(first).toMatchObject({ code: 'replica-resyncing', subject: `redis ${MASTER}` });
    expect(first?.saw).toContain('15 times');
    expect(first?.saw).toContain('1066208 bytes');
    expect(first?.saw).toContain('client-output-buffer-limit is "slave 1048576 1048576 1"');
    expect(first?.fix).toContain('CONFIG SET client-output-buffer-limit');
    const own = rest.filter(({ followsFrom }) => followsFrom !== 'replica-resyncing');
    expect(own.map(({ code }) => code)).toEqual(['no-write-guard']);
  });

  it('are seen by one copy more, where a buffer is over its limit', () => {
    const codes = diagnosed(copying(75, 0), copying(76, 2_000_000)).map(({ code }) => code);
    expect(codes).toContain('replica-resyncing');
  });

  it.each([
    ['none was sent', 90, 90, 1_066_208],
    ['each replica got one', 75, 77, 100],
    ['it was started between', 90, 2, 100],
  ])('are not there where %s', (_, before, now, omem) => {
    const codes = diagnosed(copying(before, 0), copying(now, omem)).map(({ code }) => code);
    expect(codes).not.toContain('replica-resyncing');
  });

  it('need no limit to be told, and no leave to list connections', () => {
    const now = copying(90, 0).reply(MASTER, 'copying', { ok: false, error: 'NOPERM no' });
    const found = diagnosed(copying(75, 0), now);
    expect(found[0]?.code).toBe('replica-resyncing');
    expect(found.map(({ code }) => code)).not.toContain('not-asked');
  });
});
