/** The second factor: begun with the password, turned on with a code that proves the app has the secret, turned off with one that proves it is you. */
import { useState } from 'react';
import type { TotpReply } from '../../../../protocol/trust-http';
import { beginTotp, confirmTotp, endTotp } from '../../link/people';
import { useApp } from '../../parts/app-context';
import { CopyButton } from '../../parts/copy-button';
import { FormDialog } from '../../parts/form-dialog';
import { QrCode } from '../../parts/qr-code';
import { TextInput } from '../../parts/text-input';
import { useDoing } from '../../parts/use-doing';
import { useWords } from '../../parts/use-words';
import { OwnPassword } from './own-password';

type Asked = { readonly kind: 'nothing' | 'begin' | 'end' } | { readonly kind: 'confirm'; readonly reply: TotpReply };

export function SecondFactor({ isOn }: { isOn: boolean }) {
  const { account } = useWords();
  const [asked, setAsked] = useState<Asked>({ kind: 'nothing' });
  const close = () => setAsked({ kind: 'nothing' });
  return (
    <section className="box">
      <div className="box-head">
        <h2>{account.totp}</h2>
        <button type="button" className="button" onClick={() => setAsked({ kind: isOn ? 'end' : 'begin' })}>
          {isOn ? account.totpEnd : account.totpBegin}
        </button>
      </div>
      <p>{isOn ? account.totpOn : account.totpOff}</p>
      {asked.kind === 'begin' && (
        <PasswordDialog onProven={(reply) => setAsked({ kind: 'confirm', reply })} onClose={close} />
      )}
      {asked.kind === 'confirm' && <Begun reply={asked.reply} onClose={close} />}
      {asked.kind === 'end' && <CodeDialog isOn={false} onClose={close} />}
    </section>
  );
}

function PasswordDialog({ onProven, onClose }: { onProven: (reply: TotpReply) => void; onClose: () => void }) {
  const { account } = useWords();
  const [current, setCurrent] = useState('');
  const doing = useDoing();
  return (
    <FormDialog
      title={account.totp}
      button={account.totpNext}
      disabled={current === ''}
      doing={doing}
      onSubmit={() => void doing.run(async () => onProven(await beginTotp(current)))}
      onClose={onClose}
    >
      <OwnPassword value={current} isFirst onText={setCurrent} />
    </FormDialog>
  );
}

function Begun({ reply, onClose }: { reply: TotpReply; onClose: () => void }) {
  const { account } = useWords();
  return (
    <CodeDialog isOn onClose={onClose}>
      <p>{account.totpLead}</p>
      {reply.uri !== null && <QrCode text={reply.uri} label={account.totpScan} />}
      {[
        [account.totpSecret, reply.secret],
        [account.totpUri, reply.uri],
      ].map(
        ([label, text]) =>
          text != null && (
            <div key={label} className="join-line">
              <pre tabIndex={0} aria-label={label ?? ''}>
                <code>{text}</code>
              </pre>
              <CopyButton text={text} label={label ?? ''} plain />
            </div>
          ),
      )}
    </CodeDialog>
  );
}

function CodeDialog({ isOn, onClose, children }: { isOn: boolean; onClose: () => void; children?: React.ReactNode }) {
  const { account } = useWords();
  const { commander, session } = useApp();
  const [code, setCode] = useState('');
  const doing = useDoing();
  const submit = async () => {
    const given = code.replaceAll(' ', '');
    if (!(await doing.run(() => (isOn ? confirmTotp(given) : endTotp(given))))) return;
    onClose();
    commander.say({ tone: 'ok', title: account.totpDone(isOn), lines: [] });
    void session.refresh();
  };
  return (
    <FormDialog
      title={account.totp}
      lead={isOn ? undefined : account.totpEndLead}
      button={isOn ? account.totpConfirm : account.totpEndConfirm}
      disabled={code === ''}
      doing={doing}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {children}
      <TextInput
        label={account.totpCode}
        value={code}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={7}
        isFirst
        onText={setCode}
      />
    </FormDialog>
  );
}
