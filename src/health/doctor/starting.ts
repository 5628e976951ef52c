import type { Address } from '../../model/topology.js';

/**
 * What to type to have the server at an address run again, and to read its log. A name tells where it
 * is a pod of a StatefulSet (`pod.service.namespace.svc.domain`, kubernetes.io/docs, DNS for Services and
 * Pods); of an address nobody knows who started it.
 */
export function howToStart({ ip }: Address): string {
  const [pod, , namespace, svc] = ip.split('.');
  if (svc === 'svc' && pod && namespace) {
    return `kubectl -n ${namespace} describe pod ${pod} says why it does not run, and kubectl -n ${namespace} logs ${pod} --previous how it ended`;
  }
  return 'start it (docker start or docker compose up -d where it is a container), or look at its log';
}
