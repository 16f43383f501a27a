import { Paginator } from './paginator';

/** One request is the whole source. */
export const singlePage: Paginator = {
  capture: [],
  request: (base) => base,
  next: () => undefined,
};
