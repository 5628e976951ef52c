import { LABEL } from '../model/constants.js';
import type { Step } from '../model/plan.js';
import { podContainer } from './containers.js';
import { topologyLabels } from './labels.js';
import { mustBeRemade, type UpFacts } from './up-facts.js';

/** The network, and in the form pod the container that stands for it, as far as they are missing. */
export function networkSteps(facts: UpFacts): Step[] {
  const { spec, placement } = facts.record;
  const { form, network: name, subnet, pod, joined } = placement;
  const seenFromHost = form === 'bridge' && spec.reach.clients === 'host';
  const network: Step = {
    ...{ kind: 'create-network', id: 'network', after: ['record', 'remove:network'] },
    ...{ name, subnet, seenFromHost },
    labels: { ...topologyLabels(spec.name), [LABEL.directory]: facts.directory },
  };
  const isOld = facts.networkExists && facts.record.unfinished?.remaking === true && !joined;
  const remove: Step = {
    ...{ kind: 'remove-network', id: 'remove:network', network: name },
    after: ['remove:pod', ...placement.nodes.map((node) => `remove:${node.name}`)],
  };
  return [
    ...podRemoval(facts),
    ...(isOld ? [remove] : []),
    ...((facts.networkExists && !isOld) || joined ? [] : [network]),
    ...(pod === undefined ? [] : podSteps(pod, facts)),
  ];
}

function podRemoval(facts: UpFacts): Step[] {
  const { pod, nodes } = facts.record.placement;
  if (pod === undefined || facts.pod === undefined || !mustBeRemade(facts)) return [];
  return [{ ...removal('remove:pod', pod), after: nodes.map(({ name }) => `remove:${name}`) }];
}

function podSteps(pod: string, facts: UpFacts): Step[] {
  if (facts.pod === 'running' && !mustBeRemade(facts)) return [];
  const create: Step = {
    ...{ kind: 'create-container', id: 'create:pod', after: ['network', 'settled', 'remove:pod'] },
    container: podContainer(pod, facts),
  };
  return [create, { kind: 'start-container', id: 'pod', after: [create.id], container: pod }];
}

/** Take a container away. */
export function removal(id: string, container: string): Step {
  return { kind: 'remove-container', id, after: [], container };
}
