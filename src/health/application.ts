import type { RedisFacts } from '../model/observation.js';
import { accountOf } from '../model/rights.js';
import type { Expectation } from '../model/verdict.js';
import { mayRunNothing, mayWriteKeys } from './users.js';
import type { WriteRefusal } from './write-refusal.js';

/**
 * How a server refuses somebody who has not logged in (acl.c, ACLAuthenticateUser; server.c,
 * processCommand). A right that is missing (NOPERM) may be one to another command or key only.
 */
const NOT_LOGGED_IN = /^(NOAUTH|WRONGPASS)/;

/** What a shut out application's user is, in words; undefined when it could write some key. */
function shutOut({ users }: RedisFacts, { settings }: Expectation): string | undefined {
  if (users === undefined || settings === undefined) return undefined;
  const account = accountOf('app', settings.acl);
  const user = users.find(({ name }) => name === account);
  if (user === undefined) return `there is no user ${account}`;
  if (!user.isOn) return `its user ${account} is off`;
  if (mayRunNothing(user)) return `its user ${account} may run no command`;
  return mayWriteKeys(user) ? undefined : `its user ${account} may write no key`;
}

/** Why an application could write nothing at all here, whatever key and command; else undefined. */
export function applicationRefused(
  facts: RedisFacts,
  expectation: Expectation,
): WriteRefusal | undefined {
  // The key of the trial is rsent's own: that it was taken says nothing of the application's keys.
  const { trial } = facts;
  const said = trial?.taken === false && NOT_LOGGED_IN.test(trial.why) ? trial.why : undefined;
  const state = shutOut(facts, expectation);
  const why = [...(state === undefined ? [] : [state]), ...(said === undefined ? [] : [said])];
  if (why.length === 0) return undefined;
  const { topology, settings } = expectation;
  return {
    code: 'application-refused',
    saw: `an application that logs in with the password kept beside the data may not write: ${why.join('; ')}`,
    expected: 'its password opens the node, and it may write its keys',
    fix: settings?.ownUsers
      ? `somebody changed its user: rsent up ${topology} gives it its password and its rights back`
      : 'somebody changed its user: ACL SETUSER on it gives it its password, its keys and its commands back',
    settling: false,
  };
}
