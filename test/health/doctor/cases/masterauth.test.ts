import { Base, MASTER, REDIS, REPLICAS, SENTINELS } from './base.js';
import { ok } from './replies.js';

const [replica] = REPLICAS;

/** As real servers (6.0.16) were seen after CONFIG SET masterauth on a replica, and CLIENT KILL on the master. */
function unlinked(masterauth: string): Base {
  const base = new Base();
  for (const text of REDIS)
    base.opens(text, 'a1').set(text, { requirepass: 'a1', masterauth: 'a1' });
  for (const text of SENTINELS) base.info(text, { redis_version: '6.0.16' });
  base.set(replica, { masterauth }).info(replica, { master_link_status: 'down' });
  base.reply(replica, 'role', ok(['slave', '10.9.8.1', 6379, 'connect', -1]));
  const others = 'ip=10.9.8.3,port=6379,state=online,offset=1,lag=0';
  base.info(MASTER, { slave0: others, slave1: undefined, connected_slaves: 1 });
  return base.seen(replica, { 'master-link-status': 'err' });
}

it.each([
  ['masterauth-wrong', 'bad'],
  ['masterauth-missing', ''],
])('%s comes first, and what follows from it is marked so', (code, masterauth) => {
  const [first, ...rest] = unlinked(masterauth).diagnoses();
  expect(first).toMatchObject({ code, severity: 'error', subject: `redis ${replica}` });
  const errors = rest.filter(({ severity }) => severity === 'error');
  expect(errors.map((each) => each.code)).toEqual(
    expect.arrayContaining(['replica-link-down', 'replica-not-attached', 'sees-replica-unlinked']),
  );
  for (const each of errors) expect(each).toMatchObject({ followsFrom: code });
});
