import { junitXml } from '../../src/report/junit.js';
import {
  campaign,
  crashReport,
  HOSTILE,
  hostileReport,
  partitionReport,
  single,
} from '../helpers/drill-report.js';
import { all, number, one, parse, textOf } from '../helpers/markup.js';
import { controlsIn } from '../helpers/terminal.js';

const document = (...args: Parameters<typeof campaign>) => parse(junitXml(campaign(...args)));

describe('junitXml', () => {
  it('has a case for each drill, in one suite', () => {
    const suite = one(
      document([
        { title: 'crash master', report: crashReport() },
        { title: 'partition master', report: partitionReport() },
      ]),
      'testsuite',
    );
    expect(suite.attributes).toMatchObject({ name: 'rsent demo', tests: '2', failures: '0' });
    const cases = all(suite, 'testcase').map(({ attributes }) => attributes);
    expect(cases).toMatchObject([
      { classname: 'rsent.demo', name: 'crash master' },
      { classname: 'rsent.demo', name: 'partition master' },
    ]);
  });

  it('gives the time that each run took, in seconds, not the time without writes', () => {
    const [test] = all(
      document([{ title: 'x', tookMs: 71_234, report: crashReport() }]),
      'testcase',
    );
    expect(number(test!, 'time')).toBe(71.234);
    const broken = all(document([{ title: 'x', tookMs: 2500, error: 'gone' }]), 'testcase');
    expect(number(broken[0]!, 'time')).toBe(2.5);
  });

  it('adds the times up for the suite', () => {
    const run = { title: 'x', tookMs: 3950, report: crashReport() };
    expect(number(one(document([run, run, run]), 'testsuite'), 'time')).toBe(11.85);
  });

  it('gives the figures of each drill', () => {
    const properties = all(document([{ title: 'x', report: partitionReport() }]), 'property').map(
      ({ attributes: { name, value } }) => [name, value],
    );
    expect(Object.fromEntries(properties)).toEqual({
      promoted: 'redis-2',
      downtimeMs: '3950',
      acknowledged: '2590',
      failed: '2031',
      unknown: '9',
      lost: '1080',
    });
  });

  it('has no figures of writes where no client wrote', () => {
    const { client, promoted, ...report } = crashReport();
    const names = all(document([{ title: 'x', report }]), 'property').map(
      ({ attributes: { name, value } }) => `${name} ${value}`,
    );
    expect(names).toEqual(['promoted nobody']);
  });

  it('has no failure for a drill that passed', () => {
    const [test] = all(document([{ title: 'x', report: crashReport() }]), 'testcase');
    expect([...all(test!, 'failure'), ...all(test!, 'error'), ...all(test!, 'skipped')]).toEqual(
      [],
    );
  });

  it('tells every complaint of a drill that did not pass', () => {
    const complaints = ['downtime 3.95 s, at most 3 s allowed', '2 writes lost'];
    const root = document([{ title: 'x', report: crashReport({ passed: false, complaints }) }]);
    expect(one(root, 'testsuite').attributes).toMatchObject({ failures: '1', errors: '0' });
    const failure = one(root, 'failure');
    expect(failure.attributes['message']).toBe(complaints[0]);
    expect(textOf(failure)).toBe(complaints.join('\n'));
  });

  it('tells a failure even where nobody complained', () => {
    const root = document([{ title: 'x', report: crashReport({ passed: false }) }]);
    expect(one(root, 'failure').attributes['message']).toBe('the drill did not pass');
  });

  it('tells why a drill could not be carried out', () => {
    const root = document([{ title: 'x', error: 'no engine answers' }]);
    expect(one(root, 'testsuite').attributes).toMatchObject({ failures: '0', errors: '1' });
    expect(one(root, 'error').attributes['message']).toBe('no engine answers');
    expect(number(one(root, 'testcase'), 'time')).toBe(0);
  });

  it('counts what was not reached as skipped', () => {
    expect(one(document([{ title: 'x' }]), 'testsuite').attributes['skipped']).toBe('1');
  });

  describe('with text that is hostile', () => {
    const xml = junitXml(single(hostileReport(), Object.values(HOSTILE).join(' ')));

    it('is well formed, and has no element of theirs', () => {
      const names = new Set(all(parse(xml), '').map(({ name }) => name));
      expect([...names].sort()).toEqual(
        ['failure', 'properties', 'property', 'testcase', 'testsuite', 'testsuites'].sort(),
      );
    });

    it('gives it as it was, but for what XML cannot hold', () => {
      const { name = '' } = one(parse(xml), 'testcase').attributes;
      for (const text of [HOSTILE.script, HOSTILE.attribute, HOSTILE.image, HOSTILE.entity]) {
        expect(name).toContain(text);
      }
      expect(name).toContain('a]] >b]] >c');
      expect(name).toContain('abcdef');
      expect(textOf(one(parse(xml), 'failure'))).toContain('a]] >b]] >c abcdef');
    });

    it('holds no control characters', () => {
      expect(controlsIn(xml)).toEqual([]);
    });

    it('is well formed for an error, too', () => {
      const error = Object.values(HOSTILE).join(' ');
      expect(textOf(one(document([{ title: 'x', error }]), 'error'))).toContain('alert(1)');
    });
  });
});
