import type Docker from 'dockerode';
import { CONFINEMENT, hostnameOf } from '../../model/confinement.js';
import type { ContainerSpec, Mount } from '../../model/container.js';
import type { ContainerState } from '../../model/topology.js';
import type { ContainerFacts, NetworkFacts, NetworkSpec } from '../engine.js';

const STATES: readonly string[] = ['created', 'running', 'paused', 'restarting', 'exited', 'dead'];

/** 0 bytes would mean no limit. */
const NEARLY_NOTHING = { SizeBytes: 4096, Mode: 0o555 };

/** Options for POST /containers/create. Made afresh each time: dockerode changes what it is given. */
export function containerOptions(spec: ContainerSpec): Docker.ContainerCreateOptions {
  const { network } = spec;
  return {
    name: spec.name,
    Image: spec.image,
    Entrypoint: [...spec.entrypoint],
    Cmd: [],
    User: `${spec.user.uid}:${spec.user.gid}`,
    ...('namespaceOf' in network ? {} : { Hostname: hostnameOf(spec.name) }),
    Labels: { ...spec.labels },
    ExposedPorts: Object.fromEntries(spec.ports.map(({ inside }) => [`${inside}/tcp`, {}])),
    HostConfig: {
      Mounts: spec.mounts.map(mountOptions),
      PortBindings: Object.fromEntries(
        spec.ports.map(({ inside, published: { ip, port } }) => [
          `${inside}/tcp`,
          [{ HostIp: ip, HostPort: String(port) }],
        ]),
      ),
      ...('namespaceOf' in network ? { NetworkMode: `container:${network.namespaceOf}` } : {}),
      PidsLimit: spec.limits.pids,
      ...(spec.limits.memoryBytes === undefined ? {} : { Memory: spec.limits.memoryBytes }),
      RestartPolicy: { Name: CONFINEMENT.restart },
      CapDrop: [...CONFINEMENT.capDrop],
      SecurityOpt: [...CONFINEMENT.securityOptions],
      ReadonlyRootfs: CONFINEMENT.readOnly,
      Tmpfs: { ...CONFINEMENT.tmpfs },
      LogConfig: { Type: CONFINEMENT.log.driver, Config: { ...CONFINEMENT.log.options } },
    },
    ...('namespaceOf' in network
      ? {}
      : { NetworkingConfig: { EndpointsConfig: { [network.name]: endpointOptions(network.ip) } } }),
  };
}

/** NoCopy: what an image has at that place would be copied into the volume. */
function mountOptions(mount: Mount): Docker.MountSettings {
  const { to: Target } = mount;
  if ('from' in mount) return { Type: 'bind', Source: mount.from, Target };
  if ('empty' in mount) return { Type: 'tmpfs', Source: '', Target, TmpfsOptions: NEARLY_NOTHING };
  const VolumeOptions = {
    NoCopy: true,
    Labels: { ...mount.labels },
  } as Docker.MountSettings['VolumeOptions'] & object;
  return { Type: 'volume', Source: mount.volume, Target, VolumeOptions };
}

/** How a container is attached to a network. */
export function endpointOptions(ip: string | undefined): Docker.EndpointSettings {
  return ip === undefined ? {} : { IPAMConfig: { IPv4Address: ip } };
}

/** Options for POST /networks/create. */
export function networkOptions(spec: NetworkSpec): Docker.NetworkCreateOptions {
  return {
    Name: spec.name,
    Driver: 'bridge',
    CheckDuplicate: true,
    Labels: { ...spec.labels },
    IPAM: { Driver: 'default', Config: [{ Subnet: spec.subnet }] },
  };
}

/** One row of GET /containers/json. */
export function containerFacts(info: Docker.ContainerInfo): ContainerFacts {
  const ports = (info.Ports ?? []).filter((port) => port.PublicPort > 0 && port.Type === 'tcp');
  const networks = info.NetworkSettings?.Networks ?? {};
  return {
    id: info.Id,
    name: (info.Names?.[0] ?? '').replace(/^\//, ''),
    labels: info.Labels ?? {},
    state: STATES.includes(info.State) ? (info.State as ContainerState) : 'dead',
    image: info.Image,
    networks: Object.keys(networks),
    // Empty until it was started for the first time.
    networkIds: Object.values(networks).flatMap(({ NetworkID }) => NetworkID || []),
    sharesNetwork: /^container:/.test(info.HostConfig?.NetworkMode ?? ''),
    published: ports.map(({ IP, PublicPort }) => ({ ip: IP || '0.0.0.0', port: PublicPort })),
    ...mounted(info.Mounts),
    ...(info.Created > 0 ? { createdAt: info.Created * 1000 } : {}),
  };
}

/** Not every engine that speaks the API lists mounts. */
function mounted(mounts: Docker.ContainerInfo['Mounts'] | null | undefined) {
  if (!mounts) return {};
  return {
    binds: mounts.flatMap(({ Type, Source }) => (Type === 'bind' ? [Source] : [])),
    volumes: mounts.flatMap(({ Type, Name, Destination }) =>
      Type === 'volume' && Name ? [{ name: Name, to: Destination }] : [],
    ),
  };
}

/** One row of GET /networks. */
export function networkFacts(info: Docker.NetworkInspectInfo): NetworkFacts {
  const subnets = (info.IPAM?.Config ?? []).map((config) => config.Subnet);
  const [gateway] = (info.IPAM?.Config ?? []).flatMap((config) => config.Gateway ?? []);
  return {
    id: info.Id,
    name: info.Name,
    subnets: subnets.filter((subnet) => subnet !== undefined),
    driver: info.Driver,
    ...(gateway === undefined ? {} : { gateway }),
    labels: info.Labels ?? {},
  };
}
