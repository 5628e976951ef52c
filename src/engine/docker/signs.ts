import type { Meaning, Sign } from './sign.js';
import { FILE_SIGNS, NETWORK_SIGNS } from './signs-places.js';

const CHECK_IMAGE =
  'Check its name (--image). Without a registry: rsent image build makes a small image from the redis-server of this machine.';

const IMAGE_SIGNS: readonly Sign[] = [
  {
    words:
      /no matching manifest for (\S{1,300})|does not match the specified platform: wanted ([^\s,]{1,300})/i,
    failure: 'no-such-image',
    sentence: (m) => `the image was not built for ${m[1] ?? m[2]}, which this engine runs`,
    hint: 'Name an image that was (--image), or make one here: rsent image build.',
  },
  {
    words: /pull access denied|repository does not exist|unauthorized|authentication required/i,
    failure: 'no-such-image',
    sentence: 'the registry has no such image, or shows it only after a login',
    hint: `${CHECK_IMAGE} Where it is private: docker login.`,
  },
  {
    words: /No such image|not found: manifest|manifest unknown|manifest .{0,300}not found/i,
    failure: 'no-such-image',
    sentence: 'there is no such image',
    hint: CHECK_IMAGE,
  },
  {
    words: /toomanyrequests|pull rate limit/i,
    sentence: 'the registry has answered too many requests from here for now',
    hint: 'Wait, or log in (docker login). Without a registry: rsent image build.',
  },
  {
    words:
      /dial tcp|no such host|Client\.Timeout|TLS handshake timeout|x509:|proxyconnect|i\/o timeout/i,
    sentence: 'the engine does not reach the registry',
    hint: 'Check the network and the proxy of the engine. Without a registry: rsent image build.',
  },
];

const PROCESS_SIGNS: readonly Sign[] = [
  {
    words: /exec format error/i,
    failure: 'cannot-run',
    sentence: 'the programs in the image are for another kind of processor',
    hint: 'Name an image that was built for this one (--image), or make one here: rsent image build.',
  },
  {
    words: /exec: \\?"([^"\\]{1,300})\\?".{0,300}(?:not found|no such file|permission denied)/i,
    failure: 'cannot-run',
    sentence: (m) => `its image has no program ${m[1]}`,
    hint: 'Name an image of Redis or Valkey that has a shell too (--image).',
  },
  {
    words: /minimum memory limit allowed is (\S{1,300})/i,
    sentence: (m) => `a container gets ${m[1]?.replace(/[.,]$/, '')} of memory at least`,
    hint: 'Give more with --memory.',
  },
  {
    words:
      /too many open files|resource temporarily unavailable|cannot allocate memory|fork\/exec/i,
    sentence: 'its machine has reached a limit of memory, processes or open files',
    hint: 'End what is not needed there (docker ps, rsent ls), or raise the limit (ulimit -a).',
  },
  {
    words: /cgroup/i,
    sentence: 'its machine cannot limit what containers use (cgroups)',
    hint: 'docker info lists under WARNING what it lacks. Leave --memory out where that is memory.',
  },
  {
    words: /seccomp|no new privileges|operation not permitted/i,
    sentence: 'its machine forbids what the container needs',
    hint: 'docker info shows its security options; an engine inside a container may need more rights.',
  },
];

const STATE_SIGNS: readonly Sign[] = [
  {
    words: /container name "?\/?([^"\s]{1,300})"? is already in use/i,
    failure: 'name-taken',
    sentence: (m) => `there is a container named ${m[1]} already`,
    hint: (m) => `docker ps -a --filter name=${m[1]} shows it. Use another name, or remove it.`,
  },
  {
    words: /No such container: (\S{1,300})|no container with name or ID "([^"]{1,300})"/i,
    failure: 'not-found',
    sentence: 'it is not there',
    hint: 'rsent status NAME shows what is; rsent up NAME makes what is missing.',
  },
  {
    words: /is not running/i,
    sentence: 'it does not run',
    hint: 'rsent status NAME shows what runs; rsent start NAME starts what is stopped.',
  },
  {
    words: /is (?:already )?paused/i,
    sentence: 'it is paused',
    hint: 'rsent up NAME lets it go on.',
  },
  {
    words: /removal of container .{0,300} is already in progress|marked for removal/i,
    sentence: 'it is being removed at this moment',
    hint: 'Run it again in a moment.',
  },
  {
    words: /authorization denied by plugin (\S{1,300})/i,
    sentence: (m) => `its plugin ${m[1]?.replace(/[:,]$/, '')} forbids it`,
    hint: 'Ask whoever runs the engine.',
  },
  {
    words: /Docker Desktop is (?:manually )?paused/i,
    failure: 'unreachable',
    sentence: 'Docker Desktop is paused',
    hint: 'Unpause it in its menu, and run this again.',
  },
  {
    words: /HTTP request to an HTTPS server/i,
    failure: 'unreachable',
    sentence: 'it wants a connection with TLS',
    hint: 'Set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the directory with ca.pem, cert.pem and key.pem.',
  },
];

const MOST = 2000;

/** The first match wins. */
const SIGNS = [
  ...IMAGE_SIGNS.slice(0, 4),
  ...NETWORK_SIGNS,
  ...FILE_SIGNS,
  ...PROCESS_SIGNS,
  ...STATE_SIGNS,
  ...IMAGE_SIGNS.slice(4),
];

/** What these words of the engine mean; undefined where nobody has met them yet. */
export function meaningOf(words: string): Meaning | undefined {
  // They are from outside, and a pattern may look at them as often as they are long.
  const text =
    words.length > MOST ? `${words.slice(0, MOST / 2)} ${words.slice(-MOST / 2)}` : words;
  for (const { words: pattern, failure = 'other', sentence, hint } of SIGNS) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const say = (text: Sign['sentence']) => (typeof text === 'string' ? text : text(match));
    return { failure, sentence: say(sentence), hint: say(hint) };
  }
  return undefined;
}
