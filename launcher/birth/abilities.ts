/** What this launcher may give its children in limits. */
import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import type { Abilities } from '../core/limit-plan';
import { readCapabilities } from './capabilities';
import type { ControllerPlaces } from './controllers';

/** @param places null = cgroups are not to be used (`--tree`) */
export function readAbilities(places: ControllerPlaces | null): Abilities {
  const capabilities = readCapabilities();
  const openFilesMax = hardLimitOf('Max open files');
  const oomScore = readText('/proc/self/oom_score_adj');
  return {
    controllers: new Set(places?.keys()),
    cgroupsAreUsed: places !== null,
    openFilesMax: capabilities.resource ? null : openFilesMax,
    nice: { own: getPriority(), mayLower: capabilities.nice },
    oomScore: oomScore === '' ? null : { own: Number(oomScore), mayLower: capabilities.resource },
  };
}

/** Null = unlimited, or not known. */
function hardLimitOf(name: string): number | null {
  const [, hard] = new RegExp(`^${name}\\s+\\S+\\s+(\\S+)`, 'm').exec(readText('/proc/self/limits')) ?? [];
  return hard === undefined || hard === 'unlimited' ? null : Number(hard);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
