/**
 * One launcher, wired: the processes it keeps, its line to the manager, its own door.
 *
 * It keeps before it talks: processes are adopted and started first, and a manager that is away, slow or gone changes
 * nothing for them. It ends by letting go: no child is touched.
 */
import { randomUUID } from 'node:crypto';
import { InstanceId } from '../protocol/ids';
import { LIMITS } from '../protocol/limits';
import { CONTAINERS, type CommandToLauncher, type LauncherFact, type LauncherIdentity } from '../protocol/link';
import { envSealer } from '../src/trust/sealing/env-sealer';
import { openMasterKey } from '../src/trust/sealing/master-key';
import { AGENT_DEFAULTS } from './agent-words';
import { canKeepContainers } from './birth/container-birth';
import { startClock } from './clock';
import { openControl } from './control/control-socket';
import type { ControlRequest, LauncherStatus, StopAllReply } from './control/control-words';
import { rulesText } from './core/rules';
import { definitionsOf } from './definitions';
import { openJobs } from './jobs/open-jobs';
import { Leaving } from './jobs/leaving';
import { Keepers, type KeepersSurroundings } from './keeper/keepers';
import { OneByOne } from './keeper/one-by-one';
import { NO_ROADS } from './link/no-roads';
import { ManagerLink } from './link/manager-link';
import { register, registrationOf } from './link/register';
import { Registering } from './link/registering';
import { roadsTo } from './link/roads';
import { SlotsTold } from './link/slots-told';
import { Callers } from './local-api/callers';
import { LocalApi } from './local-api/local-api';
import { systemInfo } from './local-api/system-info';
import { LocalJobs } from './local-jobs/local-jobs';
import type { Log } from './logging';
import type { LauncherOptions } from './options';
import { DiskGuard } from './output/disk-guard';
import { OutputShipper } from './output/shipper';
import { lookAtMachine } from './process/machine';
import { StoppedShims } from './process/stopped-shims';
import { installShim } from './birth/shim';
import { SlotPool, slotsOf } from './slots';
import { OwnCommands } from './stop-all';
import { sayRules } from './rules-said';
import type { DataDirectory } from './store/data-directory';
import { fingerprintOf, ownKey } from './store/own-key';
import { tokenOf } from './token';
import { CradlePool } from './store/cradle-pool';
import { RecordSeal } from './store/record-seal';
import { GpuWatch } from './usage/gpu';
import { UsageSampler } from './usage/usage-sampler';
import { VERSION } from './version';

export interface Launcher {
  /** Resolves with the exit code when there is a reason to end. */
  readonly ended: Promise<number>;
  readonly keepers: Keepers;
  /** All that is kept here: these, those of its own queue, of which no manager hears, and attempts of the manager's. */
  readonly houses: readonly Keepers[];
  /** Ends all of it, verified. Nothing is born any more. */
  stopAll(by: string): Promise<StopAllReply>;
  /**
   * Takes over what was defined anew, and touches only what changed.
   * @throws a sentence for the user, before anything is touched
   * @returns what changed, a clause each
   */
  redefine(options: LauncherOptions): readonly string[];
  /** Registers and connects; never rejects. */
  connect(): Promise<void>;
  /** Takes no job any more, and ends when those it has are over and told. False = that is under way already. */
  drain(why: string): boolean;
  /** Lets go of everything. */
  release(): void;
}

