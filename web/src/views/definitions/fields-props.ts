/** What every group of fields gets. */
import type { ProcessForm } from '../../state/process-form';

export interface FieldsProps {
  readonly form: ProcessForm;
  /** By key of the document. */
  readonly problems: ReadonlyMap<string, string>;
  readonly onChange: (form: ProcessForm) => void;
}
