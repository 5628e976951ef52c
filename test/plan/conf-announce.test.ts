import { NETWORK_FORMS, type NetworkForm } from '../../src/model/spec.js';
import { renderConf } from '../../src/plan/conf.js';
import { directivesOf } from '../helpers/redis-conf.js';
import { ACL, aSecurity } from '../helpers/security.js';
import { TEMPLATES } from '../helpers/templates.js';
import { aRecordIn, nodeNamed } from '../helpers/topology.js';

/** The directives of a node's first conf; redis-1 is master. */
function confOf(form: NetworkForm, name: string, security = aSecurity()): string[] {
  const record = aRecordIn(form, { security });
  const master = nodeNamed(record, 'redis-1').address;
  const node = nodeNamed(record, name);
  const conf = renderConf(node, record.spec, record.placement, master, TEMPLATES);
  return directivesOf(conf).map((words) => words.join(' '));
}

const announcing = (lines: readonly string[]) => lines.filter((line) => line.includes('announce'));

describe('the conf of a node that is announced', () => {
  it.each([
    ['redis-1', ['replica-announce-ip 192.168.1.7', 'replica-announce-port 6379']],
    ['redis-3', ['replica-announce-ip 192.168.1.7', 'replica-announce-port 6381']],
    ['sentinel-1', ['sentinel announce-ip 192.168.1.7', 'sentinel announce-port 26379']],
    ['sentinel-3', ['sentinel announce-ip 192.168.1.7', 'sentinel announce-port 26381']],
  ])('says of %s where it is called, the master too', (name, lines) => {
    expect(announcing(confOf('announce', name))).toEqual(lines);
  });

  it('says so before all that Sentinel learns of others', () => {
    const lines = confOf('announce', 'sentinel-2').filter((line) => /^sentinel /.test(line));
    expect(lines[1]).toBe('sentinel announce-port 26380');
    expect(lines[2]).toMatch(/^sentinel myid /);
  });

  it.each([
    ['no password', aSecurity()],
    ['one password', aSecurity({ auth: true })],
    ['users', ACL],
    ['TLS', aSecurity({ tls: true })],
  ])('says so with %s', (_, security) => {
    expect(announcing(confOf('announce', 'redis-2', security))).toHaveLength(2);
    expect(announcing(confOf('announce', 'sentinel-2', security))).toHaveLength(2);
  });

  it.each(['bridge', 'pod'] as const)('says nothing of it in the form %s', (form) => {
    for (const name of ['redis-1', 'redis-2', 'sentinel-1']) {
      expect(announcing(confOf(form, name))).toEqual([]);
    }
  });
});

describe.each(NETWORK_FORMS)('the conf of a node in the form %s', (form) => {
  const record = aRecordIn(form);
  const at = (name: string) => {
    const { ip, port } = nodeNamed(record, name).address;
    return `${ip} ${port}`;
  };

  it('listens on the port by which the others know it', () => {
    for (const { name, address } of record.placement.nodes) {
      expect(confOf(form, name)).toContain(`port ${address.port}`);
      expect(confOf(form, name, aSecurity({ tls: true }))).toContain(`tls-port ${address.port}`);
    }
  });

  it('follows the master, and watches all, by these addresses', () => {
    expect(confOf(form, 'redis-3')).toContain(`replicaof ${at('redis-1')}`);
    const sentinel = confOf(form, 'sentinel-1');
    expect(sentinel).toContain(`sentinel monitor mymaster ${at('redis-1')} 2`);
    for (const name of ['redis-2', 'redis-3']) {
      expect(sentinel).toContain(`sentinel known-replica mymaster ${at(name)}`);
    }
    for (const name of ['sentinel-2', 'sentinel-3']) {
      const { sentinelId } = nodeNamed(record, name);
      expect(sentinel).toContain(`sentinel known-sentinel mymaster ${at(name)} ${sentinelId}`);
    }
  });
});
