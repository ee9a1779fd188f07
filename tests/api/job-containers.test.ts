/** A job in a container, on launchers that know containers and on such that register as launchers did before. */
import type { JobExplanation } from '../../protocol/job-explain';
import { CONTAINERS } from '../../protocol/link';
import { RUN } from '../harness/launcher-words';
import { JobsHere } from './jobs-here';

let here: JobsHere;
afterEach(() => here.close());

const boxed = { command: 'train', container: { image: 'busybox' } };

test('an older launcher is not given one: the submission and explain say so, and it goes to the first that can', async () => {
  here = await JobsHere.open({ slots: 4, version: '0.0.9' }, 'old');
  const { body } = await here.ask(boxed);
  const { job_id: id, state, warnings } = body as { job_id: string; state: string; warnings: string[] };
  expect(state).toBe('queued');
  const why = 'old: its launcher (version 0.0.9) cannot run containers: it is too old, or not installed whole';
  expect(warnings).toEqual([`job ${id} is queued, but no known worker can ever run it: ${why}`]);
  const { reasons } = (await here.manager.get(`/api/jobs/${id}/explain`)).body as JobExplanation;
  expect(reasons).toMatchObject([{ code: 'never', about: ['old'] }]);
  // What comes behind it is placed: it blocks only its like.
  expect((await here.given(await here.submit({ command: 'bare' }))).spec.container).toBeUndefined();
  const able = await JobsHere.launcher(here.manager, 'new', { slots: 1, abilities: [CONTAINERS] });
  await able.until(() => able.jobs.length > 0);
  expect(able.jobs[0]).toMatchObject({ kind: 'run', job: id, spec: { container: { image: 'busybox' } } });
  expect(here.launcher.jobs.filter((word) => word.kind === 'run' && word.job === id)).toEqual([]);
  able.close();
});

test('what its container is held by is shown when it is known, also after its end', async () => {
  here = await JobsHere.open({ slots: 1, abilities: [CONTAINERS] });
  const id = await here.submit(boxed);
  const attempt = await here.begun(id);
  const held = {
    isolation: ['container f00 of podman 5', 'pids 20 by its cgroup'],
    unenforced: ['container.cpus: no'],
  };
  const seq = here.launcher.tell({ kind: 'attempt.started', attempt, run: RUN, pid: 7, ...held });
  await here.launcher.until(() => here.launcher.acked >= seq);
  expect((await here.job(id)).tries).toMatchObject([held]);
  await here.ended(id);
  expect((await here.job(id)).tries).toMatchObject([{ ...held, outcome: 'completed' }]);
});
