/** Promises of the supervisor's table that hold over every history, in a world that answers as kernels do: late, in any order. */
import fc from 'fast-check';
import { CommandId, RunId } from '../../protocol/ids';
import { ProcessSpec } from '../../protocol/process-spec';
import { step } from './supervisor';
import { goesOn, isToRun, livingRun, newcomer, nextTimerMs, type Supervised } from './supervisor-state';
import type { SupervisorEvent, Turn } from './supervisor-words';
import { certificate, FAILED_EXIT, IDENTITY, UNMET } from './supervisor-samples';

const ASKED = new Set<SupervisorEvent['kind']>(['start', 'stop', 'restart', 'kill', 'disable', 'enable', 'end']);
type Verb = 'start' | 'stop' | 'restart' | 'kill';

class World {
  process: Supervised;
  readonly living = new Set<RunId>();
  readonly answers = new Map<string, number>();
  readonly ended: RunId[] = [];
  /** Runs that a probe made us end. */
  readonly unwell = new Set<RunId>();
  isBlocked = false;
  isEnding = false;
  readonly #pending: SupervisorEvent[] = [];
  #nowMs = 10_000;
  #commands = 0;

  constructor(spec: ProcessSpec) {
    this.process = newcomer(spec, 0);
  }

  handle(event: SupervisorEvent): void {
    const before = this.process;
    this.#nowMs += 1;
    const { process, effects } = step(before, event, this.#turn());
    this.process = process;
    if (!ASKED.has(event.kind) && process.desired !== before.desired) throw new Error(`${event.kind} changed the wish`);
    for (const effect of effects)
      switch (effect.kind) {
        case 'spawn':
          this.#born(effect.run);
          break;
        case 'stopTree':
        case 'killTree':
          if (!this.living.has(effect.run)) throw new Error('a dead run was signalled');
          if (!this.#pending.some(({ kind }) => kind === 'treeGone'))
            this.#pending.push({ kind: 'treeGone', run: effect.run, exit: this.#obeyed(), certificate: certificate() });
          break;
        case 'answer':
          this.answers.set(effect.command, (this.answers.get(effect.command) ?? 0) + 1);
          break;
        case 'runEnded':
          this.ended.push(effect.run);
          if (this.unwell.has(effect.run) && effect.exit.cause?.kind !== 'probe') throw new Error('the cause is lost');
          break;
        case 'runStarted':
          break;
      }
    if (process.state.kind === 'exited' && this.unwell.has(this.ended.at(-1)!))
      throw new Error('unwell was no failure');
  }

  #turn(): Turn {
    const nextRun = RunId.parse(`${String(this.#nowMs).padStart(13, '0')}aaaaaaaaaaaa`);
    const unmet = this.isBlocked ? [UNMET] : [];
    return { nowMs: this.#nowMs, random: 0.5, nextRun, unmet, isEnding: this.isEnding };
  }

  #born(run: RunId): void {
    if (this.living.size > 0) throw new Error('a second copy was born');
    if (this.isBlocked) throw new Error('born while a condition did not hold');
    if (this.isEnding) throw new Error('born while everything was being stopped');
    if (this.process.disabled !== null) throw new Error('born while disabled');
    this.living.add(run);
    this.#pending.push({ kind: 'spawned', run, identity: IDENTITY, unenforced: null, isolation: null });
  }

  /** A polite program: it ends with exit code 0 when it is asked to. */
  readonly #obeyed = () => ({ ...FAILED_EXIT, exitCode: 0, atMs: this.#nowMs });

  #asked(): { by: string; why: string; command: CommandId } {
    const command = CommandId.parse(`command-${this.#commands++}`);
    this.answers.set(command, 0);
    return { by: 'test', why: '', command };
  }

