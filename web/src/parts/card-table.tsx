/** A table that is a list of cards where there is no room for columns. */
import type { ReactNode } from 'react';

export interface Column<Row> {
  /** '' = none is needed: a button, a menu. */
  readonly title: string;
  readonly className?: 'num' | 'time' | 'word' | 'narrow';
  readonly cell: (row: Row) => ReactNode;
}
interface Props<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  /** The first one says which row it is: on a card it stands above the others, without its title. */
  readonly columns: readonly Column<Row>[];
  /** Shown as what is there and does not count. */
  readonly isOff?: (row: Row) => boolean;
}

export function CardTable<Row extends { readonly id: string }>({ label, rows, columns, isOff }: Props<Row>) {
  return (
    <div className="plain-table-box">
      <table className="plain-table card-table" aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ title, className }) => (
              <th key={title} className={className}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} data-off={isOff?.(row) || undefined}>
              {columns.map(({ title, className, cell }, at) => (
                <td key={title} className={className} data-label={(at > 0 && title) || undefined}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
