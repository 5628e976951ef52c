import fc from 'fast-check';
import {
  clientCommand,
  holderCommand,
  readsStdin,
  signalCommand,
} from '../../src/plan/client-command.js';

describe('the client inside a container', () => {
  it('is started with port, authority and user, and then what the user wants', () => {
    const command = clientCommand({
      port: 7001,
      authorityFile: '/etc/redis/ca.crt',
      user: 'app',
      args: ['-n', '1', 'PING'],
    });
    expect(command.slice(3)).toEqual([
      'client',
      ...['-p', '7001', '--tls', '--cacert', '/etc/redis/ca.crt'],
      ...['--user', 'app', '-n', '1', 'PING'],
    ]);
    expect(command[2]).not.toContain('REDISCLI_AUTH');
  });

  it('has the password from its stdin, or from whoever holds it', () => {
    const program = (password: 'first line of stdin' | { heldBy: string }) =>
      clientCommand({ port: 1, password });
    expect(program('first line of stdin')[2]).toMatch(/^IFS= read -r REDISCLI_AUTH \|\| exit/);
    const held = program({ heldBy: '42' });
    expect(held[2]).toMatch(/^IFS= read -r REDISCLI_AUTH <"\/proc\/\$0\/fd\/3" \|\| exit/);
    expect(held[3]).toBe('42');
  });

  it('lets no word of the user into the program', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (args) => {
        const command = clientCommand({ port: 1, args });
        expect(command[2]).toBe(clientCommand({ port: 1 })[2]);
        expect(command.slice(6)).toEqual(args);
      }),
    );
  });

  it('is told to end by its process id alone', () => {
    expect(signalCommand('INT', '7').slice(2)).toEqual(['kill -"$0" "$1"', 'INT', '7']);
    expect(holderCommand()).toHaveLength(3);
  });
});

describe('what is on stdin', () => {
  it.each([
    [[]],
    [['--raw']],
    [['-n', '1']],
    [['--user', 'GET']],
    [['-x', 'SET', 'key']],
    [['-n', '1', '-x', 'SET', 'key']],
    [['-X', 'tag', 'MSET', 'a', 'tag']],
    [['--pipe']],
  ])('is for the client with %j', (args) => {
    expect(readsStdin(args)).toBe(true);
  });

  it.each([[['PING']], [['-n', '1', 'GET', 'x']], [['--raw', 'GET', '-x']], [['SET', '-x', '1']]])(
    'is left alone with %j',
    (args) => {
      expect(readsStdin(args)).toBe(false);
    },
  );
});
