/** What is asked of processes, what is confirmed first, and what came of it. */
import type { Words } from '../en';
import { n0 } from './number';

export const verbs: Words['verbs'] = {
  start: '启动',
  stop: '停止',
  restart: '重启',
  kill: '强制结束',
  disable: '禁用',
  enable: '启用',
};

export const requested: Words['requested'] = {
  start: '已请求启动',
  stop: '已请求停止',
  restart: '已请求重启',
  kill: '已请求强制结束',
  disable: '已请求禁用',
  enable: '已请求启用',
};

export const confirm: Words['confirm'] = {
  title: {
    start: (n) => `启动 ${n0(n)} 个进程？`,
    stop: (n) => `停止 ${n0(n)} 个进程？`,
    restart: (n) => `重启 ${n0(n)} 个进程？`,
    kill: (n) => `强制结束 ${n0(n)} 个进程？`,
  },
  button: {
    start: (n) => `启动 ${n} 个`,
    stop: (n) => `停止 ${n} 个`,
    restart: (n) => `重启 ${n} 个`,
    kill: (n) => `强制结束 ${n} 个`,
  },
  ends: (n) => `将结束 ${n0(n)} 个正在运行的进程。`,
  endsNone: '不会结束任何正在运行的进程。',
  kill: '立即向整个进程树发送 SIGKILL：无法保存任何数据，也不会执行任何清理。',
  effects: {
    ends: '将被结束',
    replaces: '将被结束并重新启动',
    starts: '将被启动',
    'calls-off': '取消即将进行的重启',
    nothing: '已是该状态，不做任何事',
    queued: '节点未连接；命令会等待它',
    forbidden: '您无权操作；将被拒绝',
  },
  list: '受影响的进程',
  cancel: '取消',
};

export const results: Words['results'] = {
  region: '命令结果',
  dismiss: '关闭',
  one: {
    start: (name) => `${name}：已启动`,
    stop: (name) => `${name}：已停止`,
    restart: (name) => `${name}：已重启`,
    kill: (name) => `${name}：已强制结束`,
    disable: (name) => `${name}：已禁用`,
    enable: (name) => `${name}：已启用`,
  },
  failed: {
    start: (name) => `${name} 未能启动`,
    stop: (name) => `${name} 未能停止`,
    restart: (name) => `${name} 未能重启`,
    kill: (name) => `${name} 未能强制结束`,
    disable: (name) => `${name} 未能禁用`,
    enable: (name) => `${name} 未能启用`,
  },
  queued: (name) => `${name}：等待节点连接`,
  many: {
    start: (ok, all) => `已启动 ${ok} / ${all}`,
    stop: (ok, all) => `已停止 ${ok} / ${all}`,
    restart: (ok, all) => `已重启 ${ok} / ${all}`,
    kill: (ok, all) => `已强制结束 ${ok} / ${all}`,
    disable: (ok, all) => `已禁用 ${ok} / ${all}`,
    enable: (ok, all) => `已启用 ${ok} / ${all}`,
  },
  more: (n) => `还有 ${n0(n)} 项`,
  copied: '已复制',
  notCopied: '无法复制；请选中文本手动复制。',
};

export const certificate: Words['certificate'] = {
  title: '上次停止',
  none: '尚未停止过任何进程。',
  signal: (signal, after) => `${signal} ${after}`,
  seen: (n) => `共发现 ${n} 个`,
  gone: (after) => `${after} 全部结束`,
  left: (n) => `未能停止：仍有 ${n} 个进程`,
  by: { cgroup: '经 cgroup 验证', 'proc-scan': '经 /proc 扫描验证', 'pid-list': '仅按 pid 检查' },
  process: '进程',
  goneAfter: '结束于',
  stillThere: '仍然存在',
  signals: '信号',
  to: (signal, whom, after) => `${after} 向 ${whom} 发送 ${signal}`,
};
