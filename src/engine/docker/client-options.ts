import type Docker from 'dockerode';
import type { Endpoint } from './endpoint.js';
import { SshAgent } from './ssh.js';

/** How dockerode reaches an endpoint. */
export function clientOptions(endpoint: Endpoint): Docker.DockerOptions {
  const pipe = /^(?:unix|npipe):\/\/(.+)$/.exec(endpoint.url)?.[1];
  if (pipe !== undefined) return { socketPath: pipe };
  const url = new URL(endpoint.url);
  // Its own ssh believes any host, and knows nothing of ~/.ssh/config. No name is looked up here.
  if (url.protocol === 'ssh:') {
    const agent = new SshAgent(endpoint.url);
    // dockerode hands it on; only its types do not know that.
    return { protocol: 'http', host: 'docker', port: 80, agent } as Docker.DockerOptions;
  }
  const protocol = endpoint.tls || url.protocol === 'https:' ? 'https' : 'http';
  const port = url.port || { https: '2376', http: '2375' }[protocol];
  return {
    protocol,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    ...endpoint.tls,
  };
}
