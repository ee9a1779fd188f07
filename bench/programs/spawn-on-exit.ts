/** The least a Node supervisor can be: spawns its child again on 'exit'. Arguments: the child's command line. */
import { spawn } from 'node:child_process';

const [file = '', ...words] = process.argv.slice(2);
let child = start();

function start(): ReturnType<typeof spawn> {
  const born = spawn(file, words, { stdio: 'ignore' });
  born.on('exit', () => {
    child = start();
  });
  return born;
}

process.on('SIGTERM', () => {
  child.removeAllListeners('exit');
  child.kill('SIGKILL');
  process.exit(0);
});
