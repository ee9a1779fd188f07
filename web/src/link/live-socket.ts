/** The page's one push connection (live.ts opens it). */
import type { Socket } from 'socket.io-client';
import type { BrowserToServer, ServerToBrowser } from '../../../protocol/live';

export type LiveSocket = Socket<ServerToBrowser, BrowserToServer>;
