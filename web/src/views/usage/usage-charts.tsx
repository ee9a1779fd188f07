/** One chart for each figure that an answer about usage has, or why there is none. */
import type { UsageReply } from '../../../../protocol/http';
import { Problem } from '../../parts/problem';
import type { Answer } from '../../parts/use-answer';
import { useWords } from '../../parts/use-words';
import { chartData } from '../../state/chart-data';
import { FIGURES, type Figure } from '../../state/usage-ranges';
import type { Sample } from '../../state/usage-ring';
import { UsageChart } from './usage-chart';

interface Props {
  readonly answer: Answer<UsageReply>;
  /** Said where nothing was measured. */
  readonly none: string;
  /** From when until when it is drawn. */
  readonly spanMs: (reply: UsageReply) => readonly [number, number];
  /** What is newer than the answer. */
  readonly samples?: (figure: Figure) => readonly Sample[];
}

export function UsageCharts({ answer, none, spanMs, samples = () => [] }: Props) {
  const { usage } = useWords();
  if (answer.kind === 'waiting') return <p className="hint">{usage.asking}</p>;
  if (answer.kind === 'failed') return <Problem why={answer.why} />;
  const reply = answer.value;
  const [fromMs, untilMs] = spanMs(reply);
  const shown = FIGURES.filter((figure) => reply.figures[figure]?.mean.some((value) => value !== null));
  if (shown.length === 0) return <p className="table-empty">{none}</p>;
  return (
    <div className="charts">
      {shown.map((figure) => (
        <UsageChart
          key={figure}
          figure={figure}
          data={chartData(reply, figure, samples(figure))}
          fromMs={fromMs}
          untilMs={untilMs}
          withPeak={reply.step_ms > 1000}
        />
      ))}
    </div>
  );
}
