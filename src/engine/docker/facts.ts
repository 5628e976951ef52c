import type Docker from 'dockerode';
import type { Labels } from '../../model/container.js';
import type { ContainerFacts, EngineFacts } from '../engine.js';
import { containerFacts } from './translate.js';

/** What is used of GET /info. */
interface Info {
  readonly ServerVersion?: string;
  readonly SecurityOptions?: readonly string[] | null;
  readonly DefaultAddressPools?: readonly { readonly Base: string; readonly Size: number }[] | null;
}

/** GET /info. A security option is `name=userns` or `name=seccomp,profile=default`. */
export function engineFacts(info: Info): EngineFacts {
  const options = (info.SecurityOptions ?? []).map((each) => /^name=([^,]*)/.exec(each)?.[1]);
  // A rootless engine lists both from 20.10 on.
  const mapped = options.includes('userns') ? 'userns-remap' : undefined;
  const userMapping = options.includes('rootless') ? 'rootless' : mapped;
  return {
    version: info.ServerVersion ?? '',
    ...(userMapping === undefined ? {} : { userMapping }),
    addressPools: (info.DefaultAddressPools ?? []).map(({ Base, Size }) => ({
      base: Base,
      size: Size,
    })),
  };
}

/** What the engine is and how it was set up. */
export async function describe(docker: Docker): Promise<EngineFacts> {
  return engineFacts(await docker.info());
}

/** Containers in any state that carry all of these labels. */
export async function listContainers(docker: Docker, labels: Labels): Promise<ContainerFacts[]> {
  const label = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return (await docker.listContainers({ all: true, filters: { label } })).map(containerFacts);
}
