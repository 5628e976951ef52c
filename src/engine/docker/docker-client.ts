import type { Agent } from 'node:http';
import Docker from 'dockerode';
import { agentsFor } from './agents.js';
import type { Endpoint } from './endpoint.js';
import { Pulse } from './pulse.js';
import { readingDial } from './read-reply.js';
import { type Dial, watchedDial } from './watched-dial.js';

/** How an engine is reached, and when it is given up (ms). */
export interface Reach {
  /** How long nothing may be heard before it is asked whether it is there, and after that. */
  readonly quietMs: number;
  /** A machine that is there takes a connection, or refuses it, in less. */
  readonly connectMs: number;
  /** The program that logs in on another machine. */
  readonly ssh: string;
}

const NEARBY: Reach = { quietMs: 4000, connectMs: 5000, ssh: 'ssh' };
/** A login on another machine comes before the first answer; ssh has its own limit for it. */
const OVER_SSH: Reach = { ...NEARBY, quietMs: 8000 };

/** A client of the engine at an endpoint; each of its requests ends (see `watchedDial`). */
export function dockerAt(endpoint: Endpoint, changed: Partial<Reach> = {}): Docker {
  const usual = endpoint.url.startsWith('ssh:') ? OVER_SSH : NEARBY;
  const { quietMs, connectMs, ssh } = { ...usual, ...changed };
  const agents = agentsFor(endpoint, connectMs, ssh);
  const docker = withoutEnvironment(() => new Docker(clientOptions(endpoint, agents.requests)));
  const requests = dialOf(docker);
  const lasting = withoutEnvironment(() => new Docker(clientOptions(endpoint, agents.streams)));
  const streams = dialOf(lasting);
  const dial: Dial = (options, answered) =>
    (options.isStream || options.hijack ? streams : requests)(options, answered);
  const pulse = new Pulse(() => ping(streams), quietMs);
  docker.modem.dial = watchedDial(dial, pulse, endpoint.url);
  return docker;
}

function dialOf({ modem }: Docker): Dial {
  return readingDial(modem.dial.bind(modem));
}

function ping(dial: Dial): Promise<void> {
  const request = { path: '/_ping', method: 'GET', statusCodes: { 200: true } };
  return new Promise((resolve, reject) => {
    // Whatever it says, it is there.
    dial(request, (error) => (error === null || 'statusCode' in error ? resolve() : reject(error)));
  });
}

/**
 * dockerode reads DOCKER_* by itself, whatever it is given, and throws where a file is missing that
 * nobody asked for.
 */
function withoutEnvironment<T>(make: () => T): T {
  const own = Object.entries(process.env).filter(([name]) => name.startsWith('DOCKER_'));
  for (const [name] of own) delete process.env[name];
  try {
    return make();
  } finally {
    Object.assign(process.env, Object.fromEntries(own));
  }
}

/** How dockerode reaches an endpoint. */
function clientOptions(endpoint: Endpoint, agent: Agent): Docker.DockerOptions {
  const pipe = /^(?:unix|npipe):\/\/(.+)$/.exec(endpoint.url)?.[1];
  // dockerode hands the agent on; only its types do not know that.
  if (pipe !== undefined) return { socketPath: pipe, agent } as Docker.DockerOptions;
  const url = new URL(endpoint.url);
  // Its own ssh believes any host, and knows nothing of ~/.ssh/config. No name is looked up here.
  if (url.protocol === 'ssh:') {
    return { protocol: 'http', host: 'docker', port: 80, agent } as Docker.DockerOptions;
  }
  const protocol = endpoint.tls || url.protocol === 'https:' ? 'https' : 'http';
  const port = url.port || { https: '2376', http: '2375' }[protocol];
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const { unverified: _, ...files } = endpoint.tls ?? {};
  return { protocol, host, port, agent, ...files } as Docker.DockerOptions;
}
