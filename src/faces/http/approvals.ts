/** Launchers that nobody vouches for: who waits, and what an operator says to that. */
import { z } from 'zod';
import { ApplicantView, ApproveBody } from '../../../protocol/trust-http';
import { applicantView, applicantViews } from '../../core/trust/view';
import { newAccountId } from '../../trust/credentials';
import { route, type HttpParts, type Route } from './route';

export const approvalRoutes = ({ engine }: HttpParts): Route[] => [
  route({
    method: 'get',
    path: '/api/approvals',
    permission: 'admin.workers',
    summary: 'Launchers that wait for approval, and those that were rejected',
    reply: z.object({ applicants: z.array(ApplicantView) }),
    handle: () => ({ applicants: engine.read(applicantViews) }),
  }),
  route({
    method: 'post',
    path: '/api/approvals/:fingerprint/approve',
    permission: 'admin.workers',
    summary:
      'Let a launcher in, by its fingerprint, or by its worker id where only one asks for that; `labels` are laid over its own',
    body: ApproveBody,
    handle: async ({ params, body, by }) => {
      const account = await engine.submit({
        kind: 'approve',
        id: params.fingerprint ?? '',
        worker: body.worker_id ?? null,
        account: newAccountId(),
        labels: body.labels,
        by,
      });
      return { success: true, id: account.id, worker_id: account.worker };
    },
  }),
  route({
    method: 'post',
    path: '/api/approvals/:fingerprint/reject',
    permission: 'admin.workers',
    summary: 'Turn a launcher away. It may be approved still',
    body: z.object({}).loose(),
    handle: async ({ params, by }) => {
      const applicant = await engine.submit({ kind: 'reject', id: params.fingerprint ?? '', by });
      return { success: true, ...applicantView(applicant) };
    },
  }),
];
