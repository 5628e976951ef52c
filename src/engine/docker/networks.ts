import type Docker from 'dockerode';
import type { NetworkFacts } from '../engine.js';
import { endpointOptions, networkFacts } from './translate.js';

export async function listNetworks(docker: Docker): Promise<NetworkFacts[]> {
  return (await docker.listNetworks()).map(networkFacts);
}

/** Addresses of the containers on a network. */
export async function usedAddresses(docker: Docker, network: string): Promise<string[]> {
  const info: Docker.NetworkInspectInfo = await docker.getNetwork(network).inspect();
  const members = Object.values(info.Containers ?? {});
  return members.map(({ IPv4Address }) => IPv4Address.split('/')[0] ?? '');
}

/** Put a container on a network, at this address or at any; nothing when it is on it. */
export async function connect(
  docker: Docker,
  name: string,
  network: string,
  ip: string | undefined,
): Promise<void> {
  if (await isOn(docker, name, network)) return;
  const EndpointConfig = endpointOptions(ip);
  await docker.getNetwork(network).connect({ Container: name, EndpointConfig });
}

/** Take a container off a network; nothing when it is not on it. */
export async function disconnect(docker: Docker, name: string, network: string): Promise<void> {
  if (!(await isOn(docker, name, network))) return;
  await docker.getNetwork(network).disconnect({ Container: name, Force: true });
}

async function isOn(docker: Docker, name: string, network: string): Promise<boolean> {
  const { NetworkSettings } = await docker.getContainer(name).inspect();
  return network in NetworkSettings.Networks;
}
