import { Observer } from '../../src/flow/observe.js';
import { recordTargets } from '../../src/flow/targets.js';
import { VolumeFiles } from '../../src/flow/volume-files.js';
import { expectRecord } from '../../src/health/expect.js';
import { certificateFacts } from '../../src/host/certificates.js';
import { issueCertificate, newAuthority } from '../../src/host/issue-certificate.js';
import { accessWith } from '../../src/model/access.js';
import { nodeContainer } from '../../src/plan/containers.js';
import { aSecurity } from '../helpers/security.js';
import { aRecordInVolumes, nodeNamed } from '../helpers/topology.js';
import { facts } from '../helpers/up-facts.js';
import { VolumeEngine } from '../helpers/volume-engine.js';

const record = aRecordInVolumes({ security: aSecurity({ tls: true }) });
const authority = await newAuthority({ commonName: 'rsent lab', days: 3650 });
const issued = await issueCertificate(authority, {
  ...{ commonName: 'lab-redis-1', dnsNames: ['redis-1'], ipAddresses: [], days: 30 },
});

describe('a certificate in a volume', () => {
  it('is looked at through the node’s own container: looking makes nothing', async () => {
    const fake = new VolumeEngine();
    const node = nodeNamed(record, 'redis-1');
    await fake.engine.createContainer(nodeContainer(node, facts({ record })));
    const { files: held } = fake.addVolume('lab-redis-1-files', {});
    held.set('conf/tls.crt', { mode: 0o644, uid: 999, gid: 999, content: issued.certPem });
    fake.told.length = 0;
    const observer = new Observer(
      fake.engine,
      expectRecord(record),
      recordTargets(record, '/data').filter(({ name }) => name === 'redis-1'),
      accessWith({}, false, authority.certPem),
      new VolumeFiles(fake.engine, record, '/data/lab'),
    );
    const { nodes } = await observer.look({ flush: true });
    const { notAfterMs } = certificateFacts(issued.certPem);
    expect(nodes).toMatchObject([{ name: 'redis-1', certifiedUntil: notAfterMs }]);
    expect(fake.told).toEqual(['get lab-redis-1']);
    expect(fake.helpers()).toEqual([]);
  });
});
