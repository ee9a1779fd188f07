/** A page with one question on it. */
import type { ReactNode } from 'react';
import { SettingsMenu } from '../settings-menu';
import { BrandMark } from '../brand-mark';

interface Props {
  /** Null = there is nothing to answer yet. */
  readonly title: string | null;
  readonly lead: string;
  readonly children?: ReactNode;
}

export function EntranceFrame({ title, lead, children }: Props) {
  return (
    <main className="entrance">
      <div className="entrance-tools">
        <SettingsMenu />
      </div>
      <section className="entrance-card">
        <p className="entrance-brand">
          <BrandMark />
          <span>ProcGuard</span>
        </p>
        {title !== null && <h1>{title}</h1>}
        <p className="entrance-lead" role={title === null ? 'status' : undefined}>
          {lead}
        </p>
        {children}
      </section>
    </main>
  );
}
