/** One process, defined or changed by filling a form. What it would change is shown before it is applied. */
import { useEffect, useState } from 'react';
import { readDefinition, readSet, type DefinitionReply } from '../../link/definitions';
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { PageTitle } from '../../parts/page-title';
import { Problem } from '../../parts/problem';
import { useWords } from '../../parts/use-words';
import { problemsByField } from '../../state/form-problems';
import { EMPTY_FORM, formOf, wordsOf, type ProcessForm } from '../../state/process-form';
import { setWith, type Edited } from '../../state/set-with';
import { BackLink } from './back-link';
import { ChangePanel } from './change-panel';
import { FormFields } from './form-fields';
import { useChange } from './use-change';
import { sentenceOf } from '../../../../protocol/sentence-of';

/** @param processKey null = a new one */
export function ProcessFormPage({ processKey }: { processKey: string | null }) {
  const { definitions } = useWords();
  const { ui } = useApp();
  const begun = useBegin(processKey);
  return (
    <div className="page">
      <BackLink onBack={() => go(ui, { editing: null })} />
      <PageTitle>{processKey === null ? definitions.create : definitions.editOne(processKey)}</PageTitle>
      <Problem why={begun.problem} />
      {begun.form !== null &&
        (processKey !== null && begun.present?.version == null ? (
          <p>{definitions.launchersOwn}</p>
        ) : (
          <Form form={begun.form} present={begun.present} />
        ))}
    </div>
  );
}

interface Begun {
  readonly form: ProcessForm | null;
  readonly present: DefinitionReply | null;
  readonly problem: string | null;
}

function useBegin(processKey: string | null): Begun {
  const [begun, setBegun] = useState<Begun>({
    form: processKey === null ? EMPTY_FORM : null,
    present: null,
    problem: null,
  });
  useEffect(() => {
    if (processKey === null) return;
    let wanted = true;
    readDefinition(processKey).then(
      (present) =>
        wanted &&
        setBegun({ form: formOf(present.process, present.set ?? setNameOf(present)), present, problem: null }),
      (error: unknown) => wanted && setBegun({ form: null, present: null, problem: sentenceOf(error) }),
    );
    return () => {
      wanted = false;
    };
  }, [processKey]);
  return begun;
}

/** One that was given by itself becomes a set of its own. */
const setNameOf = ({ process }: DefinitionReply): string => String(process['name']);

function Form({ form: begin, present }: { form: ProcessForm; present: DefinitionReply | null }) {
  const { definitions } = useWords();
  const [form, setForm] = useState(begin);
  const [edited, setEdited] = useState<Edited | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const steps = useChange();
  const { change } = steps;
  const set = form.set.trim() === '' ? form.texts.name.trim() : form.set.trim();
  const problems = problemsByField(change.kind === 'refused' ? change.problems : [], edited?.entry ?? 0);

  const planIt = () => {
    setProblem(null);
    // The others of its set go along as they are now: a document without them would remove them.
    readSet(set === '' ? '-' : set).then(
      (now) => {
        const next = setWith({ ...now, set }, present?.process ?? null, wordsOf(form));
        setEdited(next);
        steps.planOf(JSON.stringify(next.document));
      },
      (error: unknown) => setProblem(sentenceOf(error)),
    );
  };
  return (
    <form
      className="process-form"
      onSubmit={(event) => {
        event.preventDefault();
        planIt();
      }}
    >
      <FormFields
        form={form}
        problems={problems}
        isNew={present === null}
        onChange={(next) => {
          setForm(next);
          steps.writeOn();
        }}
      />
      <Problem why={problem} />
      <p className="hint">{definitions.setGoesAlong(set === '' ? '…' : set)}</p>
      <ChangePanel steps={steps} onPlan={planIt} />
    </form>
  );
}
