import { judge, masterOf } from '../../src/health/judge.js';
import type { Observation } from '../../src/model/observation.js';
import type { Subject } from '../../src/report/topology-view.js';
import { captured, observationOf } from './fixtures.js';
import { healthyObservation } from './observation.js';
import { anExpectation, aRecord } from './topology.js';

/** What a report of the hand-made topology is made of. */
export function aSubject(observation: Observation = healthyObservation()): Subject {
  const expectation = anExpectation();
  return subjectOf(expectation, observation, aRecord().placement.nodes);
}

/** The same of a captured one. */
export function capturedSubject(name: string): Subject {
  const look = captured(name);
  const { expectation } = look;
  return subjectOf(expectation, observationOf(look), placed(expectation.nodes));
}

function placed(nodes: ReturnType<typeof anExpectation>['nodes']): Subject['targets'] {
  return nodes.map((node, i) => ({ ...node, published: { ip: '127.0.0.1', port: 7000 + i } }));
}

function subjectOf(
  expectation: ReturnType<typeof anExpectation>,
  observation: Observation,
  targets: Subject['targets'],
): Subject {
  const name = masterOf(expectation, observation);
  const master = targets.find((target) => target.name === name);
  return {
    topology: expectation.topology,
    masterName: expectation.masterName,
    targets,
    observation,
    verdict: judge(expectation, observation),
    ...(master === undefined ? {} : { master: { node: master.name, address: master.address } }),
  };
}
