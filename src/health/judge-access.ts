import type { Observation } from '../model/observation.js';
import { addressText, sameAddress } from '../model/topology.js';
import type { Finding } from '../model/verdict.js';
import { nameAt, type Scene } from './scene.js';

/** Findings about who gets in: rsent dials every address as a stranger, too. */
export function judgeAccess(scene: Scene, { dials }: Observation): Finding[] {
  const { settings, nodes, topology } = scene.expectation;
  return dials.flatMap(({ address, letsAnyoneIn }): Finding[] => {
    if (letsAnyoneIn !== true) return [];
    const subject = nameAt(scene, address);
    if (settings?.auth === true) {
      return [
        {
          code: 'lets-anyone-in',
          severity: 'error',
          subject,
          saw: `${addressText(address)} answers without a password`,
          expected: 'a password on every data node and Sentinel',
          fix: `somebody has taken it away; rsent rotate-password ${topology} sets a new one everywhere`,
        },
      ];
    }
    const node = nodes.find((each) => sameAddress(each.address, address));
    if (node?.published === undefined || node.published.ip.startsWith('127.')) return [];
    return [
      {
        code: 'open-to-others',
        severity: 'warning',
        subject,
        saw: `it is published on ${addressText(node.published)}, where others can reach it, and has no password`,
        expected: 'a password, or ports on 127.0.0.1 only',
        fix: `make the topology anew with --auth, or without --publish`,
      },
    ];
  });
}
