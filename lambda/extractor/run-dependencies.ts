import { SecretReader, TokenCache } from './auth';
import { OpenBucket } from './contract';
import { Meter } from './metrics';
import { Redactor } from './redact';
import { LakeStore } from './store';

/** What a run takes from its surroundings. */
export interface RunDependencies {
  readonly store: LakeStore;
  /** Opens a bucket of deployed assets. */
  readonly openBucket: OpenBucket;
  readonly secrets: SecretReader;
  /** @default - tokens last as long as the run */
  readonly tokens?: TokenCache;
  readonly redactor: Redactor;
  /** @default - nothing is counted */
  readonly meter?: Meter;
  /** Names this process to others that find the source busy. */
  readonly holder: string;
  /** Time until the process is killed. */
  remainingMs(): number;
  log(message: string, fields?: Record<string, unknown>): void;
}
