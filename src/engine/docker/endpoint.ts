import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '../../model/errors.js';
import { shown } from '../../model/shown.js';
import { EngineError } from '../engine.js';
import { type EngineTls, readOptional, readTls } from './tls-files.js';

/** Where the engine listens, and with which certificates. */
export interface Endpoint {
  /** `unix:///var/run/docker.sock`, `tcp://host:2376`, `ssh://user@host`, `npipe:////./pipe/…`. */
  readonly url: string;
  readonly tls?: EngineTls;
}

const DEFAULT_URL = 'unix:///var/run/docker.sock';

/**
 * The endpoint that the docker command itself would use: DOCKER_HOST, else DOCKER_CONTEXT, else
 * the current context of ~/.docker/config.json, else the usual socket.
 * @throws EngineError when the named context does not exist, an address means nothing or has a
 * password in it, or files for TLS are missing
 */
export async function findEndpoint(env: NodeJS.ProcessEnv): Promise<Endpoint> {
  const configHome = env['DOCKER_CONFIG'] || join(homedir(), '.docker');
  if (env['DOCKER_HOST']) {
    const url = understood(env['DOCKER_HOST'], 'DOCKER_HOST');
    const tls = isOverTcp(url) ? await tlsFromEnv(env, configHome) : undefined;
    return { url, ...(tls === undefined ? {} : { tls }) };
  }
  const context = env['DOCKER_CONTEXT'] || (await currentContext(configHome));
  if (context === undefined || context === 'default') return { url: DEFAULT_URL };
  return contextEndpoint(configHome, context);
}

/**
 * As the docker command takes it: any text in DOCKER_TLS_VERIFY turns TLS on, and in DOCKER_TLS TLS
 * that believes whoever answers (docker/cli, cli/flags/options.go).
 */
async function tlsFromEnv(
  env: NodeJS.ProcessEnv,
  configHome: string,
): Promise<EngineTls | undefined> {
  const verified = Boolean(env['DOCKER_TLS_VERIFY']);
  if (!verified && !env['DOCKER_TLS']) return undefined;
  return readTls({
    folder: env['DOCKER_CERT_PATH'] || configHome,
    because: `${verified ? 'DOCKER_TLS_VERIFY' : 'DOCKER_TLS'} is set`,
    elsewhere: 'name the directory that has them in DOCKER_CERT_PATH',
    verified,
  });
}

function isOverTcp(url: string): boolean {
  return /^(tcp|https?):/.test(url);
}

/** @throws EngineError where no engine can have that address */
function understood(said: string, where: string): string {
  // The docker command takes HOST:PORT for tcp.
  const url = /^[^/:]{1,253}:\d{1,5}$/.test(said) ? `tcp://${said}` : said;
  if (hasPassword(url)) throw withPassword(where);
  // A line's end that was copied with it: URL drops it in silence, and no path has one.
  const isLine = !/\p{Cc}/u.test(said);
  const isPath = /^(unix|npipe):\/\/./.test(url);
  const isAddress = /^(tcp|https?|ssh):\/\/[^/]/.test(url) && URL.canParse(url);
  if (isLine && (isPath || isAddress)) return url;
  throw new EngineError(
    'unreachable',
    `${where} is ${JSON.stringify(said)}, which is no address.`,
    {
      hint: 'Expected unix:///PATH, tcp://HOST:PORT or ssh://USER@HOST.',
    },
  );
}

/** Of an address that means nothing otherwise, too: it would be quoted. */
function hasPassword(url: string): boolean {
  const [scheme = '', rest] = url.split('//', 2);
  const [authority = ''] = (rest ?? scheme).split('/', 1);
  const at = authority.lastIndexOf('@');
  return at >= 0 && authority.slice(0, at).includes(':');
}

/** The docker command does not take one, either; the address is in messages and reports. */
function withPassword(where: string): EngineError {
  return new EngineError('unreachable', `${where} has a password in it, and none is used there.`, {
    hint: 'Expected ssh://USER@HOST: ssh takes a key (ssh-copy-id USER@HOST). Take the password out of it.',
  });
}

/** True when the engine is on this machine: a socket, or a loopback address. */
export function isLocal(url: string): boolean {
  if (/^(unix|npipe):/.test(url)) return true;
  const host = hostOf(url) ?? '';
  return /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host) && !url.startsWith('ssh:');
}

/** Name or address of the machine in an endpoint's URL; undefined where there is none. */
export function hostOf(url: string): string | undefined {
  const host = /^[a-z]+:\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/]*)/.exec(url)?.[1];
  return host?.replace(/^\[|\]$/g, '') || undefined;
}

async function currentContext(configHome: string): Promise<string | undefined> {
  const text = await readOptional(join(configHome, 'config.json'));
  if (text === undefined) return undefined;
  const name = parseJson(text.toString(), join(configHome, 'config.json'))['currentContext'];
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** Contexts are kept in folders named by the SHA-256 of their name. */
function idOf(context: string): string {
  return createHash('sha256').update(context).digest('hex');
}

async function contextEndpoint(configHome: string, name: string): Promise<Endpoint> {
  const path = join(configHome, 'contexts', 'meta', idOf(name), 'meta.json');
  const text = await readOptional(path);
  const endpoints = text && parseJson(text.toString(), path)['Endpoints'];
  const found = dockerIn(endpoints);
  if (found === undefined) {
    throw new EngineError('unreachable', `The docker context ${shown(name)} does not exist.`, {
      hint: 'docker context ls lists those that do; DOCKER_CONTEXT or docker context use chooses one.',
    });
  }
  const url = understood(found.url, `The address in the docker context ${shown(name)}`);
  const tls = isOverTcp(url) ? await tlsOfContext(configHome, name, found) : undefined;
  return { url, ...(tls === undefined ? {} : { tls }) };
}

/** Docker makes the folder of a context only where the context was given files for TLS. */
async function tlsOfContext(
  configHome: string,
  name: string,
  { unverified }: ContextDocker,
): Promise<EngineTls | undefined> {
  const folder = join(configHome, 'contexts', 'tls', idOf(name), 'docker');
  // What cannot be looked at may be there: readTls says why.
  const isMissing = await stat(folder).then(() => false, isNoFile);
  if (isMissing && !unverified) return undefined;
  const context = JSON.stringify(name);
  return readTls({
    folder,
    because: `The docker context ${context} is one with TLS`,
    elsewhere: `give them to it again: docker context update ${context} --docker host=…,ca=FILE,cert=FILE,key=FILE`,
    verified: !unverified,
  });
}

function isNoFile(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
}

/** What a context says of docker. */
interface ContextDocker {
  readonly url: string;
  /** Whoever answers is believed. */
  readonly unverified: boolean;
}

function dockerIn(endpoints: unknown): ContextDocker | undefined {
  if (typeof endpoints !== 'object' || endpoints === null || !('docker' in endpoints)) return;
  const { docker } = endpoints;
  if (typeof docker !== 'object' || docker === null || !('Host' in docker)) return;
  if (typeof docker.Host !== 'string') return;
  const unverified = 'SkipTLSVerify' in docker && docker.SkipTLSVerify === true;
  return { url: docker.Host, unverified };
}

function parseJson(text: string, path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch (error) {
    throw new EngineError('unreachable', `${path} is not JSON.`, {
      hint: 'It is part of the docker configuration: put it right, or move it away.',
      cause: error,
    });
  }
}
