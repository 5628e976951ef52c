import fc from 'fast-check';
import {
  asksForRole,
  candidateOf,
  candidatesOf,
  chooseAll,
  chooseTargets,
  readsLikeTarget,
  withTheirWord,
} from '../../src/drill/target.js';
import { observedOf } from '../../src/model/observation.js';
import { healthyObservation, withSilent } from '../helpers/observation.js';
import { aRecord, nodeNamed } from '../helpers/topology.js';

const everyone = healthyObservation().nodes.map(candidateOf);

describe('chooseTargets', () => {
  it.each([
    ['a node', 'redis-2', ['redis-2']],
    ['the master', 'master', ['redis-1']],
    ['a replica', 'replica', ['redis-2']],
    ['both replicas', 'replica:2', ['redis-2', 'redis-3']],
    ['a Sentinel', 'sentinel', ['sentinel-1']],
    ['two Sentinels', 'sentinel:2', ['sentinel-1', 'sentinel-2']],
  ])('finds %s', (_, target, expected) => {
    expect(chooseTargets(target, everyone).map(({ name }) => name)).toEqual(expected);
  });

  it.each([
    '',
    'slave',
    'redis-9',
    'sentinel:',
    'sentinel:-1',
    'master:x',
    'sentinel: 2',
    'sentinel:1000',
    'Master',
  ])('names what is legal for %j', (target) => {
    expect(() => chooseTargets(target, everyone)).toThrow(
      expect.objectContaining({ kind: 'usage', message: expect.stringContaining('redis-1') }),
    );
  });

  it.each([
    ['sentinel:4', 3],
    ['master:2', 1],
    ['master,replica:3', 2],
  ])('says how many there are for %s', (target, found) => {
    const said = found === 1 ? '1 has' : `${found} have`;
    expect(() => chooseTargets(target, everyone)).toThrow(`but ${said} that role`);
  });

  it.each(['sentinel:0', 'master,replica:00'])('takes no count of none: %s', (target) => {
    expect(() => chooseTargets(target, everyone)).toThrow(/the count must be 1 or more/);
  });
});

describe('chooseTargets of a list', () => {
  const names = (target: string) => chooseTargets(target, everyone).map(({ name }) => name);

  it.each([
    [
      'a role with a count and a role',
      'sentinel:2,master',
      ['redis-1', 'sentinel-1', 'sentinel-2'],
    ],
    ['nodes by name', 'redis-3,redis-2', ['redis-2', 'redis-3']],
    ['spaces around the parts', ' sentinel:2 , redis-1\n', ['redis-1', 'sentinel-1', 'sentinel-2']],
    ['a node once that is meant twice', 'master,redis-1,master', ['redis-1']],
    ['the larger of two counts', 'sentinel,sentinel:2', ['sentinel-1', 'sentinel-2']],
  ])('finds %s', (_, target, expected) => {
    expect(names(target)).toEqual(expected);
  });

  it('is the same in whatever order its parts stand', () => {
    const parts = ['master', 'replica:2', 'sentinel:2', 'redis-3', 'sentinel-3'];
    fc.assert(
      fc.property(fc.subarray(parts, { minLength: 1 }), fc.integer(), (some, seed) => {
        const turned = [...some.slice(seed % some.length), ...some.slice(0, seed % some.length)];
        expect(names(turned.join(','))).toEqual(names(some.join(',')));
      }),
    );
  });

  it.each([
    ['master,', '""'],
    [',master', '""'],
    ['master,,sentinel', '""'],
    ['master,redis-9', '"redis-9"'],
    ['slave,master', '"slave"'],
  ])('names the part of %j that means nobody', (target, part) => {
    expect(() => names(target)).toThrow(
      expect.objectContaining({ kind: 'usage', message: expect.stringContaining(`${part} is no`) }),
    );
  });
});

describe('candidateOf', () => {
  it('takes a data node that does not answer for no role at all', () => {
    const [silent] = observedOf(withSilent(healthyObservation(), 'redis-1', 'paused'), 'redis');
    expect(silent && candidateOf(silent).role).toBe('unknown');
  });
});

describe('whoever only looks', () => {
  const names = (...targets: string[]) => chooseAll(targets, everyone).map(({ name }) => name);

  it.each([
    [['replica'], ['redis-2', 'redis-3']],
    [['sentinel'], ['sentinel-1', 'sentinel-2', 'sentinel-3']],
    [['sentinel:2'], ['sentinel-1', 'sentinel-2']],
    [
      ['master', 'redis-3'],
      ['redis-1', 'redis-3'],
    ],
    [
      ['redis-3,redis-1', 'redis-1'],
      ['redis-1', 'redis-3'],
    ],
  ])('means with %j all of a role', (targets, expected) => {
    expect(names(...targets)).toEqual(expected);
  });

  it('is told about a target that means nobody', () => {
    expect(() => names('redis-9')).toThrow('"redis-9" is no target');
  });

  it('is told all nodes that there are, though none of them may be it now', () => {
    const nodes = [{ name: 'redis-1' }, { name: 'sentinel-1' }];
    expect(() => chooseTargets('redis-9', [], nodes)).toThrow(/or a node: redis-1, sentinel-1\.$/);
  });

  it('sees one master, whoever else takes himself for it', () => {
    const { nodes } = healthyObservation();
    const roles = (master?: string) => candidatesOf(nodes, master).map(({ role }) => role);
    expect(roles('redis-1').slice(0, 3)).toEqual(['master', 'replica', 'replica']);
    expect(roles('redis-2').slice(0, 3)).toEqual(['unknown', 'replica', 'replica']);
    expect(roles()).not.toContain('master');
  });

  it.each([
    ['master', true, true],
    ['replica:2', true, true],
    ['sentinel', true, false],
    ['redis-12', true, false],
    ['sentinel-1,master', true, true],
    ['masters', false, false],
    ['demo', false, false],
    ['', false, false],
  ])('%j: could be a target: %s; the nodes must be asked: %s', (word, reads, asks) => {
    expect([readsLikeTarget(word), asksForRole(word)]).toEqual([reads, asks]);
  });
});

describe('withTheirWord', () => {
  const record = aRecord();
  const at = (name: string) => nodeNamed(record, name).address;
  const views = healthyObservation(record).nodes.flatMap((node) =>
    node.kind === 'sentinel' && node.answer.reached ? [node.answer.facts] : [],
  );
  const silent = (name: string) => ({ name, kind: 'redis', role: 'unknown' }) as const;
  const roleOf = (name: string, said = views) => withTheirWord(silent(name), at(name), said).role;

  it('knows a silent master and a silent replica by what the Sentinels say', () => {
    expect([roleOf('redis-1'), roleOf('redis-2')]).toEqual(['master', 'replica']);
  });

  it('knows the old master for a replica once most Sentinels hand out another', () => {
    const [first, ...others] = views;
    const moved = others.map((view) => ({
      ...view,
      handsOut: at('redis-2'),
      replicas: view.replicas.map((each) => ({ ...each, address: at('redis-1') })),
    }));
    const said = first ? [first, ...moved] : moved;
    expect([roleOf('redis-2', said), roleOf('redis-1', said)]).toEqual(['master', 'replica']);
  });

  it('says nothing where no Sentinel does, and believes a node that answers', () => {
    expect(roleOf('redis-1', [])).toBe('unknown');
    const answering = { ...silent('redis-1'), role: 'replica' } as const;
    expect(withTheirWord(answering, at('redis-1'), views)).toBe(answering);
  });
});
