import { useId, useState } from 'react';
import { pageUrl } from '../../link/address';
import { CopyButton } from '../../parts/copy-button';
import { useFleet } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { isWorkerId, joinCommand } from '../../state/join-command';

/** The copyable line that brings a machine in. */
export function JoinForm() {
  const { join } = useWords();
  const configured = useFleet((fleet) => fleet.manager?.url ?? null);
  const [workerId, setWorkerId] = useState('worker-1');
  const [command, setCommand] = useState('python train.py');
  const idHint = useId();
  const managerUrl = configured ?? pageUrl();
  const good = isWorkerId(workerId);
  const line = joinCommand({ workerId, managerUrl, command });
  const loopback = /^https?:\/\/(localhost|127\.|\[::1\])/.test(managerUrl);
  return (
    <form className="join" onSubmit={(event) => event.preventDefault()}>
      <div className="join-fields">
        <label className="field">
          <span>{join.id}</span>
          <input
            value={workerId}
            spellCheck={false}
            autoComplete="off"
            aria-invalid={!good}
            aria-describedby={idHint}
            onChange={(event) => setWorkerId(event.target.value)}
          />
          <small id={idHint} data-bad={!good || undefined}>
            {good ? join.idHint : join.idBad}
          </small>
        </label>
        <label className="field field-wide">
          <span>{join.command}</span>
          <input
            value={command}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setCommand(event.target.value)}
          />
          <small>{join.commandHint}</small>
        </label>
      </div>
      <div className="join-line">
        <pre tabIndex={0} aria-label={join.line}>
          <code>{line}</code>
        </pre>
        <CopyButton text={line} label={join.copy} />
      </div>
      {loopback && <p className="hint">{join.loopback}</p>}
    </form>
  );
}
