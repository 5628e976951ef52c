import { isEndless, limitsOf } from '../../../src/engine/docker/request-limits.js';

const EVER = Number.POSITIVE_INFINITY;

describe('how long a request may take while the engine is alive', () => {
  it.each<[string, string, boolean, number, number]>([
    ['GET', '/containers/json?all=1', false, 30_000, EVER],
    ['HEAD', '/containers/c/archive?path=/data', false, 30_000, EVER],
    ['GET', '/containers/c/archive?path=/data', true, 30_000, 600_000],
    ['POST', '/containers/create?name=wait', false, 120_000, EVER],
    ['POST', '/containers/c/start', false, 120_000, EVER],
    ['POST', '/containers/c/stop?t=10', false, 130_000, EVER],
    ['POST', '/containers/c/wait', false, EVER, EVER],
    ['DELETE', '/containers/c?force=true', false, 120_000, EVER],
    ['POST', '/images/create?fromImage=redis', true, 600_000, 600_000],
    ['GET', '/events?filters={}', true, 30_000, EVER],
    ['GET', '/containers/c/logs?follow=1', true, 30_000, EVER],
    ['GET', '/containers/c/logs?stdout=true&follow=true', true, 30_000, EVER],
    ['GET', '/containers/c/logs?follow=false', true, 30_000, 600_000],
  ])('%s %s', (method, path, isStream, answerMs, silenceMs) => {
    expect(limitsOf({ method, path, isStream })).toEqual({ answerMs, silenceMs });
  });

  it('no query makes another kind of it', () => {
    expect(isEndless('/containers/json?x=/events')).toBe(false);
  });
});
