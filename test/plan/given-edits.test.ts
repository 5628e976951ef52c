import { ofKind, type TopologyRecord } from '../../src/model/topology.js';
import { renderConf } from '../../src/plan/conf.js';
import { keptEdits } from '../../src/plan/given-edits.js';
import { withSecrets } from '../../src/plan/marks.js';
import { OWN_PASSWORDS } from '../helpers/security.js';
import { TEMPLATES } from '../helpers/templates.js';
import { aRecord, aSpec } from '../helpers/topology.js';

const record = aRecord({
  security: { ...aSpec().security, auth: true, acl: true, tls: true },
});
const [master, node] = ofKind(record.placement.nodes, 'redis');
if (master === undefined || node === undefined) throw new Error('no nodes');
const rendered = withSecrets(
  renderConf(node, record.spec, record.placement, master.address, TEMPLATES),
  OWN_PASSWORDS,
);
const edits = (text: string, of: TopologyRecord = record) =>
  keptEdits(text, of, node, OWN_PASSWORDS);

describe('a kept conf that somebody has changed', () => {
  it('is left as it is while it says what rsent gave it', () => {
    expect(edits(rendered)).toEqual([]);
  });

  it.each([
    ['protected-mode', 'protected-mode yes', [['no']]],
    ['masteruser', 'masteruser app', [['replication']]],
    ['replica-announce-ip', 'replica-announce-ip 10.9.9.9', []],
    ['tls-ca-cert-file', 'tls-ca-cert-file "/etc/redis/tls.crt"', [['/etc/redis/ca.crt']]],
    ['tls-protocols', 'tls-protocols "TLSv1.2"', []],
    ['dir', 'dir /tmp', [['/data']]],
  ])('has its own %s again', (name, line, now) => {
    const found = edits(`${rendered}\n${line}\n`);
    expect(found.map((edit) => [edit.start, edit.now])).toEqual([[[name], now]]);
  });

  it('has the password again that it says to its master; no plan holds one', () => {
    const found = edits(rendered.replace(/^masterauth .*/m, 'masterauth another'));
    expect(found).toEqual([{ start: ['masterauth'], was: [], now: [], secret: 'replication' }]);
    expect(edits(rendered.replace(/^masterauth .*/m, ''))).toEqual(found);
  });

  it('says no password where nobody has one', () => {
    const open = aRecord();
    const conf = renderConf(node, open.spec, open.placement, master.address, TEMPLATES);
    const found = keptEdits(`${conf}\nmasterauth x\n`, open, node, undefined);
    expect(found).toMatchObject([{ start: ['masterauth'], now: [] }]);
    expect(JSON.stringify(found)).not.toContain('x"');
  });

  it('is not judged by its password while that is being replaced', () => {
    const rotating = { ...record, unfinished: { rotating: 'password' as const } };
    expect(edits(rendered.replace(/^masterauth .*/m, 'masterauth another'), rotating)).toEqual([]);
  });

  it('keeps the ports of before while it moves: that is a step of its own', () => {
    const moves = [{ from: node.address, to: { ...node.address, port: 7777 } }];
    const text = `${rendered}\ntls-port 7000\n`;
    expect(edits(text)).toHaveLength(1);
    expect(edits(text, { ...record, unfinished: { moves } })).toEqual([]);
  });
});
