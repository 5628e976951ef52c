import { expectRecord } from '../../src/health/expect.js';
import { judge } from '../../src/health/judge.js';
import { firstAddress } from '../../src/model/cidr.js';
import type { Observation } from '../../src/model/observation.js';
import { healthyObservation } from '../helpers/observation.js';
import { aRecordIn } from '../helpers/topology.js';

const record = aRecordIn('bridge');
const gateway = firstAddress(record.placement.subnet) ?? '';

/** As the master sees its replicas where the host puts its own address in the place of theirs. */
function masqueraded(ip: string): Observation {
  const { nodes, ...rest } = healthyObservation();
  const changed = nodes.map((node) => {
    if (node.kind !== 'redis' || !node.answer.reached) return node;
    const { facts } = node.answer;
    const replicas = facts.replicas.map((each) => ({ ...each, address: { ip, port: 6379 } }));
    return { ...node, answer: { ...node.answer, facts: { ...facts, replicas } } };
  });
  return { ...rest, nodes: changed };
}

describe('nodes that see each other at the gateway of their network', () => {
  it('are one cause on top, and what follows from it is marked', () => {
    const { findings, healthy } = judge(expectRecord(record), masqueraded(gateway));
    expect(healthy).toBe(false);
    expect(findings[0]).toMatchObject({
      ...{ code: 'nodes-masqueraded', subject: 'lab' },
      saw: expect.stringContaining(`${gateway}:6379, the gateway of their network`),
      fix: expect.stringContaining('rsent up lab --recreate'),
    });
    const others = findings.slice(1).filter(({ severity }) => severity === 'error');
    expect(others.map(({ followsFrom }) => followsFrom)).toEqual(
      others.map(() => 'nodes-masqueraded'),
    );
  });

  it.each([
    ['a stranger comes from elsewhere', record, '172.30.5.99'],
    ['they are announced there', aRecordIn('announce'), gateway],
  ])('are none where %s', (_, of, ip) => {
    const { findings } = judge(expectRecord(of), masqueraded(ip));
    expect(findings.map(({ code }) => code)).not.toContain('nodes-masqueraded');
  });
});

describe('the first address', () => {
  it.each([
    ['172.30.5.0/24', '172.30.5.1'],
    ['172.18.0.0/16', '172.18.0.1'],
    ['10.1.2.13/29', '10.1.2.9'],
    ['fd00::/64', undefined],
    ['', undefined],
  ])('of %s is %s', (cidr, address) => {
    expect(firstAddress(cidr)).toBe(address);
  });
});
