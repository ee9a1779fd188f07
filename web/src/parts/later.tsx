/** A view that is fetched when it is first looked at. */
import { lazy, Suspense, type ComponentType } from 'react';
import { useWords } from './use-words';

export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const View = lazy(async () => ({ default: await load() })) as unknown as ComponentType<P>;
  return function Later(props: P) {
    const { log } = useWords();
    return (
      <Suspense fallback={<p className="table-empty">{log.loading}</p>}>
        <View {...props} />
      </Suspense>
    );
  };
}
