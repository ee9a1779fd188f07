/** The address bar and the route, kept the same. A new place is a step of the back button, a new look is not. */
import { isAnotherPlace, parseRoute, routeAfter, routeSearch, type Route } from '../state/route';
import type { Store } from '../state/store';
import type { Ui } from '../state/ui';

export function go(ui: Store<Ui>, change: Partial<Route>): void {
  const before = ui.get().route;
  const route = routeAfter(before, change);
  const address = hrefOf(route);
  if (isAnotherPlace(before, route)) history.pushState(null, '', address);
  else history.replaceState(null, '', address);
  ui.set((state) => ({ ...state, route }));
}

export const hrefOf = (route: Route): string => `${location.pathname}${routeSearch(route)}`;

export function followAddressBar(ui: Store<Ui>): void {
  addEventListener('popstate', () => ui.set((state) => ({ ...state, route: parseRoute(location.search) })));
}
