/** Two interleaved half circles, and a network of one hidden layer that learns to tell them apart. Same seed, same run. */

const HIDDEN = 16;
const RATE = 0.5;

/** @returns {{x: [number, number], y: 0 | 1}[]} */
export function twoMoons({ points, noise, seed }) {
  const random = randomFrom(seed);
  return Array.from({ length: points }, (_, i) => {
    const angle = Math.PI * random();
    const [a, b] = [noise * normal(random), noise * normal(random)];
    return i % 2 === 0
      ? { x: [Math.cos(angle) + a, Math.sin(angle) + b], y: 0 }
      : { x: [1 - Math.cos(angle) + a, 0.5 - Math.sin(angle) + b], y: 1 };
  });
}

/** Plain arrays, so that a checkpoint is JSON. */
export function newModel(seed) {
  const random = randomFrom(seed + 1);
  const weights = (count, scale) => Array.from({ length: count }, () => scale * normal(random));
  return { w1: weights(2 * HIDDEN, 1), b1: weights(HIDDEN, 0), w2: weights(HIDDEN, 1 / Math.sqrt(HIDDEN)), b2: 0 };
}

/** One step down the gradient over all points. @returns loss (cross entropy) and accuracy before the step */
export function epoch(model, data) {
  const gradient = { w1: model.w1.map(() => 0), b1: model.b1.map(() => 0), w2: model.w2.map(() => 0), b2: 0 };
  let [loss, right] = [0, 0];
  for (const { x, y } of data) {
    const hidden = model.b1.map((b, j) => Math.tanh(b + model.w1[2 * j] * x[0] + model.w1[2 * j + 1] * x[1]));
    const p = 1 / (1 + Math.exp(-hidden.reduce((sum, h, j) => sum + h * model.w2[j], model.b2)));
    loss -= Math.log(Math.max(1e-12, y === 1 ? p : 1 - p));
    right += p > 0.5 === (y === 1) ? 1 : 0;
    const error = p - y;
    gradient.b2 += error;
    hidden.forEach((h, j) => {
      const back = error * model.w2[j] * (1 - h * h);
      gradient.w2[j] += error * h;
      gradient.b1[j] += back;
      gradient.w1[2 * j] += back * x[0];
      gradient.w1[2 * j + 1] += back * x[1];
    });
  }
  const step = RATE / data.length;
  for (const name of ['w1', 'b1', 'w2']) model[name] = model[name].map((w, i) => w - step * gradient[name][i]);
  model.b2 -= step * gradient.b2;
  return { loss: loss / data.length, accuracy: right / data.length };
}

/** Mulberry32: small, and the same everywhere. */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Box and Muller. */
const normal = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
