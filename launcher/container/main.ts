/**
 * dist/container-run.js: the child of a run that is a container. It lives under the shim like any other, so a launcher that
 * ends or is killed touches nothing; its own end without the container's is found by the launcher, which ends that one.
 */
import { RunId } from '../../protocol/ids';
import { COOKIE_VARIABLE, DIRECTORY_VARIABLE } from '../core/child-environment';
import { carriedVariables, ContainerPlan, PLAN_VARIABLE } from './container-plan';
import { findEngine } from './engine-address';
import { keepContainer } from './keep-container';

/** Not begun: what the launcher says is missing, or no engine is here. As `docker run` says it. */
const NOT_BEGUN = 125;

async function main(environment: NodeJS.ProcessEnv): Promise<number> {
  const say = (sentence: string): void => void process.stderr.write(`procguard: ${sentence}\n`);
  const found = findEngine(environment);
  if (found.kind === 'none') {
    say(found.why);
    return NOT_BEGUN;
  }
  const run = RunId.parse(environment[COOKIE_VARIABLE]);
  const plan = ContainerPlan.parse(JSON.parse(environment[PLAN_VARIABLE] ?? ''));
  const directory = environment[DIRECTORY_VARIABLE] ?? '';
  return keepContainer({ run, directory, plan, env: carriedVariables(environment), say }, found.address);
}

void main(process.env).then(
  // Nothing that a library still holds may keep it.
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`procguard: the container was not begun: ${error.message}\n`);
    process.exit(NOT_BEGUN);
  },
);
