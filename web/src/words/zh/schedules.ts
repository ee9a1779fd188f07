/** 定时计划：按日历提交的作业。 */
import type { Words } from '../en';

const n0 = (n: number): string => n.toLocaleString('zh-CN');

export const schedules: Words['schedules'] = {
  label: '定时计划，按名称',
  reading: '读取中…',
  none: '还没有定时计划。',
  noneLead: '定时计划按 cron 表达式的时间提交作业。在命令行中：',
  name: '定时计划',
  state: '状态',
  states: { active: '启用', paused: '已暂停', over: '已到期' },
  when: '时间',
  next: '下一次',
  inSpan: (span) => `${span}后`,
  last: '最近的作业',
  lastFor: (time) => `对应 ${time}`,
  left: (time, why) => `${time} 没有提交：${why}`,
  counts: '至今',
  submitted: (n) => `已提交 ${n0(n)} 次`,
  skipped: (n) => `跳过 ${n0(n)} 次`,
  missed: (n) => `错过 ${n0(n)} 次`,
  jobs: (name) => `${name} 的作业`,
  run: (name) => `立即运行 ${name}`,
  ran: (name) => `${name}：已提交作业`,
  pause: (name) => `暂停 ${name}`,
  paused: (name) => `${name}：已暂停`,
  resume: (name) => `恢复 ${name}`,
  resumed: (name) => `${name}：将从下一次继续`,
};
