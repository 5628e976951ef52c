import { HELLO_CHANNEL } from '../../model/constants.js';
import type { Finding } from '../../model/verdict.js';
import { type Case, finding, grouped, subjectOf } from './case.js';

/**
 * Sentinels that may not say or hear hello on the data nodes: that is the only way in which they learn of
 * each other (sentinel.c, sentinelSendHello and sentinelProcessHelloMessage).
 */
export function judgeHello({ redis }: Case): Finding[] {
  const mute = redis.flatMap((server) =>
    (server.sentinelUsers ?? []).flatMap((user) => {
      const refused = user.refused.filter(({ command }) => command.includes(HELLO_CHANNEL));
      return refused.length === 0 ? [] : [{ server, name: user.name, refused }];
    }),
  );
  return [...grouped(mute, ({ name }) => name)].map(([name, group]) => {
    const refused = group.flatMap((each) => each.refused);
    const says = [...new Set(refused.map(({ command }) => command.trim()))].sort().reverse();
    const isChannel = refused.some(({ words }) => words.includes('channel'));
    const rights = says
      .map((command) => command.split(' ')[0]?.toLowerCase())
      .filter((command) => refused.some(({ words }) => words.includes(`'${command}'`)));
    const rules = [
      ...(isChannel ? [`"&${HELLO_CHANNEL}"`] : []),
      ...rights.map((command) => `+${command}`),
    ].join(' ');
    const [{ server: first }] = group as [(typeof group)[number]];
    const found = finding(
      'error',
      'hello-refused',
      subjectOf(group.map(({ server }) => server)),
      `they do not let the user ${name}, as which the Sentinels log in, do ${says.join(' and ')}: ${refused[0]?.words}`,
      `Sentinels that say and hear hello on the channel ${HELLO_CHANNEL}`,
      `ACL SETUSER ${name} ${rules} on each data node, then CONFIG REWRITE (with an aclfile: ACL SAVE)`,
    );
    return {
      ...found,
      // One that lets them is enough to learn of each other.
      ...(group.length === redis.length ? { onMaster: true as const } : {}),
      ...(group.length === 1 ? { about: first.address } : {}),
    };
  });
}
