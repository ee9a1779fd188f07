/** What a person's browser remembers. */
export interface Settings {
  readonly theme: 'system' | 'light' | 'dark';
  /** Null = as the browser asks. */
  readonly language: 'en' | 'zh' | null;
  readonly wrap: boolean;
  readonly searchRegex: boolean;
}
export const DEFAULT_SETTINGS: Settings = {
  theme: 'system',
  language: null,
  wrap: false,
  searchRegex: false,
};

/** A broken or older entry gives what of it makes sense. */
export function parseSettings(text: string | null): Settings {
  let stored: Record<string, unknown> = {};
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    if (typeof value === 'object' && value !== null) stored = value as Record<string, unknown>;
  } catch {
    return DEFAULT_SETTINGS;
  }
  const flag = (value: unknown, otherwise: boolean) => (typeof value === 'boolean' ? value : otherwise);
  return {
    theme: stored.theme === 'light' || stored.theme === 'dark' ? stored.theme : 'system',
    language: stored.language === 'en' || stored.language === 'zh' ? stored.language : null,
    wrap: flag(stored.wrap, DEFAULT_SETTINGS.wrap),
    searchRegex: flag(stored.searchRegex, DEFAULT_SETTINGS.searchRegex),
  };
}

/** @param asked the browser's languages, best first */
export const languageOf = (settings: Settings, asked: readonly string[]): 'en' | 'zh' => {
  if (settings.language !== null) return settings.language;
  const first = asked.find((tag) => /^(en|zh)\b/i.test(tag));
  return first?.toLowerCase().startsWith('zh') ? 'zh' : 'en';
};
