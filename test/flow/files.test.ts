import { Files } from '../../src/flow/files.js';
import { LOCAL_FILES } from '../../src/host/file-store.js';
import { type NodePlacement, ofKind } from '../../src/model/topology.js';
import { anEngine } from '../helpers/engine.js';
import { anId, aRecord, aRecordInVolumes } from '../helpers/topology.js';

describe('the files of topologies', () => {
  const files = new Files(anEngine(), '/data');

  it('are those of this machine unless the record speaks of volumes', () => {
    expect(files.of(aRecord())).toBe(LOCAL_FILES);
  });

  it('go through one store, and so through one helper, for one placement', () => {
    expect(files.of(aRecordInVolumes())).toBe(files.of(aRecordInVolumes()));
  });

  it('go through another one when a node has joined, whose files the first knows nothing of', () => {
    const { placement, ...rest } = aRecordInVolumes();
    const [first] = ofKind(placement.nodes, 'redis');
    const joined = { ...first, name: 'redis-9', folder: 'redis-9', container: 'lab-redis-9' };
    const nodes = [...placement.nodes, joined as NodePlacement];
    const more = { ...rest, placement: { ...placement, nodes } };
    expect(files.of(more)).not.toBe(files.of(aRecordInVolumes()));
  });

  it('go through another one when it is placed anew, with Sentinels of other ids', () => {
    const { placement, ...rest } = aRecordInVolumes();
    const nodes = placement.nodes.map((node) => ({ ...node, sentinelId: anId(9) }));
    const again = { ...rest, placement: { ...placement, nodes } };
    expect(files.of(again)).not.toBe(files.of(aRecordInVolumes()));
  });
});
