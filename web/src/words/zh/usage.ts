import type { Words } from '../en';

const n0 = (n: number): string => n.toLocaleString('zh-CN');

export const usage: Words['usage'] = {
  range: '时间范围',
  ranges: { '5m': '5 分钟', '3h': '3 小时', '24h': '24 小时', '2w': '2 周' },
  asking: '读取中…',
  none: '这段时间没有测量数据。',
  figures: {
    cpu: 'CPU',
    memory: '内存',
    read: '磁盘读',
    write: '磁盘写',
    open_files: '打开的文件',
    gpu: 'GPU',
    gpu_memory: '显存',
  },
  described: (what, now, most) => `${what}：当前 ${now}，最高 ${most}`,
  gpus: 'GPU',
  device: '设备',
  holders: '占用者',
  nobody: '没有我们的进程',
};

export const worker: Words['worker'] = {
  label: (id) => `节点 ${id}`,
  tabsLabel: '该节点的视图',
  gone: '管理器不认识该节点。它可能已被移除，或地址有误。',
  types: {
    remote: '启动器',
    local: '与管理器同机',
    plain: '普通 HTTP 客户端',
    claim: 'RemoteGPU 代理',
    sse: 'SimpleTuner Worker',
  },
};

export const machine: Words['machine'] = {
  title: '机器',
  registered: '注册时间',
  unknown: '尚未上报',
  cpus: '核心数',
  load: '负载',
  memory: '内存',
  disk: '启动器所在磁盘',
  freeOf: (free, all) => `可用 ${free}，共 ${all}`,
};

export const rolling: Words['rolling'] = {
  ask: '分批重启…',
  title: (n) => `分批重启 ${n0(n)} 个进程`,
  lead: '按依赖顺序进行；每个都等到运行并就绪。首次失败即停止，其余不动。',
  atOnce: '每批数量',
  timeout: '每个的秒数',
  timeoutHint: '最多一小时',
  button: (n) => `重启 ${n} 个`,
  going: (up, all) => `已完成 ${up} / ${all}。关闭本窗口不影响进行。`,
  over: (up, all) => `结束：${up} / ${all} 已运行。`,
  list: '各进程进度',
  steps: { later: '尚未轮到', now: '进行中', up: '已运行', failed: '失败', untouched: '未动' },
};

export const search: Words['search'] = {
  ask: '搜索它们的输出…',
  title: (n) => `搜索 ${n0(n)} 个进程的输出`,
  close: '返回列表',
  what: '要查找的内容',
  matchCase: '区分大小写',
  regex: '正则表达式',
  since: '时间范围',
  ever: '全部保留内容',
  last: (span) => `最近 ${span}`,
  go: '搜索',
  lead: '搜索其全部已保存的输出，按到达时间合并。',
  found: (n) => `${n0(n)} 处匹配`,
  badPattern: (why) => `表达式无效：${why}`,
};
