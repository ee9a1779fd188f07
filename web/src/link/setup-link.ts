/** The one-time link of a first start: `?setup=TOKEN`. It leaves the address bar before anything is drawn. */
export function takeSetupToken(): string | null {
  const url = new URL(location.href);
  const token = url.searchParams.get('setup');
  if (token === null) return null;
  url.searchParams.delete('setup');
  history.replaceState(null, '', url);
  return token;
}
