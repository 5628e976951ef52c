import type { NodeObservation } from '../model/observation.js';
import { fromHere } from '../model/topology.js';
import type { Expectation, Finding } from '../model/verdict.js';

/** Containers that somebody has given another name: whoever calls them by the proper one finds none. */
export function judgeRenamed({ topology, nodes }: Expectation): Finding[] {
  return nodes.flatMap(({ name, container, renamedFrom }): Finding[] => {
    if (renamedFrom === undefined) return [];
    return [
      {
        code: 'container-renamed',
        severity: 'warning',
        subject: name,
        saw: `its container is named ${container}`,
        expected: renamedFrom,
        fix: `rsent up ${topology} gives it its name again`,
      },
    ];
  });
}

/**
 * Whether the user's own certificate names the addresses at which clients reach the nodes: the
 * published one, and the one that Sentinel hands out. No Redis, Sentinel or rsent asks for that,
 * but many client libraries do.
 */
export function judgeNames(
  { settings, topology, nodes }: Expectation,
  observed: readonly NodeObservation[],
): Finding[] {
  if (settings?.tls !== true || settings.givenCertificate !== true) return [];
  const unnamed = nodes.flatMap(({ name, address, published }) => {
    const seen = observed.find((each) => each.name === name);
    const certified = seen?.served?.ipAddresses ?? seen?.certifiedFor;
    if (certified === undefined) return [];
    const reachedBy = [...(published === undefined ? [] : [fromHere(published).ip]), address.ip];
    return reachedBy.filter((ip) => !certified.includes(ip));
  });
  if (unnamed.length === 0) return [];
  return [
    {
      code: 'certificate-names',
      severity: 'warning',
      subject: topology,
      saw: `clients reach its nodes at addresses that the certificate does not name: ${[...new Set(unnamed)].join(', ')}`,
      expected: 'each of them in the certificate, as clients that check names refuse it otherwise',
      fix: `have it issued with these IP addresses as subject alternative names, and rsent rotate-certs ${topology} --tls-cert FILE --tls-key FILE; or turn off the check of names in the client`,
    },
  ];
}
