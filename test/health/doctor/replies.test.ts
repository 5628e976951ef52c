import { parseHello } from '../../../src/health/doctor/hello.js';
import {
  missingCommands,
  parseSettings,
  SENTINELS_COMMANDS,
  settingQuestion,
} from '../../../src/health/doctor/settings.js';
import { isSentinel, mastersIn } from '../../../src/health/doctor/visit.js';
import type { Reply } from '../../../src/model/observation.js';

const ok = (value: unknown): Reply => ({ ok: true, value });
const refused: Reply = { ok: false, error: 'NOPERM no' };

describe('parseHello', () => {
  const heardOn = { ip: '10.0.0.1', port: 6379 };
  const id = 'a'.repeat(40);

  it('reads what a Sentinel publishes', () => {
    const text = `10.0.0.5,26379,${id},7,mymaster,10.0.0.1,6379,6`;
    expect(parseHello(text, heardOn)).toEqual({
      sentinelId: id,
      sentinel: { ip: '10.0.0.5', port: 26379 },
      masterName: 'mymaster',
      master: { ip: '10.0.0.1', port: 6379 },
      heardOn,
    });
  });

  it.each([
    '',
    'hello',
    `10.0.0.5,26379,${id},7,mymaster,10.0.0.1,6379`,
    `10.0.0.5,0,${id},7,mymaster,10.0.0.1,6379,6`,
    `10.0.0.5,26379,${id},7,mymaster,10.0.0.1,x,6`,
    '10.0.0.5,26379,short,7,mymaster,10.0.0.1,6379,6',
  ])('passes over %j', (text) => {
    expect(parseHello(text, heardOn)).toBeUndefined();
  });
});

describe('parseSettings', () => {
  const asked = (settings: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [settingQuestion(name), ok([name, value])]),
    );

  it('keeps settings, and of secrets only marks that can be compared', () => {
    const settings = parseSettings(
      asked({ save: '', requirepass: 'secret', masterauth: 'secret' }),
    );
    expect(settings?.get('save')).toBe('');
    expect(settings?.get('masterauth')).toBe(settings?.get('requirepass'));
    expect([...(settings?.values() ?? [])].join()).not.toContain('secret');
    expect(parseSettings(asked({ masterauth: '' }))?.get('masterauth')).toBe('');
  });

  it('has none where the server tells none', () => {
    expect(parseSettings({ [settingQuestion('save')]: refused })).toBeUndefined();
    expect(parseSettings({ [settingQuestion('save')]: ok([]) })).toBeUndefined();
  });
});

describe('missingCommands', () => {
  it('names those in whose place there is nothing', () => {
    const value = SENTINELS_COMMANDS.map((name) => (name === 'CONFIG' ? null : [name]));
    expect(missingCommands(ok(value))).toEqual(['CONFIG']);
  });

  it.each([refused, ok('OK'), ok([]), undefined])('does not guess from %j', (reply) => {
    expect(missingCommands(reply)).toBeUndefined();
  });
});

describe('who answers', () => {
  it('is told by INFO', () => {
    expect(
      isSentinel({
        info: ok('# Server\r\nserver_mode:sentinel\r\n# Sentinel\r\nsentinel_masters:1\r\n'),
      }),
    ).toBe(true);
    expect(isSentinel({ info: ok('# Server\r\nredis_mode:standalone\r\n') })).toBe(false);
    expect(isSentinel({ info: refused })).toBeUndefined();
  });

  it('monitors what SENTINEL MASTERS lists', () => {
    const masters = ok([['name', 'm', 'ip', '10.0.0.1', 'port', '6379'], ['name', 'broken'], 7]);
    expect(mastersIn({ masters })).toEqual([
      { name: 'm', address: { ip: '10.0.0.1', port: 6379 } },
    ]);
    expect(mastersIn({ masters: refused })).toEqual([]);
  });
});
