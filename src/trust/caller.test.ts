import type { IncomingMessage } from 'node:http';
import { callerOf } from './caller';

const asked = (remoteAddress: string, headers: Record<string, string> = {}, httpVersion = '1.1'): IncomingMessage =>
  ({ socket: { remoteAddress, localAddress: '10.0.0.1' }, headers, httpVersion }) as unknown as IncomingMessage;

test.each([
  ['127.0.0.1', true],
  ['::ffff:127.0.0.1', true],
  ['::1', true],
  ['10.0.0.1', true],
  ['::ffff:10.0.0.1', true],
  ['10.0.0.2', false],
  ['::ffff:10.0.0.2', false],
  ['1127.0.0.1', false],
  ['', false],
])('%s is on this machine: %p', (address, isLocal) => {
  expect(callerOf(asked(address)).isLocal).toBe(isLocal);
});

test.each([
  [{ 'x-forwarded-for': '127.0.0.1' }, '1.1'],
  [{ 'x-forwarded-proto': 'https' }, '1.1'],
  [{ 'x-real-ip': '' }, '1.1'],
  [{}, '1.0'],
])('behind a proxy nobody is on this machine: %p in HTTP/%s', (headers, version) => {
  expect(callerOf(asked('127.0.0.1', headers, version)).isLocal).toBe(false);
});

describe('behind proxies that are believed', () => {
  const PROXIES = new Set(['127.0.0.1', '10.0.0.9']);
  test.each([
    ['203.0.113.9', '203.0.113.9'],
    ['198.51.100.1, 203.0.113.9', '203.0.113.9'],
    ['198.51.100.1, 203.0.113.9, 10.0.0.9', '203.0.113.9'],
    ['198.51.100.1, 203.0.113.9:4711', '203.0.113.9'],
    ['198.51.100.1, [2001:db8::7]:4711', '2001:db8::7'],
    ['198.51.100.1, [2001:db8::7]', '2001:db8::7'],
    ['198.51.100.1, 2001:db8::7', '2001:db8::7'],
    // What stands before a word that is no address is hearsay too.
    ['198.51.100.1, unknown', '127.0.0.1'],
    ['198.51.100.1,', '127.0.0.1'],
    ['10.0.0.9', '127.0.0.1'],
  ])('%s is %s', (forwarded, ip) => {
    expect(callerOf(asked('127.0.0.1', { 'x-forwarded-for': forwarded }), PROXIES).ip).toBe(ip);
  });

  test('from elsewhere nothing of it is believed', () => {
    expect(callerOf(asked('10.0.0.2', { 'x-forwarded-for': '203.0.113.9' }), PROXIES).ip).toBe('10.0.0.2');
  });
});
