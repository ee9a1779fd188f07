import { Credit } from './credit';

const granted: string[] = [];
const ask = (credit: Credit, who: string, bytes: number): void => credit.ask(bytes, () => granted.push(who));
beforeEach(() => (granted.length = 0));

test('room is given at once while there is some, and then in order as it comes back', () => {
  const credit = new Credit(10);
  ask(credit, 'a', 6);
  ask(credit, 'b', 6);
  ask(credit, 'c', 1);
  // c would fit, but b came first.
  expect(granted).toEqual(['a']);
  credit.giveBack(6);
  expect(granted).toEqual(['a', 'b', 'c']);
});

test('a piece larger than all of it goes alone', () => {
  const credit = new Credit(10);
  ask(credit, 'small', 1);
  ask(credit, 'large', 50);
  expect(granted).toEqual(['small']);
  credit.giveBack(1);
  ask(credit, 'next', 1);
  expect(granted).toEqual(['small', 'large']);
  credit.giveBack(50);
  expect(granted).toEqual(['small', 'large', 'next']);
});

test('what is on its way never exceeds it, whatever is asked in whatever order', () => {
  const credit = new Credit(100);
  let onItsWay = 0;
  const under: number[] = [];
  for (let i = 0; i < 1_000; i++) {
    const bytes = (i * 37) % 60;
    credit.ask(bytes, () => {
      onItsWay += bytes;
      under.push(bytes);
      expect(onItsWay).toBeLessThanOrEqual(100);
    });
    if (i % 3 === 0) giveBackOne();
  }
  while (under.length > 0) giveBackOne();
  expect(onItsWay).toBe(0);

  function giveBackOne(): void {
    const bytes = under.shift();
    if (bytes === undefined) return;
    onItsWay -= bytes;
    credit.giveBack(bytes);
  }
});