  ask(kind: Verb): void {
    this.handle({ kind, ...this.#asked() });
  }

  disable(forMs: number | null): void {
    this.handle({ kind: 'disable', untilMs: forMs === null ? null : this.#nowMs + forMs, ...this.#asked() });
  }

  enable(): void {
    this.handle({ kind: 'enable', ...this.#asked() });
  }

  end(): void {
    this.handle({ kind: 'end', ...this.#asked() });
  }

  /** The launcher's next start, after everything was ended. */
  goOn(): void {
    if (goesOn(this.process)) this.handle({ kind: 'start', by: 'the launcher', why: '', command: null });
  }

  block(isBlocked: boolean): void {
    this.isBlocked = isBlocked;
    this.handle({ kind: 'standings' });
  }

  ready(): boolean {
    const { state } = this.process;
    if (state.kind !== 'running' || state.readyAtMs !== null) return false;
    this.handle({ kind: 'ready', run: state.run });
    return true;
  }

  fallIll(): void {
    const { state } = this.process;
    if (state.kind !== 'running') return;
    this.unwell.add(state.run);
    this.handle({ kind: 'unwell', run: state.run, why: 'no answer', evidence: 'refused' });
  }

  /** The next thing that is due anyway; false = nothing is. */
  happen(): boolean {
    const event = this.#pending.shift();
    if (event === undefined) return this.#timer();
    if ('run' in event && !this.living.has(event.run)) return true;
    if (event.kind === 'treeGone') this.living.delete(event.run);
    this.handle(event);
    return true;
  }

  #timer(): boolean {
    const dueMs = nextTimerMs(this.process);
    if (dueMs === null) return false;
    this.#nowMs = Math.max(this.#nowMs, dueMs);
    this.handle({ kind: 'timerDue' });
    return true;
  }

  /** The child dies, or leaves others behind. */
  crash(remains: number, exitCode: number): void {
    const run = livingRun(this.process);
    if (run === null || this.process.state.kind !== 'running') return;
    if (remains === 0) this.living.delete(run);
    this.handle({ kind: 'ended', run, exit: { ...FAILED_EXIT, exitCode, atMs: this.#nowMs }, remains });
  }

  unkillable(): void {
    const run = livingRun(this.process);
    const { state } = this.process;
    if (run !== null && state.kind === 'stopping' && state.killed)
      this.handle({ kind: 'treeLeft', run, certificate: certificate([{ pid: 1, command: 'stuck' }]) });
  }

  reboot(): void {
    const run = livingRun(this.process);
    if (run === null) return;
    this.living.clear();
    this.unwell.delete(run); // the machine was quicker
    this.#pending.length = 0;
    this.handle({ kind: 'rebooted', run, exit: { ...FAILED_EXIT, exitCode: null, source: 'unknown' } });
  }

  /** Until nothing is left that happens by itself. */
  rest(): void {
    for (let i = 0; i < 200; i++) if (!this.happen() && !this.ready()) return;
    throw new Error('it never comes to rest');
  }
}

const HAPPENINGS: Readonly<Record<string, (world: World) => unknown>> = {
  start: (world) => world.ask('start'),
  stop: (world) => world.ask('stop'),
  restart: (world) => world.ask('restart'),
  kill: (world) => world.ask('kill'),
  disable: (world) => world.disable(null),
  disableForAWhile: (world) => world.disable(50),
  disableInThePast: (world) => world.disable(-1),
  enable: (world) => world.enable(),
  block: (world) => world.block(true),
  unblock: (world) => world.block(false),
  ready: (world) => world.ready(),
  unwell: (world) => world.fallIll(),
  happen: (world) => world.happen(),
  happenAgain: (world) => world.happen(),
  crash: (world) => world.crash(0, 1),
  clean: (world) => world.crash(0, 0),
  leave: (world) => world.crash(2, 1),
  unkillable: (world) => world.unkillable(),
  reboot: (world) => world.reboot(),
};
const histories = fc.array(fc.constantFrom(...Object.keys(HAPPENINGS)), { maxLength: 60 });
const play = (world: World, history: readonly string[]): void => history.forEach((what) => HAPPENINGS[what]?.(world));

const SPECS: readonly ProcessSpec[] = [
  {},
  { ready: { check: { kind: 'tcp', port: 80 } } },
  { stop: { then: [{ signal: 'SIGINT', graceMs: 0 }, { signal: 'SIGQUIT', graceMs: 20 }] } }, // prettier-ignore
  { restart: { when: 'never' } },
  { restart: { when: 'always', delayMs: 0 }, ready: { check: { kind: 'log', pattern: 'up' } } },
].map((change) => ProcessSpec.parse({ name: 'p', command: 'x', ...change }));

test('whatever happens: never two copies, one answer per command, one end per run, and the wish comes true', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SPECS), histories, (spec, history) => {
      const world = new World(spec);
      play(world, history);
      world.block(false);
      world.rest();

      expect([...world.answers.values()].every((count) => count === 1)).toBe(true);
      expect(new Set(world.ended).size).toBe(world.ended.length);
      expect(world.living.size).toBe(livingRun(world.process) === null ? 0 : 1);
      const { state } = world.process;
      if (isToRun(world.process)) expect(['running', 'exited', 'failed']).toContain(state.kind);
      else expect(['stopped', 'exited', 'failed']).toContain(state.kind);
    }),
    { numRuns: 4_000 },
  );
});

test('while a condition does not hold, what is wanted waits, and nothing is answered before it is true', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const world = new World(SPECS[0]!);
      play(world, history);
      world.block(true);
      world.rest();
      world.ask('restart');
      world.rest();
      const { state, disabled } = world.process;
      if (disabled !== null || state.kind === 'failed') return;
      expect(state.kind).toBe('waiting');
      world.block(false);
      world.rest();
      expect(world.process.state.kind).toBe('running');
      expect([...world.answers.values()].every((count) => count === 1)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test('while everything is being stopped nothing is born, and no wish is lost', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SPECS), histories, histories, (spec, before, after) => {
      const world = new World(spec);
      play(world, before);
      world.isEnding = true;
      play(world, after);
      world.block(false);
      world.rest();
      expect([...world.answers.values()].every((count) => count === 1)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test('an end of everything takes away what runs and no wish: the next start goes on as it was', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SPECS), histories, (spec, history) => {
      const world = new World(spec);
      play(world, history);
      world.block(false);
      world.rest();
      const { desired, disabled } = world.process;
      world.isEnding = true;
      world.end();
      world.rest();
      expect(world.living.size).toBe(0);
      expect([...world.answers.values()].every((count) => count === 1)).toBe(true);
      world.isEnding = false;
      world.goOn();
      world.rest();
      expect(world.process).toMatchObject({ desired, disabled });
      expect(world.living.size).toBe(isToRun(world.process) ? 1 : 0);
    }),
    { numRuns: 2_000 },
  );
});

test('a launcher that reads its record again goes on as if nothing was', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SPECS), histories, (spec, history) => {
      const [world, reborn] = [new World(spec), new World(spec)];
      for (const what of history) {
        play(world, [what]);
        play(reborn, [what]);
        reborn.process = JSON.parse(JSON.stringify(reborn.process)) as Supervised;
      }
      expect(reborn.process).toEqual(world.process);
    }),
    { numRuns: 300 },
  );
});
