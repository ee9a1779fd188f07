/** Views that are fetched when they are first looked at: the table must not wait for charts and forms. */
import type { ComponentProps } from 'react';
import { later } from '../parts/later';
import type { UsageView as Charts } from './usage/usage-view';

export const UsageView = later<ComponentProps<typeof Charts>>(
  async () => (await import('./usage/usage-view')).UsageView,
);
export const DefinitionsPage = later(async () => (await import('./definitions/definitions-page')).DefinitionsPage);
export const JobsPage = later(async () => (await import('./jobs/jobs-page')).JobsPage);
export const WorkersPage = later(async () => (await import('./trust/workers-page')).WorkersPage);
export const UsersPage = later(async () => (await import('./trust/users-page')).UsersPage);
export const AuditPage = later(async () => (await import('./trust/audit-page')).AuditPage);
export const AccountPage = later(async () => (await import('./trust/account-page')).AccountPage);
