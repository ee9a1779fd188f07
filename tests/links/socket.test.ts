import { holdToTheRules } from './conformance';
import { socketLink } from './socket-address';

holdToTheRules(socketLink);
