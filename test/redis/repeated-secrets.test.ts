import { NodeClient } from '../../src/redis/client.js';
import { listen } from '../../src/redis/events.js';
import { withoutSecret } from '../../src/redis/reasons.js';
import { FakeServer } from '../helpers/fake-server.js';

describe('withoutSecret', () => {
  it.each([
    [
      'the arguments of a command that a Sentinel of 6.0 does not know',
      'ERR unknown command `ACL`, with args beginning with: `SETUSER`, `default`, `>s3cret`, ',
      'ERR unknown command `ACL`',
    ],
    [
      'such arguments, the password cut off',
      "ERR unknown command 'ACL', with args beginning with: 'SETUSER' 'default' '>s3c",
      "ERR unknown command 'ACL'",
    ],
    [
      'a rule that is not accepted',
      "ERR Error in ACL SETUSER modifier '>s3cret': Syntax error",
      "ERR Error in ACL SETUSER modifier '>(password)': Syntax error",
    ],
    ['nothing of it', 'no answer within 2000 ms', 'no answer within 2000 ms'],
  ])('keeps to itself %s', (_, complaint, told) => {
    expect(withoutSecret(complaint, 's3cret')).toBe(told);
  });
});

describe('a server that repeats what it was told', () => {
  const credentials = { username: 'app', password: 's3cret-of-app' };
  let server: FakeServer | undefined;
  afterEach(() => server?.stop());

  it.each([
    [
      'as it does not know the command',
      ([name, ...args]: readonly string[]) =>
        `-ERR unknown command '${name}', with args beginning with: ${args.map((each) => `'${each}' `).join('')}\r\n`,
    ],
    ['in words of its own', (told: readonly string[]) => `-ERR I heard ${told.join(' ')}\r\n`],
    [
      'later, when it is asked',
      (told: readonly string[]) =>
        told[0]?.toUpperCase() === 'AUTH' ? '+OK\r\n' : '-ERR you are s3cret-of-app\r\n',
    ],
  ])('gets no password into a message: %s', async (_, answer) => {
    server = await FakeServer.start(answer);
    const client = new NodeClient(server.address, credentials);
    const [said] = Object.values(await client.ask({ info: ['INFO'] }));
    const [atOnce] = await client.askAtOnce([['INFO']]);
    const thrown = await client.call('INFO').catch(String);
    client.close();
    const hearing = { onEvent: () => {}, onLost: () => {}, onBack: () => {} };
    const heard = await listen('s', server.address, credentials, hearing).catch(String);
    expect(server.heard).toContain(credentials.password);
    for (const words of [said, atOnce, thrown, heard].map((each) => JSON.stringify(each))) {
      expect(words).toContain('ERR');
      expect(words).not.toContain('s3cret');
    }
  });
});
