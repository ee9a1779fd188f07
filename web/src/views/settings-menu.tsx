/** Theme, language and the keyboard: the reader's own choices, also before a login. */
import { useApp } from '../parts/app-context';
import { Icon } from '../parts/icon';
import { Menu, MenuChoice, MenuItem, MenuLine } from '../parts/menu';
import { useSession, useSettings } from '../parts/use-store';
import { useWords, WORDS } from '../parts/use-words';
import { isLetIn } from '../state/session';
import { languageOf } from '../state/settings';

export function SettingsMenu() {
  const words = useWords();
  const { settings, ui } = useApp();
  const theme = useSettings((state) => state.theme);
  const language = useSettings((state) => languageOf(state, navigator.languages));
  const hasPages = useSession(isLetIn);
  const { header } = words;
  return (
    <Menu
      label={header.more}
      trigger={
        <button type="button" className="icon-button" aria-label={header.more}>
          <Icon name="settings" />
        </button>
      }
    >
      <MenuChoice
        label={header.theme}
        value={theme}
        choices={[
          ['system', header.themes.system],
          ['light', header.themes.light],
          ['dark', header.themes.dark],
        ]}
        onChoose={(chosen) => settings.set((state) => ({ ...state, theme: chosen }))}
      />
      <MenuLine />
      <MenuChoice
        label={header.language}
        value={language}
        choices={[
          ['en', WORDS.en.languageName],
          ['zh', WORDS.zh.languageName],
        ]}
        onChoose={(chosen) => settings.set((state) => ({ ...state, language: chosen }))}
      />
      {hasPages && (
        <>
          <MenuLine />
          <MenuItem icon="keys" keys="?" onSelect={() => ui.set((state) => ({ ...state, dialog: { kind: 'keys' } }))}>
            {header.keys}
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
