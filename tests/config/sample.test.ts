/** The documented sample is a promise: it starts as it is, and means what it says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkConfig } from '../../src/config/commands';
import { loadConfig } from '../../src/config/load';
import { sourceText } from '../../src/config/source';

const SAMPLE = join(__dirname, '../../configs/procguard_config.yaml');
const DOCUMENTED = `# ProcGuard 配置文件示例

# 日志配置
logging:
  level: INFO
  file: logs/procguard.log
  format: "%(asctime)s - %(name)s - %(levelname)s - %(message)s"

# 状态管理
state:
  state_file: data/procguard_state.yaml
  auto_save: true

# 通信配置
communication:
  adapter_type: mock  # mock 或 zmq
  adapter_config:
    host: 0.0.0.0
    port_base: 5550
    timeout: 1000

# 监控配置
monitoring:
  interval: 1.0
  heartbeat_timeout: 10.0
  zombie_detection: true
  cpu_threshold: 0.1
  memory_threshold: 0.1

# 故障恢复配置
recovery:
  enable_auto_recovery: true
  stop_all_on_failure: false
  task_reassignment: false
  recovery_timeout: 30.0
  max_recovery_attempts: 3

# Web 界面配置
web:
  enabled: true
  host: 0.0.0.0
  port: 5000
`;

test('the file is the documented text, byte for byte', () => {
  expect(readFileSync(SAMPLE, 'utf8')).toBe(DOCUMENTED);
});

test('the quickstart is accepted too, on this machine alone', () => {
  const quickstart = join(__dirname, '../../configs/quickstart.yaml');
  const { config, warnings } = loadConfig({ file: quickstart });
  expect(warnings).toEqual([]);
  expect(config.web.host).toBe('127.0.0.1');
  expect(config.workers.map(({ workerId, autoStart }) => [workerId, autoStart])).toEqual([['train', true]]);
});

test('it is accepted without a warning', () => {
  expect(checkConfig({ file: SAMPLE, env: {} })).toEqual({ exitCode: 0, stdout: `${SAMPLE}: ok\n`, stderr: '' });
});

test('every value of it arrives, with its unit', () => {
  const { config, sources } = loadConfig({ file: SAMPLE });
  expect(config).toEqual({
    logging: {
      level: 'INFO',
      file: 'logs/procguard.log',
      format: '%(asctime)s - %(name)s - %(levelname)s - %(message)s',
      maxSizeBytes: 20 * 1024 * 1024,
      backups: 5,
    },
    state: {
      dataDir: 'data',
      stateFile: 'data/procguard_state.yaml',
      autoSave: true,
      saveIntervalMs: 1000,
    },
    logs: {
      retainRuns: 10,
      retainBytesPerProcess: 2 * 2 ** 30,
      retainBytesPerWorker: 20 * 2 ** 30,
      retainAgeMs: 30 * 86_400_000,
      retainRemovedAgeMs: 7 * 86_400_000,
      reserveBytes: null,
      segmentBytes: 64 * 2 ** 20,
      compress: true,
    },
    audit: { ageMs: 90 * 86_400_000, entries: 5_000_000 },
    communication: { adapterType: 'mock', host: '0.0.0.0', portBase: 5550, timeoutMs: 1000, curve: null },
    monitoring: {
      intervalMs: 1000,
      heartbeatTimeoutMs: 10_000,
      zombieDetection: true,
      cpu: { below: 0.1, above: null, forMs: 60_000, action: 'warn' },
      memory: { below: 0.1, above: null, forMs: 60_000, action: 'warn' },
      idleAfterMs: 60_000,
      crashLoopShare: 0.5,
    },
    recovery: {
      enableAutoRecovery: true,
      stopAllOnFailure: false,
      taskReassignment: false,
      recoveryTimeoutMs: 30_000,
      maxRecoveryAttempts: 3,
      brake: { failures: 5, share: 0.33, windowMs: 30_000, holdMs: 60_000, releaseAtOnce: 3 },
    },
    web: {
      enabled: true,
      host: '0.0.0.0',
      port: 5000,
      alsoListen: [],
      allowedHosts: [],
      publicUrl: null,
      tls: null,
      auth: 'required',
      sessionMs: 604_800_000,
      trustedProxies: [],
    },
    jobs: {
      templatesDir: 'configs/jobs',
      streamTimeoutMs: 120_000,
      starvationMs: 3_600_000,
      fairShareBy: 'user',
      gpuIdleBytes: 512 * 2 ** 20,
      limits: {},
      kept: 10_000,
      keptMs: 7 * 86_400_000,
      keptFailed: 10_000,
      keptFailedMs: 30 * 86_400_000,
    },
    security: { secretNames: [] },
    workers: [],
  });
  expect(sourceText(sources.get('web.port') ?? { kind: 'default' })).toBe(`${SAMPLE}:42`);
  expect(sourceText(sources.get('monitoring.idle_after') ?? { kind: 'default' })).toBe('default');
});
