import { Credit } from './credit';

const granted: string[] = [];
const ask = (credit: Credit, who: string, bytes: number) => credit.ask(who, bytes, () => granted.push(who));
beforeEach(() => (granted.length = 0));

test('room is given at once while there is some, and then in order as it comes back', () => {
  const credit = new Credit({ bytes: 10, share: 10 });
  ask(credit, 'a', 6);
  ask(credit, 'b', 6);
  ask(credit, 'c', 1);
  // c would fit, but b came first.
  expect(granted).toEqual(['a']);
  credit.giveBack('a', 6);
  expect(granted).toEqual(['a', 'b', 'c']);
});

test('a piece larger than all of it goes alone', () => {
  const credit = new Credit({ bytes: 10, share: 10 });
  ask(credit, 'small', 1);
  ask(credit, 'large', 50);
  expect(granted).toEqual(['small']);
  credit.giveBack('small', 1);
  ask(credit, 'next', 1);
  expect(granted).toEqual(['small', 'large']);
  credit.giveBack('large', 50);
  expect(granted).toEqual(['small', 'large', 'next']);
});

test('who asks for much takes turns with the others, and has no more than a share', () => {
  const credit = new Credit({ bytes: 10, share: 6 });
  for (let i = 0; i < 5; i++) ask(credit, 'greedy', 3);
  expect(granted).toEqual(['greedy', 'greedy']);
  ask(credit, 'a', 4);
  ask(credit, 'b', 3);
  expect(granted).toEqual(['greedy', 'greedy', 'a']);
  credit.giveBack('greedy', 3);
  credit.giveBack('greedy', 3);
  expect(granted).toEqual(['greedy', 'greedy', 'a', 'greedy', 'b']);
});

test('what is not wanted any more is in nobody’s way, and costs nothing', () => {
  const credit = new Credit({ bytes: 10, share: 10 });
  ask(credit, 'first', 8);
  const withdraw = ask(credit, 'late', 8);
  ask(credit, 'small', 2);
  expect(granted).toEqual(['first']);
  withdraw();
  expect(granted).toEqual(['first', 'small']);
  credit.giveBack('first', 8);
  ask(credit, 'next', 8);
  expect(granted).toEqual(['first', 'small', 'next']);
});

test('what is on its way never exceeds it, whatever is asked in whatever order', () => {
  const credit = new Credit({ bytes: 100, share: 100 });
  let onItsWay = 0;
  const under: (readonly [string, number])[] = [];
  for (let i = 0; i < 1_000; i++) {
    const bytes = (i * 37) % 60;
    const who = `w${i % 7}`;
    credit.ask(who, bytes, () => {
      onItsWay += bytes;
      under.push([who, bytes]);
      expect(onItsWay).toBeLessThanOrEqual(100);
    });
    if (i % 3 === 0) giveBackOne();
  }
  while (under.length > 0) giveBackOne();
  expect(onItsWay).toBe(0);

  function giveBackOne(): void {
    const [who, bytes] = under.shift() ?? [];
    if (who === undefined || bytes === undefined) return;
    onItsWay -= bytes;
    credit.giveBack(who, bytes);
  }
});
