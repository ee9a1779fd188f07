/** No user is defined, and this browser is not on the manager's machine: only a link made there helps. */
import { CopyButton } from '../../parts/copy-button';
import { useWords } from '../../parts/use-words';
import { EntranceFrame } from './entrance-frame';

const LINE = './start_manager.sh --setup-link';

export function SetupNeeded() {
  const { setup, join } = useWords();
  return (
    <EntranceFrame title={setup.neededTitle} lead={setup.needed}>
      <div className="join-line">
        <pre tabIndex={0}>
          <code>{LINE}</code>
        </pre>
        <CopyButton text={LINE} label={join.copy} plain />
      </div>
    </EntranceFrame>
  );
}
