import { useApp } from '../parts/app-context';
import { Dialog } from '../parts/dialog';
import { useWords } from '../parts/use-words';

export function KeysDialog() {
  const { ui } = useApp();
  const { keys } = useWords();
  const close = () => ui.set((state) => ({ ...state, dialog: { kind: 'none' } }));
  const lines: [string, string][] = [
    ['j k', keys.move],
    ['x', keys.select],
    ['Enter', keys.open],
    ['l', keys.log],
    ['a', keys.start],
    ['s', keys.stop],
    ['r', keys.restart],
    ['/', keys.filter],
    ['G', keys.follow],
    ['g w', keys.fleet],
    ['g d', keys.definitions],
    ['g e', keys.events],
    ['g r', keys.recovery],
    ['g o', keys.workers],
    ['g j', keys.join],
    ['g u', keys.users],
    ['g b', keys.jobs],
    ['g a', keys.audit],
    ['g t', keys.account],
    ['Esc', keys.close],
    ['?', keys.help],
  ];
  return (
    <Dialog title={keys.title} onClose={close}>
      <dl className="keys-list">
        {lines.map(([key, text]) => (
          <div key={key}>
            <dt>
              {key.split(' ').map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <div className="dialog-buttons">
        <button type="button" className="button" onClick={close} data-first>
          {keys.dismiss}
        </button>
      </div>
    </Dialog>
  );
}
