import type { ComposeFile } from '../../src/model/compose.js';
import { NETWORK_FORMS } from '../../src/model/spec.js';
import { composeFile, exportedRecord } from '../../src/plan/compose.js';
import { ACL, aSecurity } from '../helpers/security.js';
import { aRecord, aRecordIn, aRecordInVolumes } from '../helpers/topology.js';
import { facts, names, redisNames } from '../helpers/up-facts.js';

const fileOf = (record = aRecord()) => composeFile(facts({ record }));
const serviceOf = (file: ComposeFile, name: string) => {
  const service = file.services[name];
  if (service === undefined) throw new Error(`no service ${name}`);
  return service;
};
const waitsFor = (file: ComposeFile, name: string) =>
  Object.entries(serviceOf(file, name).depends_on ?? {}).map(
    ([service, { condition }]) => `${service} ${condition}`,
  );

describe('a Compose file in the form bridge', () => {
  const file = fileOf();

  it('has a service for each node, and its subnet', () => {
    expect(file.name).toBe('lab');
    expect(Object.keys(file.services)).toEqual(names);
    expect(file.networks).toEqual({
      nodes: { driver: 'bridge', ipam: { config: [{ subnet: '172.30.5.0/24' }] } },
    });
  });

  it('gives a node its address, its ports and its directories beside the file', () => {
    expect(serviceOf(file, 'redis-2')).toMatchObject({
      hostname: 'lab-redis-2',
      networks: { nodes: { ipv4_address: '172.30.5.12', aliases: ['lab-redis-2'] } },
      ports: ['127.0.0.1:6380:6379/tcp'],
      volumes: [
        { source: './redis-2/conf', target: '/etc/redis', bind: { create_host_path: false } },
        { source: './redis-2/data', target: '/data', bind: { create_host_path: false } },
      ],
    });
  });

  it('starts the master, then replicas, then Sentinels', () => {
    expect(waitsFor(file, 'redis-1')).toEqual([]);
    expect(waitsFor(file, 'redis-3')).toEqual(['redis-1 service_healthy']);
    expect(waitsFor(file, 'sentinel-2')).toEqual(
      redisNames.map((name) => `${name} service_healthy`),
    );
  });

  it('has nothing by which rsent would know its own', () => {
    expect(JSON.stringify(file)).not.toContain('rsent.');
  });

  it('keeps every $ of a command from Compose, which would replace what follows it', () => {
    const commands = Object.values(file.services).flatMap(({ entrypoint, healthcheck }) => [
      ...entrypoint,
      ...(healthcheck?.test ?? []),
    ]);
    expect(commands.filter((each) => each.includes('$$@'))).not.toEqual([]);
    expect(commands.filter((each) => each.replaceAll('$$', '').includes('$'))).toEqual([]);
  });
});

describe('a Compose file in another form', () => {
  it('has all nodes in the network namespace of a service, which publishes their ports', () => {
    const file = fileOf(aRecordIn('pod'));
    expect(Object.keys(file.services)).toEqual(['pod', ...names]);
    expect(serviceOf(file, 'pod').ports).toHaveLength(6);
    for (const name of names) {
      const { network_mode, networks, ports, hostname } = serviceOf(file, name);
      expect([network_mode, networks, ports, hostname]).toEqual([
        'service:pod',
        undefined,
        undefined,
        undefined,
      ]);
      expect(waitsFor(file, name)).toContain('pod service_started');
    }
  });

  it('has no fixed addresses where nodes are announced', () => {
    expect(serviceOf(fileOf(aRecordIn('announce')), 'redis-2')).toMatchObject({
      networks: { nodes: { aliases: ['lab-redis-2'] } },
      ports: ['192.168.1.7:6380:6380/tcp'],
    });
  });

  it('lives on a network that is somebody else’s', () => {
    const record = aRecord();
    const placement = { ...record.placement, joined: true, network: 'apps' };
    const { networks } = fileOf({ ...record, placement });
    expect(networks).toEqual({ nodes: { name: 'apps', external: true } });
  });

  it('has directories where the topology has volumes', () => {
    const record = exportedRecord(aRecordInVolumes());
    const targets = serviceOf(fileOf(record), 'redis-1').volumes?.map(({ target }) => target);
    expect(targets).toEqual(['/etc/redis', '/data']);
  });
});

describe('the health check', () => {
  const testOf = (record = aRecord(), name = 'redis-1') =>
    serviceOf(fileOf(record), name).healthcheck?.test ?? [];

  it.each(NETWORK_FORMS)('asks a node at the port that it listens on: %s', (form) => {
    const record = aRecordIn(form);
    for (const { name, address } of record.placement.nodes) {
      expect(testOf(record, name)).toContain(String(address.port));
    }
  });

  it('asks a Sentinel for its quorum, and a data node whether it answers', () => {
    expect(testOf(aRecord(), 'sentinel-1').slice(-3)).toEqual(['SENTINEL', 'CKQUORUM', 'mymaster']);
    expect(testOf().slice(-1)).toEqual(['PING']);
  });

  it('reads the password from the mounted secret, and from nowhere when there is none', () => {
    const secured = aRecord({ security: ACL });
    expect(testOf(secured)).toContain('/run/secrets/password');
    expect(testOf(secured).join(' ')).toContain('--user app');
    expect(fileOf(secured).secrets).toEqual({ password: { file: './password' } });
    expect(serviceOf(fileOf(secured), 'sentinel-1').secrets).toEqual(['password']);
    expect(testOf()).toContain('/dev/null');
    expect(fileOf().secrets).toBeUndefined();
  });

  it('believes the authority beside the conf, with TLS', () => {
    const record = aRecord({ security: aSecurity({ tls: true }) });
    expect(testOf(record).join(' ')).toContain('--tls --cacert /etc/redis/ca.crt');
    expect(testOf()).not.toContain('--tls');
  });
});
