import { mkdir, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import type { Engine } from '../../src/engine/engine.js';
import { Observer } from '../../src/flow/observe.js';
import { expectRecord } from '../../src/health/expect.js';
import { certificateFacts } from '../../src/host/certificates.js';
import { LOCAL_FILES } from '../../src/host/file-store.js';
import { issueCertificate, newAuthority } from '../../src/host/issue-certificate.js';
import { accessWith } from '../../src/model/access.js';
import type { NodeObservation } from '../../src/model/observation.js';
import { aSecurity } from '../helpers/security.js';
import { useTempDir } from '../helpers/temp.js';
import { aRecord, nodeNamed } from '../helpers/topology.js';

const path = useTempDir();
const record = aRecord({ security: aSecurity({ tls: true }) });
const authority = await newAuthority({ commonName: 'rsent lab', days: 3650 });
const issued = await issueCertificate(authority, {
  ...{ commonName: 'lab-redis-1', dnsNames: ['redis-1'], ipAddresses: [], days: 30 },
});
const renewed = await issueCertificate(authority, {
  ...{ commonName: 'lab-redis-1', dnsNames: ['redis-1'], ipAddresses: [], days: 300 },
});
/** An engine that runs nothing: no node is asked anything. */
const EMPTY = { containers: async () => [] } as unknown as Engine;

/** What is seen of redis-1, whose certificate this is. */
async function look(certificate: string | undefined, flush = true): Promise<NodeObservation> {
  await mkdir(path('redis-1', 'conf'), { recursive: true });
  if (certificate !== undefined) await writeFile(path('redis-1', 'conf', 'tls.crt'), certificate);
  const targets = record.placement.nodes.map((node) => ({
    ...node,
    confFile: path(node.name, 'conf', `${node.kind}.conf`),
  }));
  const access = accessWith({}, false, authority.certPem);
  const observer = new Observer(EMPTY, expectRecord(record), targets, access, LOCAL_FILES);
  const { nodes } = await observer.look({ flush });
  const [first] = nodes.filter(({ name }) => name === 'redis-1');
  if (first === undefined) throw new Error('nobody looked at redis-1');
  return first;
}

describe('the certificate that a node shows', () => {
  /** What is seen of redis-1, which has this certificate in its file and shows another one. */
  async function lookAt(onDisk: string): Promise<NodeObservation> {
    const server = createServer({ cert: issued.certPem, key: issued.keyPem });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = { ip: '127.0.0.1', port: (server.address() as AddressInfo).port };
    await mkdir(path('redis-1', 'conf'), { recursive: true });
    await writeFile(path('redis-1', 'conf', 'tls.crt'), onDisk);
    const target = {
      ...nodeNamed(record, 'redis-1'),
      ...{ address, published: address, confFile: path('redis-1', 'conf', 'redis.conf') },
    };
    const row = { name: target.container, state: 'running', networks: ['lab-net'] };
    const engine = {
      containers: async () => [row],
      containerLife: async () => undefined,
    } as unknown as Engine;
    const access = accessWith({}, false, authority.certPem);
    const observer = new Observer(engine, expectRecord(record), [target], access, LOCAL_FILES);
    const { nodes } = await observer.look({ flush: true });
    observer.close();
    server.close();
    const [node] = nodes;
    if (node === undefined) throw new Error('nobody looked');
    return node;
  }
  const untilMs = certificateFacts(issued.certPem).notAfterMs;

  it('is looked at by a handshake, and compared with the one in its file', async () => {
    const { served, certifiedUntil } = await lookAt(renewed.certPem);
    expect(served).toMatchObject({ untilMs, isOnDisk: false });
    expect(certifiedUntil).toBe(certificateFacts(renewed.certPem).notAfterMs);
    expect((await lookAt(issued.certPem)).served).toMatchObject({ untilMs, isOnDisk: true });
  });
});

describe('the certificate beside a conf', () => {
  it('is looked at with its end', async () => {
    const { notAfterMs } = certificateFacts(issued.certPem);
    expect((await look(issued.certPem)).certifiedUntil).toBe(notAfterMs);
  });

  it('is passed over where there is none, and by a quick look', async () => {
    expect(await look(undefined)).not.toHaveProperty('certifiedUntil');
    expect(await look(issued.certPem, false)).not.toHaveProperty('certifiedUntil');
  });

  it.each([
    ['empty', ''],
    ['cut short', issued.certPem.slice(0, 200)],
  ])('does not hide the rest of the topology when it is %s', async (_, certificate) => {
    expect(await look(certificate)).toMatchObject({ name: 'redis-1', container: 'absent' });
  });
});
