import { LocalCrawlers } from './local-crawlers';
import { LocalCatalog } from '../catalog';

export interface GlueServices {
  readonly catalog: LocalCatalog;
  readonly crawlers: LocalCrawlers;
}

export type GlueInput = Readonly<Record<string, unknown>>;

/** One operation of Glue's API: what it takes, what it does. Times are ISO 8601. */
export interface GlueOperation {
  readonly required: readonly string[];
  readonly optional?: readonly string[];
  /** May be a promise. @throws GlueError */
  run(services: GlueServices, input: GlueInput): unknown;
}
