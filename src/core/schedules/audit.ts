/** What the audit is told of schedules: people's words. Their jobs are the clock's deeds. */
import type { AuditType } from '../../../protocol/audit';
import type { Asker } from '../../../protocol/trust';
import type { Decision } from '../commands';
import type { AuditRecord } from '../trust/words';
import type { ScheduleCommand } from './words';

type Deed = Omit<AuditRecord, 'result'>;

export function scheduleDeed(command: ScheduleCommand, { reply }: Decision): Deed | null {
  switch (command.kind) {
    case 'setSchedule': {
      const { name, cron, timeZone, overlap, catchUp, isEnabled } = command.schedule;
      const isNew = (reply as { isNew?: boolean }).isNew ?? command.mustBeNew;
      return deed(isNew ? 'schedule.created' : 'schedule.changed', command.by, name, isNew ? 'create' : 'change', {
        cron,
        time_zone: timeZone,
        overlap,
        catch_up: catchUp,
        enabled: isEnabled,
      });
    }
    case 'removeSchedule':
      return deed('schedule.removed', command.by, command.name, 'remove');
    case 'enableSchedule':
      return command.isEnabled
        ? deed('schedule.resumed', command.by, command.name, 'resume')
        : deed('schedule.paused', command.by, command.name, 'pause');
    case 'runSchedule':
      return deed('schedule.run', command.by, command.name, 'run', { job: (reply as { id?: string }).id ?? null });
    case 'fireSchedule':
      return null;
  }
}

const deed = (type: AuditType, actor: Asker, id: string, action: string, details: Deed['details'] = {}): Deed => ({
  type,
  actor,
  target: { type: 'schedule', id },
  action,
  details,
});
