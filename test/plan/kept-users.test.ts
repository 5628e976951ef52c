import fc from 'fast-check';
import { keepChannels } from '../../src/plan/kept-users.js';
import { readFixture } from '../helpers/fixtures.js';

const SIX = 'port 6379\nuser default on nopass ~* +@all\n';

describe('keepChannels', () => {
  it.each(['redis', 'sentinel'])('gives users the channels that they had: %s of 6.0', (kind) => {
    const conf = readFixture(`conf/redis-6.0-${kind}.conf`);
    const kept = keepChannels(conf, '7.0.15').split('\n');
    expect(kept).toContain('user default on nopass ~* +@all &*');
    expect(kept.filter((line) => !line.startsWith('user '))).toEqual(
      conf.split('\n').filter((line) => !line.startsWith('user ')),
    );
  });

  it.each(['6.2.0', '7.0.15', '8.1.1', '255.255.255'])('does so for %s', (version) => {
    expect(keepChannels(SIX, version)).toBe('port 6379\nuser default on nopass ~* +@all &*\n');
  });

  it.each(['6.0.16', '6.0.0'])('leaves what %s could not read any more', (version) => {
    expect(keepChannels(SIX, version)).toBe(SIX);
  });

  it.each([
    ['all channels', 'user default on nopass ~* &* +@all\n'],
    ['some', 'user sentinel on #00 resetchannels &__sentinel__:hello -@all\n'],
    ['none', 'user default on nopass sanitize-payload ~* resetchannels +@all\n'],
    ['all, in a word', 'USER app on nopass ~* AllChannels +@all\n'],
    ['some, to a selector of its own', 'user app on nopass (+get ~a &b)\n'],
    ['some, quoted', 'user app on nopass "&a b" +@all\n'],
    ['what is usual', `acl-pubsub-default resetchannels\n${SIX}`],
  ])('leaves a conf that says itself: %s', (_, conf) => {
    expect(keepChannels(conf, '7.0.15')).toBe(conf);
  });

  it.each([
    ['a comment', '# user default on nopass ~* +@all\n'],
    ['another directive', 'masteruser default\nsentinel auth-user mymaster user\n'],
    ['a Sentinel’s user for the others', 'sentinel sentinel-user user\n'],
    ['nothing', ''],
  ])('does not take %s for a user', (_, conf) => {
    expect(keepChannels(conf, '7.0.15')).toBe(conf);
  });

  it('leaves the end of a line of Windows where it is', () => {
    expect(keepChannels('user a on\r\nport 1\r\n', '7.0.0')).toBe('user a on &*\r\nport 1\r\n');
  });

  it('changes nothing at the second time', () => {
    const line = fc.constantFrom('user a on', 'user b &x', 'port 1', '', '  USER c off\t');
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const once = keepChannels(lines.join('\n'), '7.0.0');
        expect(keepChannels(once, '7.0.0')).toBe(once);
      }),
    );
  });
});
