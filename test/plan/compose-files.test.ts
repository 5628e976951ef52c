import { exportFiles } from '../../src/plan/compose-files.js';
import { ACL, aSecurity } from '../helpers/security.js';
import { aRecord } from '../helpers/topology.js';
import { ancestors, facts, stepsOfKind } from '../helpers/up-facts.js';

const pathsOf = (plan: ReturnType<typeof exportFiles>) =>
  stepsOfKind(plan, 'write-file').map(({ path }) => path);

describe('the files of an export', () => {
  it('are the directories and confs of every node, and nothing that an engine would do', () => {
    const { steps } = exportFiles(facts(), undefined);
    const kinds = new Set(steps.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['make-directory', 'write-file']));
    expect(steps.filter(({ kind }) => kind === 'write-file')).toHaveLength(6);
    expect(steps.filter(({ kind }) => kind === 'make-directory')).toHaveLength(18);
  });

  it('are confs of the first roles: redis-1 follows nobody', () => {
    const confs = stepsOfKind(exportFiles(facts(), undefined), 'write-file');
    const follows = confs.filter(({ content }) => /^replicaof /m.test(content));
    expect(follows.map(({ path }) => path)).toEqual([
      '/data/lab/redis-2/conf/redis.conf',
      '/data/lab/redis-3/conf/redis.conf',
    ]);
  });

  it('wait for nothing but each other', () => {
    const plan = exportFiles(facts({ record: aRecord({ security: ACL }) }), undefined);
    const known = plan.steps.map(({ id }) => id);
    for (const { after } of plan.steps) expect(known).toEqual(expect.arrayContaining([...after]));
    expect(ancestors(plan, 'conf:redis-1')).toContain('password:app');
  });

  it('have the application’s password for the nodes too, and only a mark of it in the plan', () => {
    const record = aRecord({ security: ACL });
    const plan = exportFiles(facts({ record, chown: true }), undefined);
    expect(plan.steps).toContainEqual({
      ...{ kind: 'write-file', id: 'password:app', after: [], path: '/data/lab/password' },
      ...{ content: '<rsent:password:app>\n', mode: 0o600, owner: { uid: 1000, gid: 1000 } },
    });
    const others = stepsOfKind(plan, 'write-secret');
    expect(others.map(({ user }) => user)).toEqual(['rsent', 'sentinel', 'replication']);
    expect(others.filter(({ mode }) => mode !== 0o600)).toEqual([]);
  });

  it('have a new authority with its key, or the certificate alone of one that is kept', () => {
    const record = aRecord({ security: aSecurity({ tls: true }) });
    const fresh = exportFiles(facts({ record }), undefined);
    expect(stepsOfKind(fresh, 'make-authority')).toHaveLength(1);
    expect(stepsOfKind(fresh, 'issue-certificate')).toHaveLength(6);
    const kept = exportFiles(facts({ record, hasAuthority: true }), 'PEM');
    expect(stepsOfKind(kept, 'make-authority')).toEqual([]);
    expect(pathsOf(kept)).toContain('/data/lab/ca.crt');
    expect(stepsOfKind(kept, 'issue-certificate')).toHaveLength(6);
  });

  it('have the user’s own certificate at every node', () => {
    const security = aSecurity({ tls: true, givenCertificate: true });
    const given = facts({ record: aRecord({ security }), hasAuthority: true });
    const plan = exportFiles(given, 'PEM');
    expect(stepsOfKind(plan, 'write-certificate').map(({ path }) => path)).toEqual(
      aRecord().placement.nodes.map(({ folder }) => `/data/lab/${folder}/conf`),
    );
  });
});
