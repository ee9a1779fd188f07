/**
 * fast-check for every test (jest.config.cjs), with a fixed seed: a failure is this change's and not this day's. Another one
 * by hand: PROCGUARD_SEED=$RANDOM npx jest src/core/turn
 */
const check = require('../../node_modules/fast-check/lib/cjs/fast-check.js');

check.configureGlobal({ ...check.readConfigureGlobal(), seed: Number(process.env.PROCGUARD_SEED ?? 1) });
module.exports = check;
