import { inspect } from 'node:util';
import { agentsFor } from '../../../src/engine/docker/agents.js';
import { dockerAt } from '../../../src/engine/docker/docker-client.js';

describe('the library', () => {
  it('is made whatever the environment says: it looks for certificates by itself', () => {
    process.env['DOCKER_HOST'] = 'tcp://other:2375';
    process.env['DOCKER_CERT_PATH'] = '/nowhere';
    try {
      expect(dockerAt({ url: 'tcp://h:2375' }).modem).toMatchObject({
        protocol: 'http',
        host: 'h',
      });
      expect(process.env['DOCKER_CERT_PATH']).toBe('/nowhere');
    } finally {
      delete process.env['DOCKER_HOST'];
      delete process.env['DOCKER_CERT_PATH'];
    }
  });

  it('uses TLS where nobody is to be verified', () => {
    const endpoint = { url: 'tcp://h', tls: { unverified: true } } as const;
    expect(dockerAt(endpoint).modem).toMatchObject({ protocol: 'https', port: '2376' });
    expect(agentsFor(endpoint, 1000, 'ssh').requests).toMatchObject({
      options: { rejectUnauthorized: false },
    });
  });

  // It makes a text of all that a request is given, each time.
  it.each(['unix:///run/docker.sock', 'tcp://h', 'https://h', 'ssh://h'])(
    'need not describe every socket of the agent for %s',
    (url) => {
      const { requests, streams } = agentsFor({ url }, 1000, 'ssh');
      for (const agent of [requests, streams]) {
        expect(inspect(agent, { showHidden: true, depth: null })).toBe('Agent');
      }
    },
  );
});
