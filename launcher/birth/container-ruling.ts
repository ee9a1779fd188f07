/**
 * The rules of the machine's owner, applied to a container. Whoever may talk to the engine may do anything on the machine,
 * and the launcher may: so under rules there is no container unless they allow one, and of the machine it sees what they list.
 */
import { globMatches } from '../../protocol/glob';
import type { ContainerSpec } from '../../protocol/container-spec';
import { refusal, type Refusal, type RuleKey, type Rules } from '../core/rules';
import { isWithin } from '../core/rules-paths';
import { findUser } from './accounts';
import { realPath } from './real-path';

export type ContainerRuling =
  | {
      readonly kind: 'allowed';
      /** Its mounts without links, so that none is changed in between. */ readonly value: ContainerSpec;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export function rulingOnContainer(rules: Rules, container: ContainerSpec): ContainerRuling {
  const not = (field: string, rule: RuleKey, what: string, otherwise: string): ContainerRuling => ({
    kind: 'refused',
    refusal: refusal(field, rules, rule, what, otherwise),
  });
  const { isAllowed, images, mounts, hostNetwork } = rules.containers;
  const { image, network } = container;
  if (!isAllowed) return not('container', 'allow_containers', 'it is a container', 'run it without one');
  if (images !== null && !images.some((glob) => globMatches(glob, image)))
    return not(
      'container.image',
      'allowed_images',
      `its image is ${image}, which is not on the list`,
      'use one that is',
    );
  if (network === 'host' && !hostNetwork)
    return not(
      'container.network',
      'allow_host_network',
      "it would be in the machine's own network",
      'use bridge or none',
    );
  const user = userAgainst(rules, container.user);
  if (user !== null)
    return not('container.user', 'allowed_users', user, `use the number of one of ${rules.users?.join(', ')}`);
  const roots = mounts.map((directory) => realPath(directory) ?? directory);
  const volumes: ContainerSpec['volumes'] = [];
  for (const volume of container.volumes) {
    const source = volume.source.startsWith('/') ? realPath(volume.source) : volume.source;
    if (source === null || (source.startsWith('/') && !roots.some((root) => isWithin(source, root)))) {
      const what = `it would see ${source ?? `${volume.source}, which is not there`}`;
      const listed = mounts.length === 0 ? 'no directory of the machine is listed' : `listed are ${mounts.join(', ')}`;
      return not('container.volumes', 'allowed_mounts', `${what}; ${listed}`, 'leave it out');
    }
    volumes.push({ ...volume, source });
  }
  return { kind: 'allowed', value: { ...container, volumes } };
}

/** By number, for names are the image's own. A clause; null = nothing is against it. */
function userAgainst({ users }: Rules, user: string | null): string | null {
  if (users === null) return null;
  if (user === null) return "it would run as its image's own user";
  const [uid = '', gid] = user.split(':');
  if (!/^\d+$/.test(uid)) return `it would run as ${uid}, a name that only its image knows`;
  const listed = users.map((name) => findUser(name)?.uid ?? (/^\d+$/.test(name) ? Number(name) : null));
  if (!listed.includes(Number(uid))) return `it would run as ${uid}`;
  return gid === undefined || Number(gid) === findUser(uid)?.gid
    ? null
    : `it would run with group ${gid}, which is not that user's own`;
}
