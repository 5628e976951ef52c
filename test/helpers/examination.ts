import { assemble, type Collected } from '../../src/health/doctor/assemble.js';
import type { RedisVisit, SentinelVisit, Visit } from '../../src/health/doctor/visit.js';
import type { Diagnosis, Examination, Greeting, Hello } from '../../src/model/examination.js';
import { SAID } from '../../src/model/no-answer.js';
import type { RedisFacts, SentinelFacts } from '../../src/model/observation.js';
import { type Address, addressText } from '../../src/model/topology.js';
import { healthyObservation } from './observation.js';
import { anId, aRecord } from './topology.js';

const OPEN: Greeting = { tls: false, open: true, closed: false, denied: false };
export const CLOSED: Greeting = { tls: false, open: false, closed: true, denied: false };

/** What a careful data node has set. */
const SETTINGS = {
  masterauth: '',
  requirepass: '',
  masteruser: '',
  appendonly: 'yes',
  save: '3600 1',
  'min-replicas-to-write': '1',
  'protected-mode': 'no',
  port: '6379',
  'tls-port': '0',
  'tls-replication': 'no',
};

const record = aRecord();

/** The address of a node of the healthy topology. */
export function addressOf(name: string): Address {
  const node = record.placement.nodes.find((each) => each.name === name);
  if (node === undefined) throw new Error(`no node ${name}`);
  return node.address;
}

/** How a node of the healthy topology is called where nobody knows that rsent made it. */
export function strangerOf(name: string): string {
  return `${name.split('-')[0]} ${addressText(addressOf(name))}`;
}

/** What the visits to a healthy topology give, as somebody made it; changes are made to a copy. */
export class Patient {
  readonly visits: Visit[] = healthyObservation(record).nodes.flatMap((node): Visit[] => {
    const at = { address: addressOf(node.name), greeting: OPEN, contained: false };
    if (!node.answer.reached) return [];
    if (node.kind === 'sentinel') {
      const masters = [{ name: 'mymaster', address: addressOf('redis-1') }];
      return [{ ...at, kind: 'sentinel', facts: node.answer.facts, masters }];
    }
    const settings = new Map(Object.entries(SETTINGS));
    return [{ ...at, kind: 'redis', facts: node.answer.facts, settings, missingCommands: [] }];
  });
  hellos: Hello[] = [];
  leftOut = 0;
  onlyHere = true;
  expectation: Collected['expectation'];

  /** Change some data nodes, by their names; all of them without one. */
  redis(change: (visit: RedisVisit) => Partial<RedisVisit>, ...names: string[]): this {
    return this.#each((visit) =>
      visit.kind === 'redis' && isOne(visit, names) ? { ...visit, ...change(visit) } : visit,
    );
  }

  /** Change some Sentinels. */
  sentinels(change: (visit: SentinelVisit) => Partial<SentinelVisit>, ...names: string[]): this {
    return this.#each((visit) =>
      visit.kind === 'sentinel' && isOne(visit, names) ? { ...visit, ...change(visit) } : visit,
    );
  }

  /** Change settings of data nodes. */
  set(settings: Readonly<Record<string, string>>, ...names: string[]): this {
    return this.redis(
      (visit) => ({ settings: new Map([...(visit.settings ?? []), ...Object.entries(settings)]) }),
      ...names,
    );
  }

  /** Change what data nodes say of themselves. */
  facts(change: (facts: RedisFacts) => Partial<RedisFacts>, ...names: string[]): this {
    return this.redis(({ facts }) => ({ facts: { ...facts, ...change(facts) } }), ...names);
  }

  /** Change what Sentinels say. */
  says(change: (facts: SentinelFacts) => Partial<SentinelFacts>, ...names: string[]): this {
    return this.sentinels(({ facts }) => ({ facts: { ...facts, ...change(facts) } }), ...names);
  }

  /** Change the Sentinels' view of the master. */
  views(changes: object, ...names: string[]): this {
    return this.says(
      ({ master }) => {
        if (!master.reached) return {};
        return { master: { reached: true, facts: { ...master.facts, ...changes } } };
      },
      ...names,
    );
  }

  /** Change the Sentinels' links to one node. */
  links(name: string, changes: object, ...names: string[]): this {
    const text = addressText(addressOf(name));
    const moved = <T extends { readonly address: Address }>(link: T): T =>
      addressText(link.address) === text ? { ...link, ...changes } : link;
    return this.says(
      ({ master, replicas, peers }) => {
        return {
          master: master.reached ? { reached: true, facts: moved(master.facts) } : master,
          replicas: replicas.map(moved),
          peers: peers.map(moved),
        };
      },
      ...names,
    );
  }

  /** A node that does not answer. */
  silent(name: string, why = 'connection refused', greeting?: Greeting): this {
    const text = addressText(addressOf(name));
    return this.#each((visit) => {
      if (addressText(visit.address) !== text) return visit;
      const { address } = visit;
      return { kind: 'silent', address, why, ...(greeting === undefined ? {} : { greeting }) };
    });
  }

  /** A Sentinel that answered at another address than its own, where it spoke and no more. */
  behind(name: string, door: Address, greeting: Greeting): this {
    const text = addressText(addressOf(name));
    const all = this.visits.flatMap((visit): Visit[] => {
      const { address } = visit;
      if (addressText(address) !== text) return [visit];
      return [
        { ...visit, address: door },
        { kind: 'silent', address, why: SAID['withheld-unnamed'], greeting },
      ];
    });
    this.visits.splice(0, this.visits.length, ...all);
    this.hellos.push(aHello({ sentinel: addressOf(name) }));
    return this;
  }

  examination(): Examination {
    const { visits, hellos, expectation, leftOut } = this;
    const onlyHere = () => this.onlyHere;
    const known = expectation === undefined ? {} : { expectation };
    return assemble({ masterName: 'mymaster', visits, hellos, onlyHere, leftOut, ...known });
  }

  #each(change: (visit: Visit) => Visit): this {
    this.visits.splice(0, this.visits.length, ...this.visits.map(change));
    return this;
  }
}

function isOne({ address }: Visit, names: readonly string[]): boolean {
  if (names.length === 0) return true;
  return names.some((name) => addressText(addressOf(name)) === addressText(address));
}

/** A hello of a Sentinel of the healthy topology, heard on its master. */
export function aHello(changes: Partial<Hello> = {}): Hello {
  return {
    sentinelId: anId(1),
    sentinel: addressOf('sentinel-1'),
    masterName: 'mymaster',
    master: addressOf('redis-1'),
    heardOn: addressOf('redis-1'),
    ...changes,
  };
}

/** `code subject` of every finding that follows from no other, sorted. */
export function told(diagnoses: readonly Diagnosis[]): string[] {
  const own = diagnoses.filter(({ followsFrom }) => followsFrom === undefined);
  return own.map(({ code, subject }) => `${code} ${subject}`).sort();
}
