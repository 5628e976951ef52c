import type { Step } from '../model/plan.js';
import { podContainer } from './containers.js';
import { placeLabels } from './labels.js';
import { mustBeRemade, type UpFacts } from './up-facts.js';

/**
 * The network, and in the form pod the container that stands for it, taken away where they are to
 * be others.
 * @param ends the steps that end what lives in them
 */
export function clearSteps(facts: UpFacts, ends: readonly Step[]): Step[] {
  const { network, pod } = facts.record.placement;
  const after = ['record', ...ends.map(({ id }) => id)];
  const isPodOld = pod !== undefined && mustBeRemade(facts) && facts.pod !== undefined;
  const remove: Step = {
    ...{ kind: 'remove-network', id: 'remove:network', network },
    after: ['remove:pod', ...after],
  };
  return [
    ...(isPodOld ? [{ ...removal('remove:pod', pod), after }] : []),
    ...(isNetworkOld(facts) ? [remove] : []),
  ];
}

function isNetworkOld({ networkExists, record: { placement, unfinished } }: UpFacts): boolean {
  return networkExists && unfinished?.remaking === true && !placement.joined;
}

/** Both of them, as far as they are missing. */
export function networkSteps(facts: UpFacts): Step[] {
  const { spec, placement } = facts.record;
  const { form, network: name, subnet, pod, joined } = placement;
  const seenFromHost = form === 'bridge' && spec.reach.clients === 'host';
  const network: Step = {
    ...{ kind: 'create-network', id: 'network', after: ['record', 'remove:network'] },
    ...{ name, subnet, seenFromHost },
    labels: placeLabels(facts.record, facts.directory),
  };
  const isThere = facts.networkExists && !isNetworkOld(facts);
  return [
    ...(isThere || joined ? [] : [network]),
    ...(pod === undefined ? [] : podSteps(pod, facts)),
  ];
}

function podSteps(pod: string, facts: UpFacts): Step[] {
  if (facts.pod === 'running' && !mustBeRemade(facts)) return [];
  const after = ['network', 'settled', 'remove:pod'];
  const create: Step = {
    ...{ kind: 'create-container', id: 'create:pod', after },
    container: podContainer(pod, facts),
  };
  return [create, { kind: 'start-container', id: 'pod', after: [create.id], container: pod }];
}

/** Take a container away. */
export function removal(id: string, container: string): Step {
  return { kind: 'remove-container', id, after: [], container };
}
