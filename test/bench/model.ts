import type Docker from 'dockerode';
import type { Bench } from './bench.js';

/** A node, where it is and where this machine calls it. */
export interface Place {
  readonly ip: string;
  readonly port: number;
}

/** What rsent made, as the engine tells it. */
export interface Model {
  readonly network: Docker.NetworkInspectInfo;
  readonly containers: readonly Docker.ContainerInspectInfo[];
}

/**
 * Let rsent make topologies of this kind at once, look at them, and take them down. Their data
 * stays, because containers that are made like them mount it. Their ports are unusual ones, which
 * no other topology takes while they are free.
 */
export async function modelsOf(
  bench: Bench,
  args: readonly string[],
  count: number,
): Promise<Model[]> {
  const names = Array.from({ length: count }, () => bench.name('model'));
  await Promise.all(names.map((name) => bench.rsent('up', name, ...args, ...bench.ownPorts())));
  const models = await Promise.all(names.map((name) => inspect(bench.docker, name)));
  await Promise.all(names.map((name) => bench.rsent('down', name)));
  return models;
}

async function inspect(docker: Docker, topology: string): Promise<Model> {
  const filters = { label: [`rsent.topology=${topology}`] };
  const [listed, [network]] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
  ]);
  if (network === undefined) throw new Error(`${topology} has no network.`);
  const containers = await Promise.all(listed.map(({ Id }) => docker.getContainer(Id).inspect()));
  return { containers, network: await docker.getNetwork(network.Id).inspect() };
}

/** What a copy is called, where it is attached and what marks it. */
interface Own {
  readonly prefix: string;
  readonly network: string;
  readonly labels: Record<string, string>;
}

/** Options to make a container like this one: all that was asked for it but its labels. */
export function copyOf(
  original: Docker.ContainerInspectInfo,
  own: Own,
): Docker.ContainerCreateOptions {
  const { Config, HostConfig } = original;
  const { Mounts, PortBindings, PidsLimit, Memory, RestartPolicy } = HostConfig;
  const { CapDrop, SecurityOpt, ReadonlyRootfs, Tmpfs, LogConfig } = HostConfig;
  const { Networking, NetworkMode } = reachOf(original, own);
  return {
    name: nameOf(original, own),
    Image: Config.Image,
    Entrypoint: Config.Entrypoint ?? [],
    Cmd: Config.Cmd ?? [],
    User: Config.User,
    ...Networking,
    Labels: own.labels,
    HostConfig: {
      ...{ Mounts, PortBindings, PidsLimit, Memory, RestartPolicy },
      ...{ CapDrop, SecurityOpt, ReadonlyRootfs, Tmpfs, LogConfig, NetworkMode },
    } as Docker.HostConfig,
  };
}

/** True for a container that lives in the network namespace of another one, which must run before. */
export function isGuest({ HostConfig }: Docker.ContainerInspectInfo): boolean {
  return HostConfig.NetworkMode?.startsWith('container:') === true;
}

const nameOf = ({ Config }: Docker.ContainerInspectInfo, { prefix }: Own) =>
  `${prefix}-${Config.Labels['rsent.node'] ?? 'host'}`;

/** The network it is on, or the container that is on it for all. */
function reachOf(original: Docker.ContainerInspectInfo, { prefix, network }: Own) {
  const { Config, NetworkSettings } = original;
  if (isGuest(original)) return { Networking: {}, NetworkMode: `container:${prefix}-host` };
  const [attached] = Object.values(NetworkSettings.Networks);
  const address = attached?.IPAMConfig?.IPv4Address ?? attached?.IPAddress ?? '';
  const Networking = {
    Hostname: Config.Hostname,
    ExposedPorts: Config.ExposedPorts ?? {},
    NetworkingConfig: { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: address } } } },
  };
  return { Networking, NetworkMode: network };
}

/** Options to make a network like this one. */
export function networkCopyOf(
  { Driver, IPAM }: Docker.NetworkInspectInfo,
  name: string,
  labels: Record<string, string>,
): Docker.NetworkCreateOptions {
  const Config = (IPAM?.Config ?? []).map(({ Subnet = '' }) => ({ Subnet }));
  return {
    ...{ Name: name, Driver, Labels: labels, CheckDuplicate: true },
    IPAM: { Driver: 'default', Config },
  };
}

/** Where the peers may live and which programs the image has: as rsent found out for the model. */
export interface Site {
  readonly subnet: string;
  readonly redis: readonly Place[];
  readonly sentinels: readonly Place[];
  /** redis-server or valkey-server. */
  readonly server: string;
}

/** The site of a model; its nodes are asleep, so that their addresses and ports are free. */
export function siteOf({ containers, network }: Model): Site {
  const places = (kind: string) =>
    containers
      .filter(({ Config }) => Config.Labels['rsent.kind'] === kind)
      .sort((a, b) => nodeOf(a).localeCompare(nodeOf(b)))
      .map(({ Config: { Labels } }) => ({
        ip: (Labels['rsent.address'] ?? '').split(':')[0] ?? '',
        port: Number((Labels['rsent.published'] ?? '').split(':')[1]),
      }));
  const command = containers.flatMap(({ Config }) => Config.Entrypoint ?? []).join(' ');
  return {
    subnet: network.IPAM?.Config?.[0]?.Subnet ?? '',
    redis: places('redis'),
    sentinels: places('sentinel'),
    server: /exec (\S+)/.exec(command)?.[1] ?? 'redis-server',
  };
}

const nodeOf = ({ Config }: Docker.ContainerInspectInfo) => Config.Labels['rsent.node'] ?? '';
