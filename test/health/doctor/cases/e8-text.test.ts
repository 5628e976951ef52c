import { Base, MASTER, REPLICAS, SENTINELS } from './base.js';

/** 10.9.8.1:637 is the beginning of 10.9.8.1:6379. */
const GHOST = '10.9.8.1:637';

const withGhost = (silentMs = 400_000) => {
  const base = new Base();
  for (const sentinel of SENTINELS) {
    base.lists(sentinel, 'replicas', GHOST, {
      ...{ runid: '', flags: 's_down,slave,disconnected', 'info-refresh': 0 },
      ...{ 'last-ping-sent': silentMs, 'last-ok-ping-reply': silentMs, 'num-slaves': 3 },
    });
  }
  return base.silent(GHOST, 'connection refused');
};

const secondMaster = (base: Base) =>
  base
    .info(REPLICAS[1], {
      ...{ role: 'master', master_host: undefined, master_port: undefined },
      ...{ master_link_status: undefined, connected_slaves: 0 },
    })
    .reply(REPLICAS[1], 'role', { ok: true, value: ['master', 0, []] });

describe('a gone server whose address is the beginning of a living one’s', () => {
  it('is a ghost, and nothing else is said of it', () => {
    expect(withGhost().codes()).toEqual(['ghost']);
  });

  // A failover makes all entries of replicas new, a Sentinel at its start, too.
  it('is a server that is down as long as it may have died a moment ago', () => {
    const found = withGhost(13_000).diagnoses();
    const codes = found.map(({ code }) => code);
    expect(codes).toContain('node-down');
    expect(codes).not.toContain('ghost');
    expect(found[0]?.fix).not.toContain('delete the line');
  });

  it('hides no second master', () => {
    const found = secondMaster(withGhost()).diagnoses();
    const codes = found.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['two-masters', 'ghost']));
    const alone = secondMaster(new Base()).codes();
    expect(new Set(codes.filter((code) => !['ghost', 'no-write-guard'].includes(code)))).toEqual(
      new Set(alone),
    );
    expect(found.find(({ code }) => code === 'two-masters')?.subject).toContain(REPLICAS[1]);
    expect(MASTER).toContain(GHOST);
  });
});
