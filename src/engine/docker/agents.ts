import { Agent, type AgentOptions, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { isIP, Socket } from 'node:net';
import { inspect } from 'node:util';
import type { Endpoint } from './endpoint.js';
import { Swallowed } from './silence.js';
import { Gate, SshAgent } from './ssh.js';

/** How the connections to an engine are made and kept. */
export interface Agents {
  readonly requests: Agent;
  /** For what lasts: it must not use up the connections that requests wait for. */
  readonly streams: Agent;
}

/** As node's own global agent has it. */
const KEPT: AgentOptions = { keepAlive: true, scheduling: 'lifo', timeout: 5000 };

/**
 * The agents for an endpoint.
 * @param connectMs when an address that neither takes nor refuses a connection is given up
 * @param ssh the program that logs in on another machine
 */
export function agentsFor({ url, tls }: Endpoint, connectMs: number, ssh: string): Agents {
  if (url.startsWith('ssh:')) {
    const login = { gate: new Gate(), program: ssh };
    const streams = new SshAgent(url, { ...login, most: Number.POSITIVE_INFINITY });
    return { requests: brief(staying(new SshAgent(url, login))), streams: brief(staying(streams)) };
  }
  const isSecret = tls !== undefined || url.startsWith('https:');
  const believing = tls?.unverified ? { rejectUnauthorized: false } : {};
  const bare = isSecret ? new TlsAgent({ ...KEPT, ...believing }) : new Agent(KEPT);
  const agent = brief(staying(impatient(bare, connectMs)));
  return { requests: agent, streams: agent };
}

/** What node calls on an agent for each request (lib/_http_client.js); its types do not have it. */
interface Adding {
  addRequest(request: ClientRequest, ...more: readonly unknown[]): void;
}

/**
 * An agent whose replies send nobody elsewhere: docker-modem follows a redirect to any address, by a
 * request that nobody watches, so that its failure ends the process. No engine redirects.
 */
function staying<T extends Agent>(agent: T): T {
  const adding = agent as T & Adding;
  const add = adding.addRequest.bind(agent);
  adding.addRequest = (request, ...more) => {
    request.prependOnceListener('response', ({ headers }: IncomingMessage) => {
      delete headers.location;
    });
    add(request, ...more);
  };
  return agent;
}

/**
 * An agent whose text for people is short: docker-modem makes one of all that a request is given,
 * each time, whether anybody reads it or not (lib/modem.js, buildRequest), sockets and all. That took
 * a third of the processor time of `rsent up`.
 */
function brief<T extends Agent>(agent: T): T {
  return Object.assign(agent, { [inspect.custom]: () => 'Agent' });
}

/** An agent that gives up an address which swallows all that is sent to it. */
function impatient(agent: Agent, connectMs: number): Agent {
  const open = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const socket = open(options, done);
    if (socket instanceof Socket) limit(socket, options.host ?? '', connectMs);
    return socket;
  };
  return agent;
}

function limit(socket: Socket, host: string, connectMs: number): void {
  let hasAddress = isIP(host) !== 0;
  const giveUp = () => {
    if (socket.connecting) socket.destroy(new Swallowed(connectMs, hasAddress));
  };
  // After a stop of this process the timer is over before what has come is looked at.
  const timer = setTimeout(() => setImmediate(giveUp), connectMs);
  socket.once('lookup', () => {
    hasAddress = true;
  });
  for (const event of ['connect', 'close']) socket.once(event, () => clearTimeout(timer));
}
