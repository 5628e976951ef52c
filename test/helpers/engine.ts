import type { ContainerFacts, Engine, NetworkFacts } from '../../src/engine/engine.js';
import type { Context } from '../../src/flow/context.js';

/** An engine on this machine that runs nothing; what it should not be asked it cannot answer. */
export function anEngine(changes: Partial<Engine> = {}): Engine {
  const empty = {
    ...{ endpoint: 'unix:///x.sock', local: true, host: undefined },
    describe: async () => ({ version: '28.0.0', addressPools: [] }),
    networks: async () => [],
    containers: async () => [],
    usedAddresses: async () => [],
    hasPath: async () => undefined,
  };
  return { ...empty, ...changes } as unknown as Engine;
}

/** One on another machine. */
export function anEngineAt(host: string, changes: Partial<Engine> = {}): Engine {
  return anEngine({ endpoint: `tcp://${host}:2375`, local: false, host, ...changes });
}

/** The doors of a verb, with this engine behind one of them. */
export function aContext(engine: Engine, home = '/data'): Context {
  // Nothing can be kept there.
  return { engine, home, state: '/dev/null/state' } as Context;
}

/** A network of somebody else. */
export function aNetwork(changes: Partial<NetworkFacts> = {}): NetworkFacts {
  return {
    ...{ id: 'n1', name: 'app-net', driver: 'bridge', labels: {} },
    ...{ subnets: ['10.20.30.0/28'], gateway: '10.20.30.1' },
    ...changes,
  };
}

/** A container of somebody else. */
export function aContainer(changes: Partial<ContainerFacts> = {}): ContainerFacts {
  return {
    ...{ id: 'c1', name: 'web', labels: {}, state: 'running', image: 'nginx' },
    ...{ networks: ['app-net'], sharesNetwork: false, published: [] },
    ...changes,
  };
}
