/** Which of a process's streams is shown. */
export const OUTPUT_STREAMS = ['stdout', 'stderr'] as const;
/** `both`: merged by the time of arrival. */
export const LOG_CHOICES = ['both', ...OUTPUT_STREAMS] as const;
export type LogChoice = (typeof LOG_CHOICES)[number];
