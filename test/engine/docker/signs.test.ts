import { meaningOf } from '../../../src/engine/docker/signs.js';
import type { EngineFailure } from '../../../src/engine/engine.js';

const PROGRAMMING =
  'driver failed programming external connectivity on endpoint lab-redis-1 (abc): ';
const SETUP = 'failed to set up container networking: ';
const RUNC =
  'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ';

/** Words of engines: 20.10 to 28, Docker Desktop, podman. */
const WORDS: readonly [EngineFailure, sentence: string, words: string][] = [
  ['no-such-image', 'there is no such image', 'No such image: redis:9.9'],
  [
    'no-such-image',
    'there is no such image',
    'manifest for redis:9.9 not found: manifest unknown: manifest unknown',
  ],
  [
    'no-such-image',
    'only after a login',
    "pull access denied for x, repository does not exist or may require 'docker login': denied",
  ],
  [
    'no-such-image',
    'linux/arm64/v8',
    'no matching manifest for linux/arm64/v8 in the manifest list entries',
  ],
  [
    'no-such-image',
    'linux/amd64',
    'image with reference x was found but does not match the specified platform: wanted linux/amd64, actual: linux/arm64',
  ],
  [
    'other',
    'too many requests',
    'toomanyrequests: You have reached your unauthenticated pull rate limit. https://x',
  ],
  [
    'other',
    'does not reach the registry',
    'Get "https://registry/v2/": dial tcp: lookup registry on 127.0.0.53:53: no such host',
  ],
  [
    'other',
    'does not reach the registry',
    'Get "https://registry/v2/": dial tcp 10.0.0.1:443: connect: connection refused',
  ],
  [
    'other',
    'does not reach the registry',
    'net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
  ],
  [
    'name-taken',
    'named lab-redis-1',
    'Conflict. The container name "/lab-redis-1" is already in use by container "abc". You have to remove (or rename) that container to be able to reuse that name.',
  ],
  ['name-taken', 'network named lab-net', 'network with name lab-net already exists'],
  ['subnet-taken', 'that subnet', 'Pool overlaps with other one on this address space'],
  [
    'subnet-taken',
    'that subnet',
    'invalid pool request: Pool overlaps with other one on this address space',
  ],
  [
    'subnet-taken',
    'that subnet',
    'cannot create network abc (br-abc): conflicts with network def (br-def): networks have overlapping IPv4',
  ],
  [
    'other',
    'no address is left',
    'could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network',
  ],
  ['other', 'no address is left', 'all predefined address pools have been fully subnetted'],
  [
    'other',
    'no address is left',
    "no available IPv4 addresses on this network's address pools: lab-net (abc)",
  ],
  [
    'port-taken',
    '127.0.0.1:6379 is in use',
    `${PROGRAMMING}Bind for 127.0.0.1:6379 failed: port is already allocated`,
  ],
  [
    'port-taken',
    '127.0.0.1:6379 is in use',
    `${PROGRAMMING}Error starting userland proxy: listen tcp4 127.0.0.1:6379: bind: address already in use`,
  ],
  [
    'port-taken',
    '127.0.0.1:6379 is in use',
    `${SETUP}${PROGRAMMING}failed to bind host port for 127.0.0.1:6379:172.29.0.2:6379/tcp: address already in use`,
  ],
  [
    'port-taken',
    '127.0.0.1:6379 is in use',
    'Ports are not available: exposing port TCP 127.0.0.1:6379 -> 127.0.0.1:0: listen tcp4 127.0.0.1:6379: bind: address already in use',
  ],
  ['address-taken', 'another container has the address', 'Address already in use'],
  ['address-taken', 'another container has the address', `${SETUP}Address already in use`],
  [
    'address-taken',
    'another container has the address',
    'IPAM error: requested ip address 10.89.0.5 is already allocated to container ID abc',
  ],
  [
    'address-gone',
    'the address of 172.18.0.1:6379',
    `${PROGRAMMING}Error starting userland proxy: listen tcp4 172.18.0.1:6379: bind: cannot assign requested address`,
  ],
  [
    'address-gone',
    'the address of 172.18.0.1:6379',
    `${SETUP}${PROGRAMMING}failed to bind host port for 172.18.0.1:6379:172.19.0.2:6379/tcp: cannot assign requested address`,
  ],
  [
    'other',
    'below 1024',
    `${PROGRAMMING}Error starting userland proxy: error while calling PortManager.AddPort(): cannot expose privileged port 80`,
  ],
  [
    'no-fixed-address',
    'no fixed addresses',
    'user specified IP address is supported only when connecting to networks with user configured subnets',
  ],
  ['network-gone', 'is gone', 'network aa9ab0c2 not found'],
  ['network-gone', 'is gone', `${SETUP}network aa9ab0c2 not found`],
  ['network-gone', 'is gone', 'unable to find network with name or ID aa9ab0c2: network not found'],
  [
    'network-gone',
    'made again',
    "Invalid address 10.91.0.200: It does not belong to any of this network's subnets",
  ],
  [
    'network-gone',
    'made again',
    'invalid endpoint settings: no configured subnet contains IP address 10.91.0.200',
  ],
  [
    'other',
    'other containers are on the network lab-net',
    'error while removing network: network lab-net id abc has active endpoints (name:"web" id:"def")',
  ],
  [
    'other',
    'firewall rules',
    `${PROGRAMMING} (iptables failed: iptables --wait -t nat -A DOCKER: iptables: No chain/target/match by that name.`,
  ],
  [
    'other',
    'fits on the bridge',
    'failed to add interface veth1 to sandbox: adding interface veth2 to bridge br-abc failed: exchange full',
  ],
  [
    'paths-unseen',
    'does not see /home/ci/x',
    'invalid mount config for type "bind": bind source path does not exist: /home/ci/x',
  ],
  [
    'paths-unseen',
    'does not see /opt/x',
    'Mounts denied: \nThe path /opt/x is not shared from the host and is not known to Docker.\nYou can configure shared paths',
  ],
  [
    'paths-unseen',
    'does not see /root/x',
    "error while creating mount source path '/root/x': mkdir /root: read-only file system",
  ],
  ['paths-unseen', 'does not see /home/ci/x', 'statfs /home/ci/x: no such file or directory'],
  [
    'paths-unseen',
    'refuses a directory',
    'invalid mount config for type "bind": field Source must not be empty',
  ],
  [
    'paths-unseen',
    'may not use the directories',
    `${RUNC}error during container init: error setting cwd: chdir to cwd ("/data") set in config.json failed: permission denied`,
  ],
  [
    'other',
    'security module',
    `${RUNC}error during container init: unable to apply apparmor profile: apparmor failed to apply profile: write /proc/self/attr/apparmor/exec: no such file`,
  ],
  ['other', 'disk is full', 'write /var/lib/docker/tmp/x: no space left on device'],
  ['other', 'disk is full', 'mkdir /var/lib/docker/containers/x: disk quota exceeded'],
  ['other', 'read-only', 'open /var/lib/docker/containers/x: read-only file system'],
  ['other', 'mounted', 'remove lab-redis-1-files: volume is in use - [abc]'],
  [
    'other',
    'maps users',
    'Error processing tar file(exit status 1): Container ID 100999 cannot be mapped to a host ID',
  ],
  ['cannot-run', 'no program sh', `${RUNC}exec: "sh": executable file not found in $PATH: unknown`],
  [
    'cannot-run',
    'another kind of processor',
    `${RUNC}exec /usr/bin/redis-server: exec format error`,
  ],
  ['other', '6MB', 'Minimum memory limit allowed is 6MB'],
  [
    'other',
    'cgroups',
    `${RUNC}error setting cgroup config for procHooks process: unable to set pids.max`,
  ],
  [
    'other',
    'a limit of memory',
    'fork/exec /usr/bin/containerd-shim-runc-v2: resource temporarily unavailable',
  ],
  [
    'other',
    'forbids',
    `${RUNC}error mounting "proc" to rootfs at "/proc": operation not permitted`,
  ],
  ['not-found', 'it is not there', 'No such container: lab-redis-1'],
  [
    'not-found',
    'it is not there',
    'no container with name or ID "lab-redis-1" found: no such container',
  ],
  ['other', 'does not run', 'Container abc is not running'],
  ['other', 'being removed', 'removal of container abc is already in progress'],
  ['other', 'opa forbids it', 'authorization denied by plugin opa: request rejected'],
  [
    'unreachable',
    'wants a connection with TLS',
    'Client sent an HTTP request to an HTTPS server.\n',
  ],
  [
    'unreachable',
    'is paused',
    'Docker Desktop is manually paused. Unpause it through the Whale menu or Dashboard.',
  ],
];

describe('the words of an engine', () => {
  it.each(WORDS)('%s, %s: %s', (failure, sentence, words) => {
    expect(meaningOf(words)).toMatchObject({
      failure,
      sentence: expect.stringContaining(sentence),
    });
  });

  it.each(WORDS)(
    'have a remedy, and none of them is in what people read: %s, %s',
    (_, __, words) => {
      const { sentence = '', hint = '' } = meaningOf(words) ?? {};
      expect(hint).toMatch(/\w/);
      expect(`${sentence} ${hint}`).not.toMatch(
        /undefined|OCI|runc|driver failed|endpoint|\(abc\)/,
      );
    },
  );

  it('mean nothing where nobody has met them', () => {
    expect(meaningOf('something new')).toBeUndefined();
  });
});
