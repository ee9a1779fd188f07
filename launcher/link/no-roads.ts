/** Of a launcher that has no manager: nobody is asked, and nothing is carried. */
import type { Roads } from './roads';

export const NO_ROADS: Roads = {
  address: {
    url: '',
    post: () => Promise.reject(new Error('this launcher has no manager')),
    close: () => {},
  },
  carrierTo: () => ({
    open: () => {},
    settled: () => {},
    drop: () => {},
    say: () => {},
    ask: () => Promise.reject(new Error('this launcher has no manager')),
    close: () => {},
  }),
};
