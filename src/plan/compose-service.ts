import type { ComposeBind, ComposeService } from '../model/compose.js';
import { CONFINEMENT, hostnameOf } from '../model/confinement.js';
import type { ContainerSpec, Mount, PublishedPort } from '../model/container.js';
import { RsentError } from '../model/errors.js';

/** The one network of an export, in its own words. */
export const NETWORK = 'nodes';

/**
 * A container as a service of Compose: the same as the engine makes of it, but for the labels, by
 * which rsent would take it for one of its own.
 * @param serviceOf name of the service for a container's
 */
export function composeService(
  spec: ContainerSpec,
  serviceOf: (container: string) => string,
): ComposeService {
  const { user, limits } = spec;
  return {
    image: spec.image,
    entrypoint: spec.entrypoint,
    user: `${user.uid}:${user.gid}`,
    ...attached(spec, serviceOf),
    ...(spec.ports.length === 0 ? {} : { ports: spec.ports.map(portText) }),
    ...(spec.mounts.length === 0 ? {} : { volumes: spec.mounts.map(bindOf) }),
    ...(limits.memoryBytes === undefined ? {} : { mem_limit: limits.memoryBytes }),
    pids_limit: limits.pids,
    restart: CONFINEMENT.restart,
    cap_drop: CONFINEMENT.capDrop,
    security_opt: CONFINEMENT.securityOptions,
    read_only: CONFINEMENT.readOnly,
    tmpfs: Object.entries(CONFINEMENT.tmpfs).map(([path, options]) => `${path}:${options}`),
    logging: CONFINEMENT.log,
  };
}

/** The alias: Compose names containers itself, and certificates and clients know the name of ours. */
function attached(
  { name, network }: ContainerSpec,
  serviceOf: (container: string) => string,
): Pick<ComposeService, 'network_mode' | 'networks' | 'hostname'> {
  if ('namespaceOf' in network) {
    return { network_mode: `service:${serviceOf(network.namespaceOf)}` };
  }
  const { ip } = network;
  const at = ip === undefined ? {} : { ipv4_address: ip };
  return { hostname: hostnameOf(name), networks: { [NETWORK]: { ...at, aliases: [name] } } };
}

function portText({ inside, published: { ip, port } }: PublishedPort): string {
  return `${ip}:${port}:${inside}/tcp`;
}

/** A directory that is missing is an error: the engine would make an empty one, which is root's. */
function bindOf(mount: Mount): ComposeBind {
  if (!('from' in mount)) throw new RsentError('bug', `${mount.to} is no directory to export.`);
  const bind = { create_host_path: false };
  return { type: 'bind', source: mount.from, target: mount.to, bind };
}
