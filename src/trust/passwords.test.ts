import crypto from 'node:crypto';
import { Passwords } from './passwords';

const PASSWORD = 'correct horse battery';
const passwords = new Passwords();
let stored: string;
beforeAll(async () => void (stored = await passwords.hash(PASSWORD)));
afterEach(() => jest.restoreAllMocks());

test('right and wrong', async () => {
  expect(await passwords.isRight(PASSWORD, stored)).toBe(true);
  expect(await passwords.isRight(`${PASSWORD} `, stored)).toBe(false);
  expect(await passwords.isRight('', stored)).toBe(false);
});

test('nothing of it is in what is stored, and the same one twice is not the same', async () => {
  expect(stored).toMatch(/^scrypt\$32768\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
  expect(await passwords.hash(PASSWORD)).not.toBe(stored);
});

test('an accent is the same however a keyboard composes it', async () => {
  expect(await passwords.isRight('caf\u00e9 au lait', await passwords.hash('cafe\u0301 au lait'))).toBe(true);
});

test('a user that is none costs the same look, and is never right', async () => {
  const looks = jest.spyOn(crypto, 'scrypt');
  expect(await passwords.isRight(PASSWORD, stored)).toBe(true);
  expect(await passwords.isRight(PASSWORD, null)).toBe(false);
  const [known, nobodys] = looks.mock.calls.map(([, , bytes, cost]) => ({ bytes, cost }));
  expect(nobodys).toEqual(known);
  expect(nobodys?.cost).toMatchObject({ N: 32768, r: 8, p: 1 });
});

test.each([
  '',
  'scrypt',
  'scrypt$32768$8$1$$',
  'scrypt$32768$8$1$c2FsdHNhbHRzYWx0c2FsdA$c2hvcnQ',
  'scrypt$many$8$1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  `bcrypt$32768$8$1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA`,
])('%p is nobody’s password, and costs a look too', async (garbled) => {
  const looks = jest.spyOn(crypto, 'scrypt');
  expect(await passwords.isRight('', garbled)).toBe(false);
  expect(looks).toHaveBeenCalledTimes(1);
});

test('looks are taken one after another, and a crowd is turned away', async () => {
  const looks = Array.from({ length: 16 }, () => passwords.isRight(PASSWORD, null));
  await expect(passwords.isRight(PASSWORD, null)).rejects.toMatchObject({ code: 'rate_limited' });
  expect(await Promise.all(looks)).toEqual(looks.map(() => false));
  expect(await passwords.isRight(PASSWORD, stored)).toBe(true);
});
