/** A client that is to be run inside a node's container. */
export interface ClientCommand {
  readonly port: number;
  /** Certificate of the authority as the container has it, with TLS. */
  readonly authorityFile?: string;
  readonly user?: string;
  /** Where it finds the password; absent: it needs none, or is told otherwise. */
  readonly password?: 'first line of stdin' | { readonly heldBy: string };
  /** Say the process id first, as a line on stderr; then perhaps wait for an empty line on stdin. */
  readonly announced?: 'at once' | 'and wait';
  /** What the user wants of it. */
  readonly args?: readonly string[];
}

/**
 * redis-cli or valkey-cli, whichever the image has. Everyone may read its command line and the
 * engine tells what it was started with: the password is in neither.
 */
export function clientCommand(client: ClientCommand): string[] {
  const { port, authorityFile, user, password, announced, args = [] } = client;
  const heldBy = typeof password === 'object' ? password.heldBy : undefined;
  const from = heldBy === undefined ? '' : ' <"/proc/$0/fd/3"';
  const program = [
    ...(password === undefined
      ? []
      : [`IFS= read -r REDISCLI_AUTH${from} || exit 126`, 'export REDISCLI_AUTH']),
    ...(announced === undefined ? [] : ['echo "$$" >&2']),
    ...(announced === 'and wait' ? ['read -r go'] : []),
    'command -v redis-cli >/dev/null && exec redis-cli "$@"',
    'exec valkey-cli "$@"',
  ];
  return [
    ...['/bin/sh', '-c', program.join('; '), heldBy ?? 'client'],
    ...['-p', String(port)],
    ...(authorityFile === undefined ? [] : ['--tls', '--cacert', authorityFile]),
    ...(user === undefined ? [] : ['--user', user]),
    ...args,
  ];
}

/**
 * Takes the password from the first line of stdin and holds it for a client that has a terminal
 * for stdin, where what is typed would be shown: in a pipe (a short here-document is one), which
 * that client opens by way of /proc. Says its process id; ends when its stdin does.
 */
export function holderCommand(): string[] {
  const program = [
    'IFS= read -r secret || exit 126',
    'exec 3<<END',
    '$secret',
    'END',
    'echo "$$"',
    'read -r end',
  ];
  return ['/bin/sh', '-c', program.join('\n')];
}

/** Tell a process in the container to end. */
export function signalCommand(signal: 'INT' | 'PIPE' | 'HUP' | 'KILL', pid: string): string[] {
  return ['/bin/sh', '-c', 'kill -"$0" "$1"', signal, pid];
}

/** Says the state of the container's first process, which is the server, as the kernel tells it. */
export function stateCommand(): string[] {
  return ['/bin/sh', '-c', 'read -r line </proc/1/stat; echo "$line"'];
}

/** True for a line of /proc/PID/stat of a process that a signal or a debugger has stopped (proc(5)). */
export function isStoppedIn(line: string): boolean {
  return /^[Tt] /.test(line.slice(line.lastIndexOf(')') + 2));
}

/** True where an engine says, in its own words or those of runc, that a container is held. */
export function isRefusedAsFrozen(words: string): boolean {
  return /\b(?:is|in a|container) (?:already )?paused/i.test(words);
}

/** True where what should have begun is told by the engine, in the output, not to have. */
export function isRefusedIn(words: string): boolean {
  return /^OCI runtime exec failed|^(?:runc|crun|conmon|Error): /i.test(words);
}

/** Options of redis-cli that are followed by a value. */
const WITH_VALUE = new Set([
  ...['-h', '-p', '-s', '-r', '-i', '-n', '-a', '-u', '-X', '-d', '-D', '-t', '-P'],
  ...['--user', '--pass', '--sni', '--cacert', '--cacertdir', '--cert', '--key'],
  ...['--tls-ciphers', '--tls-ciphersuites', '--pattern', '--quoted-pattern', '--count'],
  ...['--pipe-timeout', '--memkeys-samples', '--show-pushes', '--cursor', '--top', '--eval'],
  ...['--rdb', '--functions-rdb', '--intrinsic-latency', '--lru-test', '--keystats-samples'],
]);

/**
 * True when redis-cli with these arguments reads its stdin: without a command, or told to by `-x`.
 * Otherwise it must be left alone: it may be what a loop around rsent reads from.
 */
export function readsStdin(args: readonly string[]): boolean {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '-x' || arg === '-X') return true;
    if (!arg.startsWith('-')) return false;
    if (WITH_VALUE.has(arg)) i++;
  }
  return true;
}
