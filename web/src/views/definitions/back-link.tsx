import { Icon } from '../../parts/icon';
import { useWords } from '../../parts/use-words';

export function BackLink({ onBack }: { onBack: () => void }) {
  const { definitions } = useWords();
  return (
    <button type="button" className="link back-link" onClick={onBack}>
      <Icon name="back" />
      {definitions.title}
    </button>
  );
}
