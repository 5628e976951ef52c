import type { NodeObservation } from '../model/observation.js';
import type { Expectation, Finding } from '../model/verdict.js';

/** An upgrade that was begun and not ended: which nodes run what. */
export function judgeUpgrade(
  { topology, settings }: Expectation,
  nodes: readonly NodeObservation[],
): Finding[] {
  const { upgrading } = settings ?? {};
  if (upgrading === undefined) return [];
  const { from, to } = upgrading;
  const images = [...new Set(nodes.map(({ image = 'no container' }) => image))];
  const each = images.map((image) => {
    const own = nodes.filter((node) => (node.image ?? 'no container') === image);
    return `${own.map(({ name }) => name).join(', ')}: ${image}`;
  });
  return [
    {
      code: 'upgrade-unfinished',
      severity: 'warning',
      subject: topology,
      saw: `the upgrade from ${from} to ${to} has not ended (${each.join('; ')})`,
      expected: `every node on ${to}`,
      fix: `rsent up ${topology} goes on with it; rsent upgrade ${topology} --image ${from} goes back`,
    },
  ];
}
