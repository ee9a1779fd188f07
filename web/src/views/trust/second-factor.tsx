/** The second factor: turned on with a code that proves the app has the secret, turned off with one that proves it is you. */
import { useState } from 'react';
import type { TotpReply } from '../../../../protocol/trust-http';
import { beginTotp, confirmTotp, endTotp } from '../../link/people';
import { useApp } from '../../parts/app-context';
import { CopyButton } from '../../parts/copy-button';
import { FormDialog } from '../../parts/form-dialog';
import { Problem } from '../../parts/problem';
import { QrCode } from '../../parts/qr-code';
import { TextInput } from '../../parts/text-input';
import { useDoing } from '../../parts/use-doing';
import { useWords } from '../../parts/use-words';

type Asked = { readonly kind: 'nothing' | 'end' } | { readonly kind: 'confirm'; readonly reply: TotpReply };

export function SecondFactor({ isOn }: { isOn: boolean }) {
  const { account } = useWords();
  const [asked, setAsked] = useState<Asked>({ kind: 'nothing' });
  const beginning = useDoing();
  const close = () => setAsked({ kind: 'nothing' });
  const begin = () => void beginning.run(async () => setAsked({ kind: 'confirm', reply: await beginTotp() }));
  return (
    <section className="box">
      <div className="box-head">
        <h2>{account.totp}</h2>
        <button
          type="button"
          className="button"
          disabled={beginning.busy}
          onClick={isOn ? () => setAsked({ kind: 'end' }) : begin}
        >
          {isOn ? account.totpEnd : account.totpBegin}
        </button>
      </div>
      <p>{isOn ? account.totpOn : account.totpOff}</p>
      <Problem why={beginning.problem} />
      {asked.kind === 'confirm' && <Begun reply={asked.reply} onClose={close} />}
      {asked.kind === 'end' && <CodeDialog isOn={false} onClose={close} />}
    </section>
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
