import { useEffect, useState } from 'react';
import { useApp } from './app-context';
import { Icon } from './icon';
import { useWords } from './use-words';

/** Copies, and says so on itself. Where the browser refuses (no https, not local), a toast says what to do. */
export function CopyButton({ text, label, plain }: { text: string; label: string; plain?: boolean }) {
  const words = useWords();
  const { commander } = useApp();
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 1600);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = () => {
    void writeClipboard(text).then((ok) =>
      ok ? setDone(true) : commander.say({ tone: 'bad', title: words.results.notCopied, lines: [] }),
    );
  };
  return (
    <button type="button" className={plain ? 'icon-button' : 'button'} aria-label={label} onClick={copy}>
      <Icon name={done ? 'check' : 'copy'} />
      {!plain && <span aria-live="polite">{done ? words.results.copied : label}</span>}
    </button>
  );
}

/** The clipboard API exists on https and localhost only; a LAN address falls back to the selection. */
async function writeClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'off-screen';
    document.body.append(area);
    area.select();
    const ok = document.execCommand('copy');
    area.remove();
    return ok;
  }
}