/** @param hostname the machine's name; @param environment what children inherit */
export async function startLauncher(
  options: LauncherOptions,
  data: DataDirectory,
  log: Log,
  place: { readonly hostname: string; readonly environment: Readonly<Record<string, string | undefined>> },
): Promise<Launcher> {
  const clock = startClock();
  const machine = lookAtMachine(options.tree);
  const own = new OwnCommands();
  const ending = new AbortController();
  let end: (code: number) => void = () => {};
  const ended = new Promise<number>((resolve) => (end = resolve));

  const slots = new SlotPool(slotsOf(options));
  const localApi =
    options.localApi === null
      ? null
      : await LocalApi.listen(options.localApi, new Callers(options.localApiUsers, log), log);
  const identity: LauncherIdentity = {
    worker: options.workerId,
    instance: InstanceId.parse(randomUUID()),
    protocol: LIMITS.protocolVersion,
    version: VERSION,
    hostname: place.hostname,
    bootId: machine.bootId,
    pid: process.pid,
    heartbeatIntervalMs: options.heartbeatIntervalMs,
    labels: options.labels,
    token: tokenOf(options),
    key: ownKey(data.path),
    slots: slots.total,
    abilities: canKeepContainers() ? [CONTAINERS] : [],
    kind: options.kind,
  };
  if (identity.key !== null) log('info', `this launcher's own key has the fingerprint ${fingerprintOf(identity.key)}`);
  const { managerUrl } = options;
  const { address: manager, carrierTo } =
    managerUrl === null ? NO_ROADS : await roadsTo({ ...options, managerUrl }, identity, data.pinnedAuthority);
  if (!options.trust.isVerified)
    log(
      'warn',
      '--ssl-no-verify: whoever answers at --manager-url is believed and may run commands here; for development only',
    );
  const registration = registrationOf(options, identity);
  const shipper = new OutputShipper(
    manager,
    options.workerId,
    // Runs are nobody's twice.
    (name, run) => [keepers, jobs].forEach((all) => all.outputShipped(name, run)),
    log,
    options.outputKeepBytes,
  );
  const guard = new DiskGuard(data.path, options.diskReserveBytes, shipper, log);
  const tell = (fact: LauncherFact): void => {
    if (!own.hear(fact) && managerUrl !== null) link.tell(fact);
  };
  let rules = options.rules;
  const sealer = envSealer(openMasterKey(data.path, NOT_GIVEN));
  const around = {
    machine,
    shim: installShim(data.path),
    cradles: new CradlePool(data.cradles),
    shims: null,
    clock,
    worker: options.workerId,
    managerUrl,
    rules: () => rules,
    environment: place.environment,
    workingDir: process.cwd(),
    log,
    seal: new RecordSeal(sealer),
  };
  const keeping: KeepersSurroundings = {
    ...around,
    outlivesPowerCut: true,
    role: 'service',
    tell,
    outputBegan: (name, directory) => shipper.began(name, directory),
    outputComplete: (run, bytes) => shipper.complete(run, bytes),
  };
  const keepers = new Keepers(data, keeping);
  const jobs = openJobs(data.jobs, {
    keeping,
    own,
    slots: slots.share(),
    renew: (message) => link.renew(message),
    outputEnded: (output) => shipper.ended(output),
    begun: () => {
      if (options.isEphemeral) leaving.begin('it is here for one job');
    },
    left: () => leaving.look(),
    devicesLeft: () => gpus.lookSoon(),
  });
  const leaving = new Leaving(jobs, {
    isConnected: () => link.isConnected,
    announce: async () => {
      identity.slots = 0;
      await registering.now();
      link.reconnect();
    },
    end: () => end(0),
    log,
  });
  const localSlots = slots.share();
  const slotsTold: SlotsTold = new SlotsTold(
    () => localSlots.held,
    (message) => link.slots(message),
  );
  localSlots.onHeld(() => slotsTold.changed());
  const localJobs = new LocalJobs(
    {
      path: data.localJobs,
      slots: localSlots,
      sealer,
      outputBytesMax: options.agent?.outputBytesMax ?? AGENT_DEFAULTS.outputBytesMax,
      graceMs: options.stopTimeoutMs ?? LOCAL_GRACE_MS,
    },
    around,
    (fact) => own.hear(fact),
  );
  const houses = [keepers, localJobs.keepers, jobs.keepers];
  const stoppedShims = new StoppedShims(() => houses.flatMap((house) => house.roots), log);
  const gpus = new GpuWatch(log);
  const usage = new UsageSampler(clock, gpus, machine.treeKind === 'pid-list' ? null : machine.index, data.path);
  const registering = new Registering(
    () => register(manager, registration, log, ending.signal),
    () => end(1),
    log,
  );
  const commands = new OneByOne<CommandToLauncher>((command) => keepers.command(command));
  const link = new ManagerLink(carrierTo, clock, {
    sync: () => ({ ...keepers.sync(shipper.runs), attempts: jobs.desk.held, slotsHeld: slotsTold.inSync() }),
    synced: ({ outputBytes }) => {
      log('info', `connected to ${managerUrl}`);
      usage.forget();
      shipper.connected(outputBytes);
      jobs.desk.synced();
      slotsTold.synced();
      leaving.synced();
    },
    command: (command) => commands.put(command),
    standings: (message) => keepers.standings(message),
    job: (word) => jobs.desk.hear(word),
    jobNotUnderstood: (attempt, why) => jobs.desk.refuse(attempt, `this launcher cannot read what it is: ${why}`),
    renewed: (message) => jobs.desk.renewed(message),
    acknowledged: (facts) => {
      keepers.acknowledged(facts);
      jobs.desk.acknowledged(facts);
    },
    disconnected: () => {
      shipper.disconnected();
      jobs.desk.disconnected();
    },
    registerAgain: () => registering.now(),
    beat: () => {
      machine.memoryKills.look(); // so that a kill between two beats can be placed in time
      const mark = slots.total === 0 ? {} : { mark: jobs.desk.mark() };
      const running = [...keepers.sampled(), ...jobs.keepers.sampled()];
      return usage.beat(running).then((beat) => ({ ...beat, ...mark }));
    },
    log,
  });

  const { unused = [] } = options.agent ?? {};
  if (unused.length > 0)
    log('info', `set, and of no effect here: ${unused.join(', ')} (the manager sends, and is not polled)`);
  log('info', `worker ${options.workerId}: data in ${data.path}, trees kept apart by ${machine.treeKind}`);
  keepers.open(definitionsOf(options), {
    maySpawn: options.mode === 'run',
    isWholeFile: options.workerFile !== null,
  });
  // A queue of an earlier start is kept also where its API is not open now: what runs of it must not run on unseen.
  if (localApi !== null || localJobs.isThere) localJobs.open(options.mode === 'run');
  localApi?.serve({
    jobs: localJobs,
    about: { agentId: options.workerId, machineId: options.agent?.machineId ?? '' },
    capacity: slots.total,
    systemInfo: () => systemInfo(data.path),
  });
  jobs.open(options.mode === 'run');
  if (rules !== null) sayRules(rules, keepers, place.environment, log);

  const status = (): LauncherStatus => ({
    worker: options.workerId,
    pid: process.pid,
    manager: managerUrl,
    connected: link.isConnected,
    rules: rules === null ? null : rulesText(rules),
    processes: [keepers, localJobs.keepers].flatMap(({ all }) => all.map((keeper) => keeper.report())),
    jobs: [...jobs.desk.status],
  });
  /** Jobs first: they may use what else is kept here, and nothing of it uses them. */
  const stopAll = async (by: string): Promise<StopAllReply> => {
    localJobs.beginEnd();
    const ofJobs = await jobs.stopAll(by);
    const others = await own.stopAll([keepers, localJobs.keepers], by);
    return { ok: others.ok && ofJobs.every(({ result }) => result.ok), results: [...ofJobs, ...others.results] };
  };
  const control = await openControl(data.path, async (request: ControlRequest) => {
    if (request.do === 'status') return status();
    const reply = await stopAll('procguard worker --stop-all');
    // The asker has its answer first.
    setTimeout(() => end(reply.ok ? 0 : 1), 50);
    return reply;
  });

  return {
    ended,
    keepers,
    houses,
    stopAll,
    redefine: (now) => {
      const [defined, before] = [definitionsOf(now), rules];
      // Before anything is born of what is new.
      rules = now.rules;
      let changes: readonly string[] = [];
      try {
        // Without a file of its own nothing but the rules can have changed.
        if (now.workerFile !== null) changes = keepers.redefine(defined);
      } catch (error) {
        rules = before;
        throw error;
      }
      if (JSON.stringify(rules) !== JSON.stringify(before)) sayRules(rules, keepers, place.environment, log);
      // The manager learns definitions from a sync.
      if (changes.length > 0) link.syncAgain();
      return changes;
    },
    connect: async () => {
      if (managerUrl === null) return log('info', 'no manager is configured: this launcher works alone');
      await registering.now();
      if (registering.isRegistered) link.connect();
    },
    drain: (why) => {
      const isNew = !leaving.isUnderWay;
      leaving.begin(why);
      return isNew;
    },
    release: () => {
      ending.abort();
      control.close();
      localApi?.close();
      gpus.release();
      link.close();
      guard.close();
      stoppedShims.release();
      shipper.close();
      keepers.release();
      localJobs.release();
      jobs.release();
      manager.close();
    },
  };
}

/** Between SIGTERM and SIGKILL of a task, where nobody says: time to write a checkpoint. Source: seed 003's design. */
const LOCAL_GRACE_MS = 30_000;

/** The manager's key is no business of a launcher, which may have inherited its environment: it has a file of its own. */
const NOT_GIVEN = {};
