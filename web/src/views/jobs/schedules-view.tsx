/** Schedules: when each is next, how its last job stands, and what can be done to it. Live. */
import { useState } from 'react';
import type { ScheduleRow } from '../../../../protocol/schedules-http';
import { go } from '../../link/navigation';
import { pauseSchedule, readSchedules, removeSchedule, resumeSchedule, runSchedule } from '../../link/schedules';
import { Countdown } from '../../parts/age';
import { useApp } from '../../parts/app-context';
import { CardTable, type Column } from '../../parts/card-table';
import { IconButton } from '../../parts/icon-button';
import { JobLink } from '../../parts/job-link';
import { Problem } from '../../parts/problem';
import { Said } from '../../parts/said';
import { StateMark, TONES } from '../../parts/state-mark';
import { fullTime } from '../../parts/time';
import { useAnswer } from '../../parts/use-answer';
import { useAtOnce } from '../../parts/use-at-once';
import { useJobBoard, useLook } from '../../parts/use-job-board';
import { useFleet } from '../../parts/use-store';
import { useRefusal } from '../../parts/use-refusal';
import { useWords } from '../../parts/use-words';
import { ConfirmRemoval } from '../trust/confirm-removal';

type Row = ScheduleRow & { readonly id: string };

/** @param closed the one whose form was left just now: its button has the focus again; null = none */
export function SchedulesView({ closed }: { closed: string | null }) {
  const { schedules: text } = useWords();
  const version = useJobBoard((board) => board.schedules);
  const connection = useFleet((fleet) => fleet.manager?.now_ms ?? 0);
  const answer = useAnswer(readSchedules, [version, connection]);
  const rows = answer.kind === 'here' ? answer.value.schedules : [];
  useLook(rows.flatMap(({ last }) => (last === null ? [] : [last.job_id])));
  if (answer.kind === 'waiting') return <p className="table-empty">{text.reading}</p>;
  if (answer.kind === 'failed') return <Problem why={answer.why} />;
  return rows.length === 0 ? (
    <NoSchedule />
  ) : (
    <ScheduleTable rows={rows.map((row) => ({ ...row, id: row.name }))} closed={closed} />
  );
}

function NoSchedule() {
  const { schedules: text } = useWords();
  return (
    <div className="table-empty">
      <p>{text.none}</p>
      <p>{text.noneLead}</p>
      <code>procguard submit --schedule nightly --cron &apos;0 3 * * *&apos; -- make report</code>
    </div>
  );
}

function ScheduleTable({ rows, closed }: { rows: readonly Row[]; closed: string | null }) {
  const { schedules: text } = useWords();
  const columns: readonly Column<Row>[] = [
    { title: text.name, cell: (row) => <Name row={row} /> },
    { title: text.state, className: 'word', cell: ({ state }) => text.states[state] },
    { title: text.when, className: 'word', cell: (row) => <When row={row} /> },
    { title: text.next, cell: ({ next_at_ms: atMs }) => atMs !== null && <Next atMs={atMs} /> },
    { title: text.last, cell: (row) => <Last row={row} /> },
    { title: text.counts, cell: (row) => <Counts row={row} /> },
    { title: '', className: 'narrow', cell: (row) => <Actions row={row} isClosed={closed === row.name} /> },
  ];
  return (
    <div className="schedules-view">
      <CardTable label={text.label} rows={rows} columns={columns} isOff={({ state }) => state !== 'active'} />
    </div>
  );
}

/** Leads to its jobs. */
function Name({ row: { name, command } }: { row: Row }) {
  const { schedules: text } = useWords();
  const { ui } = useApp();
  return (
    <>
      <button
        type="button"
        className="link schedule-name"
        title={text.jobs(name)}
        onClick={() => go(ui, { jobsPart: 'queue', jobsText: `schedule:${name}`, job: null })}
      >
        {name}
      </button>
      <code className="schedule-command" title={command}>
        {command}
      </code>
    </>
  );
}

const When = ({ row: { cron, time_zone: zone } }: { row: Row }) => (
  <>
    <code>{cron}</code> <span className="schedule-zone faint">{zone}</span>
  </>
);

function Next({ atMs }: { atMs: number }) {
  const { schedules: text, locale } = useWords();
  return (
    <>
      <span className="num">{fullTime(atMs, locale)}</span>{' '}
      <span className="faint num">
        <Countdown untilMs={atMs} wrap={text.inSpan} />
      </span>
    </>
  );
}

function Last({ row: { last, left_out: left } }: { row: Row }) {
  const { schedules: text, states, locale } = useWords();
  // Pushed while it goes its way; what the list said of it is as old as the list.
  const pushed = useJobBoard(({ rows }) => (last === null ? undefined : rows.get(last.job_id)));
  const now = pushed ?? last;
  return (
    <>
      {last !== null && now !== null && (
        <span className="schedule-last" title={now.why}>
          <StateMark state={now.state} />
          <JobLink id={last.job_id}>
            <span data-tone={TONES[now.state]}>{states[now.state]}</span>
          </JobLink>
          <span className="faint num">{text.lastFor(fullTime(last.planned_at_ms, locale))}</span>
        </span>
      )}
      {left !== null && (
        <p className="faint">
          <Said text={text.left(fullTime(left.planned_at_ms, locale), left.why)} />
        </p>
      )}
    </>
  );
}

function Counts({ row: { submitted, skipped, missed } }: { row: Row }) {
  const { schedules: text } = useWords();
  const counts = [text.submitted(submitted)];
  if (skipped > 0) counts.push(text.skipped(skipped));
  if (missed > 0) counts.push(text.missed(missed));
  return <span className="num">{counts.join(', ')}</span>;
}

function Actions({ row: { name, state }, isClosed }: { row: Row; isClosed: boolean }) {
  const { schedules: text } = useWords();
  const { ui, commander } = useApp();
  const [isRemoving, setRemoving] = useState(false);
  const atOnce = useAtOnce();
  const mayNotSubmit = useRefusal('job.submit');
  const mayNotControl = useRefusal('job.control');
  const does = (work: () => Promise<unknown>, done: string) => () =>
    atOnce({ to: name, work, done, onDone: () => undefined });
  return (
    <span className="schedule-actions">
      <IconButton
        icon="start"
        label={text.run(name)}
        refused={mayNotSubmit}
        onClick={does(() => runSchedule(name), text.ran(name))}
      />
      {state === 'paused' ? (
        <IconButton
          icon="restart"
          label={text.resume(name)}
          refused={mayNotControl}
          onClick={does(() => resumeSchedule(name), text.resumed(name))}
        />
      ) : (
        <IconButton
          icon="pause"
          label={text.pause(name)}
          refused={mayNotControl}
          onClick={does(() => pauseSchedule(name), text.paused(name))}
        />
      )}
      <IconButton
        icon="edit"
        label={text.edit(name)}
        refused={mayNotSubmit}
        autoFocus={isClosed}
        onClick={() => go(ui, { schedule: name, job: null })}
      />
      <IconButton
        icon="close"
        label={text.remove(name)}
        className="danger-quiet"
        refused={mayNotControl}
        onClick={() => setRemoving(true)}
      />
      {isRemoving && (
        <ConfirmRemoval
          title={text.removeTitle(name)}
          lead={text.removeLead}
          button={text.removeButton}
          work={() => removeSchedule(name)}
          onDone={() => commander.say({ tone: 'ok', title: text.removed(name), lines: [] })}
          onClose={() => setRemoving(false)}
        />
      )}
    </span>
  );
}
