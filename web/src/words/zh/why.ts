import type { Words } from '../en';

export const why: Words['why'] = {
  asking: '正在查询原因…',
  cause: '原因',
  by: (who) => `来源：${who}`,
  next: '接下来：',
  nothing: '不会自行发生任何事。',
  inSpan: (span) => `${span}后`,
  evidence: '依据',
  behind: '背后的原因',
  advice: '可以做什么',
  copy: (line) => `复制：${line}`,
  kinds: {
    operator: '人为操作',
    exit: '自行结束',
    oom: '内存不足',
    stranger: '外部信号',
    probe: '探测失败',
    budget: '重启次数用尽',
    dependency: '等待依赖',
    'worker-lost': '节点失联',
    disabled: '已禁用',
    superseded: '已被接管',
    recovery: '恢复处理',
    start: '启动',
    none: '无需解释',
  },
};

export const waiting: Words['waiting'] = {
  label: '正在等待的依赖',
  on: { started: '须已运行', ready: '须已就绪', completed: '须已完成' },
};

export const disabled: Words['disabled'] = {
  short: '已禁用',
  by: (who) => `由 ${who} 禁用`,
  forever: '直到有人启用',
  until: (time) => `直到 ${time}`,
  ask: '禁用…',
  title: (n) => `禁用 ${n.toLocaleString('zh-CN')} 个进程？`,
  lead: '将停止并保持停止，无论什么要启动它：重启、开机、被依赖、恢复。',
  reason: '原因（给后来的人看）',
  untilLabel: '期限',
  untilHint: '从现在起多久（90s、2h、1d），或日期（2026-01-31T12:00:00Z）',
  button: (n) => `禁用 ${n} 个`,
};

export const incident: Words['incident'] = {
  title: (n) => `${n.toLocaleString('zh-CN')} 个同时失败。`,
  brake: 'FailureHandler 已暂停：不再重启或转移任何进程。',
  release: (span) => `若不再有失败，${span}后恢复。`,
};

export const recovery: Words['recovery'] = {
  title: '恢复',
  lead: '出了什么问题、如何判断、做了什么、结果如何：由启动器处理，启动器处理不了的由 FailureHandler 处理。',
  total: '恢复次数',
  successful: '成功',
  failed: '失败',
  rate: '成功率',
  none: '尚未需要任何恢复。',
  stories: '经过',
  incidents: '事故',
  kind: '问题类型',
  kinds: {
    crash: '崩溃',
    'crash-loop': '反复崩溃',
    'worker-lost': '节点失联',
    zombie: '僵尸进程',
    silence: '无响应',
    unhealthy: '不健康',
    breach: '超出阈值',
    'stop-all': '全部停止',
  },
  ends: { going: '进行中', ok: '成功', failed: '失败' },
  attempt: (n, max) => `第 ${n} 次，共 ${max} 次`,
  inIncident: '属于一次事故',
  found: '发现',
  decided: '判断',
  did: '处理',
  result: '结果',
  notYet: '尚无',
  took: (span) => `用时 ${span}`,
  since: (span) => `已 ${span}`,
};
