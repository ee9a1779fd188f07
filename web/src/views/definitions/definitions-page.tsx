/** What the manager gave: sets of processes and single ones, to change, and new ones to define. */
import { useBefore } from '../../parts/use-before';
import { useUi } from '../../parts/use-store';
import { DefinitionList } from './definition-list';
import { DocumentPage } from './document-page';
import { ProcessFormPage } from './process-form-page';

export function DefinitionsPage() {
  const editing = useUi((state) => state.route.editing);
  const before = useBefore(editing);
  if (editing === null) return <DefinitionList closed={before} />;
  if (editing === 'document') return <DocumentPage key="" set={null} />;
  if (editing.startsWith('set:')) return <DocumentPage key={editing} set={editing.slice('set:'.length)} />;
  return <ProcessFormPage key={editing} processKey={editing === 'new' ? null : editing} />;
}
