import { holdToTheRules } from './conformance';
import { zmqLink } from './zmq-address';

holdToTheRules(zmqLink());
