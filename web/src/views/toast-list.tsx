import { useApp } from '../parts/app-context';
import { Icon } from '../parts/icon';
import { Said } from '../parts/said';
import { useUi } from '../parts/use-store';
import { useWords } from '../parts/use-words';

export function ToastList() {
  const words = useWords();
  const { commander } = useApp();
  const toasts = useUi((ui) => ui.toasts);
  return (
    <section className="toasts" role="log" aria-live="polite" aria-label={words.results.region}>
      {toasts.map((toast) => (
        <div key={toast.id} className="toast" data-tone={toast.tone}>
          <span className="toast-mark">
            <Icon name={toast.tone === 'bad' ? 'kill' : 'check'} />
          </span>
          <div className="toast-text">
            <strong>{toast.title}</strong>
            {toast.lines.map((line, at) => (
              <p key={at}>
                <Said text={line} />
              </p>
            ))}
          </div>
          <button
            type="button"
            className="icon-button"
            aria-label={words.results.dismiss}
            onClick={() => commander.dismiss(toast.id)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </section>
  );
}
