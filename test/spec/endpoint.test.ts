import { parseEndpoints } from '../../src/spec/endpoint.js';

it.each([
  ['127.0.0.1:26379', [{ ip: '127.0.0.1', port: 26379 }]],
  [
    'redis.example:1, [::1]:2',
    [
      { ip: 'redis.example', port: 1 },
      { ip: '::1', port: 2 },
    ],
  ],
])('reads %j', (text, addresses) => {
  expect(parseEndpoints(text, '--sentinel')).toEqual(addresses);
});

it.each(['', '127.0.0.1', ':26379', 'a:0', 'a:65536', 'a b:1', 'a:1,', '::1:26379', 'a:x'])(
  'refuses %j',
  (text) => {
    expect(() => parseEndpoints(text, '--sentinel')).toThrow(/legal is host:port/);
  },
);
