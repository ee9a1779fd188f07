/* global document, localStorage */
// Before the first paint, so that a page kept dark does not flash white. A file of its own: inline scripts are refused.
try {
  const theme = JSON.parse(localStorage.getItem('procguard.settings') ?? '{}').theme;
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is closed or holds something else: the system's choice stands.
}
