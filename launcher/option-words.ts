/** The way back from options to the keys of a launcher's own file that give them (worker-file.ts), with all defaults. */
import { duration, size } from '../protocol/amounts';
import { addressText } from './local-api/address';
import type { LauncherOptions } from './options';
import { slotsOf } from './slots';

/** But for processes, the one command, and rules: what a running launcher cannot change about itself. */
export const optionWords = (options: LauncherOptions): Readonly<Record<string, unknown>> => ({
  worker_id: options.workerId,
  manager_url: options.managerUrl,
  zmq_server_key: options.zmqServerKey,
  ca: options.trust.caFile,
  ca_fingerprint: options.trust.caFingerprint,
  tls_server_name: options.trust.serverName,
  client_cert: options.trust.clientCertFile,
  client_key: options.trust.clientKeyFile,
  ssl_no_verify: !options.trust.isVerified,
  token: options.token,
  token_file: options.tokenFile,
  labels: options.labels,
  data_dir: options.dataDir,
  heartbeat_interval: duration(options.heartbeatIntervalMs),
  log_level: options.logLevel,
  kind: options.kind,
  tree: options.tree,
  slots: slotsOf(options),
  output_keep: size(options.outputKeepBytes),
  disk_reserve: options.diskReserveBytes === null ? null : size(options.diskReserveBytes),
  local_api: options.localApi === null ? null : addressText(options.localApi).replace('http://', ''),
  local_api_users: options.localApiUsers,
});
