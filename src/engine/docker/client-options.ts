import type Docker from 'dockerode';
import type { Endpoint } from './endpoint.js';

/** How dockerode reaches an endpoint. */
export function clientOptions(endpoint: Endpoint): Docker.DockerOptions {
  const pipe = /^(?:unix|npipe):\/\/(.+)$/.exec(endpoint.url)?.[1];
  if (pipe !== undefined) return { socketPath: pipe };
  const url = new URL(endpoint.url);
  const protocol =
    url.protocol === 'ssh:' ? 'ssh' : endpoint.tls || url.protocol === 'https:' ? 'https' : 'http';
  const port = url.port || { ssh: '22', https: '2376', http: '2375' }[protocol];
  return {
    protocol,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    ...(url.username === '' ? {} : { username: url.username }),
    ...endpoint.tls,
  };
}
