/**
 * Keeps the launcher small: it is one per machine, idle nearly always, and beside the user's work. Imported first, because
 * the flags count from when they are set.
 *
 * Measured, RSS idle / with 50 children: 64 / 98 MB without, 58 / 65 MB with. The output path loses nothing, its bytes are not
 * on this heap.
 */
import { setFlagsFromString } from 'node:v8';

/** The young generation stays at its first size: short-lived garbage is collected sooner instead of kept. */
setFlagsFromString('--semi-space-growth-factor=1');
/** Nothing here is hot enough to be worth the optimizing compiler's own 4 MB. */
setFlagsFromString('--no-opt');
