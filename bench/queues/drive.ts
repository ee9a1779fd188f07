/** A queue under orders (driven-queue.ts): reads them from stdin, times what it does, answers on stdout. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { monotonicMs } from '../monotonic';
import type { Attendance, DrivenQueue, QueueOrder, WorkSpec } from './driven-queue';

export function drive(queue: DrivenQueue): void {
  let attendance: Attendance | null = null;
  const leave = async (): Promise<void> => {
    await attendance?.leave();
    attendance = null;
  };
  const obey = async (order: QueueOrder): Promise<number> => {
    const startedMs = monotonicMs();
    switch (order.do) {
      case 'submit':
        await submitted(queue, order);
        return monotonicMs() - startedMs;
      case 'bulk':
        for (let left = order.jobs; left > 0; left -= order.batch)
          await queue.submitMany(order.job, Math.min(left, order.batch));
        return monotonicMs() - startedMs;
      case 'attend':
        attendance = await queue.attend(order);
        return monotonicMs() - startedMs;
      case 'drain': {
        attendance = await queue.attend(order);
        await attendance.untilDone(order.jobs);
        const ms = monotonicMs() - startedMs;
        await leave();
        return ms;
      }
      case 'cycle': {
        attendance = await queue.attend(order);
        const firstMs = monotonicMs();
        const done = attendance.untilDone(order.jobs);
        await submitted(queue, order);
        await done;
        const ms = monotonicMs() - firstMs;
        await leave();
        return ms;
      }
      case 'ask':
        await queue.submit(order.job);
        return startedMs;
      case 'leave':
        await leave();
        return monotonicMs() - startedMs;
    }
  };
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    obey(JSON.parse(line) as QueueOrder).then(
      (ms) => console.log(`done ${ms}`),
      (error: unknown) => console.log(`failed ${error instanceof Error ? error.message : String(error)}`),
    );
  });
  process.once('SIGTERM', () => {
    void leave()
      .then(() => queue.close())
      .finally(() => process.exit(0));
  });
  console.log('ready');
}

async function submitted(
  queue: DrivenQueue,
  { jobs, submitters, job }: { readonly jobs: number; readonly submitters: number; readonly job: WorkSpec },
): Promise<void> {
  let left = jobs;
  const submitter = async (): Promise<void> => {
    while (left-- > 0) await queue.submit(job);
  };
  await Promise.all(Array.from({ length: submitters }, submitter));
}

/** What a peer's handler does for one job. */
export async function perform({ command }: WorkSpec): Promise<void> {
  if (command === null) return;
  const [file, ...words] = command;
  const child = spawn(file, words, { stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${file} ended with ${code}`);
}

/** Counts jobs that are noted as done, for Attendance.untilDone. */
export class DoneCount {
  #done = 0;
  #wanted = Infinity;
  #reached: () => void = () => undefined;

  note(jobs: number): void {
    this.#done += jobs;
    this.#look();
  }

  untilDone(jobs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wanted = jobs;
      this.#reached = resolve;
      this.#look();
    });
  }

  #look(): void {
    if (this.#done < this.#wanted) return;
    this.#done -= this.#wanted;
    this.#wanted = Infinity;
    this.#reached();
  }
}
