/** The frame of every page: who we are, whether what is shown is still so, and where the reader is. */
import { useWords } from '../parts/use-words';
import { useClock, useUi } from '../parts/use-store';
import { ConfirmDialog } from './confirm-dialog';
import { DisableDialog } from './disable-dialog';
import { EventsPage } from './events/events-page';
import { FleetPage } from './fleet/fleet-page';
import { Header } from './header';
import { JoinPage } from './join/join-page';
import { KeysDialog } from './keys-dialog';
import { AccountPage, AuditPage, DefinitionsPage, JobsPage, UsersPage, WorkersPage } from './later';
import { Notices } from './notices';
import { RecoveryPage } from './recovery/recovery-page';
import { RollingDialog } from './rolling-dialog';
import { ToastList } from './toast-list';
import { useDocument } from './use-document';
import { useKeys } from './use-keys';

export function Shell() {
  const words = useWords();
  const view = useUi((ui) => ui.route.view);
  const dialog = useUi((ui) => ui.dialog);
  const stale = useClock(({ freshness }) => freshness.kind === 'stale');
  useDocument();
  useKeys();
  return (
    <div className="shell" data-stale={stale || undefined}>
      <a className="skip" href="#content">
        {words.nav.skip}
      </a>
      <Header />
      <Notices />
      <main id="content" className="main" tabIndex={-1}>
        {view === 'fleet' && <FleetPage />}
        {view === 'jobs' && <JobsPage />}
        {view === 'definitions' && <DefinitionsPage />}
        {view === 'events' && <EventsPage />}
        {view === 'recovery' && <RecoveryPage />}
        {view === 'workers' && <WorkersPage />}
        {view === 'join' && <JoinPage />}
        {view === 'users' && <UsersPage />}
        {view === 'audit' && <AuditPage />}
        {view === 'account' && <AccountPage />}
      </main>
      {dialog.kind === 'confirm' && <ConfirmDialog verb={dialog.verb} keys={dialog.keys} />}
      {dialog.kind === 'disable' && <DisableDialog keys={dialog.keys} />}
      {dialog.kind === 'rolling' && <RollingDialog keys={dialog.keys} />}
      {dialog.kind === 'keys' && <KeysDialog />}
      <ToastList />
    </div>
  );
}
