import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { codeOf, messageOf } from '../../model/errors.js';
import { EngineError } from '../engine.js';

/** Where the engine listens, and with which certificates. */
export interface Endpoint {
  /** `unix:///var/run/docker.sock`, `tcp://host:2376`, `ssh://user@host`, `npipe:////./pipe/…`. */
  readonly url: string;
  readonly tls?: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
}

const DEFAULT_URL = 'unix:///var/run/docker.sock';

/**
 * The endpoint that the docker command itself would use: DOCKER_HOST, else DOCKER_CONTEXT, else
 * the current context of ~/.docker/config.json, else the usual socket.
 * @throws EngineError when the named context does not exist
 */
export async function findEndpoint(env: NodeJS.ProcessEnv): Promise<Endpoint> {
  const configHome = env['DOCKER_CONFIG'] || join(homedir(), '.docker');
  if (env['DOCKER_HOST']) {
    const wantsTls = Boolean(env['DOCKER_TLS_VERIFY']);
    const tls = wantsTls ? await readTls(env['DOCKER_CERT_PATH'] || configHome) : undefined;
    return { url: env['DOCKER_HOST'], ...(tls === undefined ? {} : { tls }) };
  }
  const context = env['DOCKER_CONTEXT'] || (await currentContext(configHome));
  if (context === undefined || context === 'default') return { url: DEFAULT_URL };
  return contextEndpoint(configHome, context);
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
async function contextEndpoint(configHome: string, name: string): Promise<Endpoint> {
  const id = createHash('sha256').update(name).digest('hex');
  const path = join(configHome, 'contexts', 'meta', id, 'meta.json');
  const text = await readOptional(path);
  const endpoints = text && parseJson(text.toString(), path)['Endpoints'];
  const url = urlOf(endpoints);
  if (url === undefined) {
    throw new EngineError(
      'unreachable',
      `The docker context ${JSON.stringify(name)} does not exist.`,
      {
        hint: 'docker context ls lists those that do; DOCKER_CONTEXT or docker context use chooses one.',
      },
    );
  }
  const tls = await readTls(join(configHome, 'contexts', 'tls', id, 'docker'));
  return { url, ...(tls === undefined ? {} : { tls }) };
}

function urlOf(endpoints: unknown): string | undefined {
  if (typeof endpoints !== 'object' || endpoints === null || !('docker' in endpoints)) return;
  const { docker } = endpoints;
  if (typeof docker !== 'object' || docker === null || !('Host' in docker)) return;
  return typeof docker.Host === 'string' ? docker.Host : undefined;
}

async function readTls(folder: string): Promise<Endpoint['tls']> {
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map((file) => readOptional(join(folder, file))),
  );
  if (ca === undefined && cert === undefined) return undefined;
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

async function readOptional(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw new EngineError('unreachable', `Cannot read ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function parseJson(text: string, path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch (error) {
    throw new EngineError('unreachable', `${path} is not JSON: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
