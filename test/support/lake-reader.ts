import { gunzipSync } from 'node:zlib';
import {
  quarantinePrefix, rawPrefix, RunResult, runResultPrefix, RUNS_PREFIX, seqOfPart, SourceState,
  sourceStagingPrefix, STAGING_PREFIX, stateKey, STATE_PREFIX,
} from '../../src/spec';

/** What the checker reads of a lake. */
export interface LakeFiles {
  keys(prefix: string): string[];
  read(key: string): Buffer;
}

/** An object of the table, or of the quarantine. */
export interface RawPart {
  readonly key: string;
  readonly seq: number;
  readonly runId: string;
  readonly lines: readonly string[];
  readonly body: Buffer;
}

export interface StagedCheckpoint {
  readonly key: string;
  readonly counts: { readonly records: number; readonly pages: number; readonly quarantined: number };
  readonly parts: readonly { readonly key: string; readonly records: number; readonly kind?: 'quarantine' }[];
}

/** A source's objects in a lake, taken apart. */
export class LakeReader {
  constructor(private readonly lake: LakeFiles, private readonly source: string) {}

  state(): SourceState | undefined {
    return this.json<SourceState>(stateKey(this.source));
  }

  rawParts(): RawPart[] {
    return this.partsBelow(rawPrefix(this.source));
  }

  /** What the contract turned away. */
  quarantineParts(): RawPart[] {
    return this.partsBelow(quarantinePrefix(this.source));
  }

  private partsBelow(prefix: string): RawPart[] {
    return this.lake.keys(prefix).map((key) => {
      const body = this.lake.read(key);
      const name = key.slice(key.lastIndexOf('/') + 1);
      return { key, seq: seqOfPart(key) ?? NaN, runId: /^\d{10}-(.*)-\d{6}-\d{6}\.jsonl\.gz$/.exec(name)?.[1] ?? '', lines: linesOf(body), body };
    });
  }

  stagedLines(key: string): string[] | undefined {
    const body = this.tryRead(key);
    return body && linesOf(body);
  }

  checkpoints(): StagedCheckpoint[] {
    return this.lake.keys(sourceStagingPrefix(this.source)).filter((key) => key.endsWith('.json'))
      .map((key) => ({ ...this.json<StagedCheckpoint>(key)!, key }));
  }

  stagedOf(runId: string): string[] {
    return this.lake.keys(`${sourceStagingPrefix(this.source)}${runId}`);
  }

  results(): Map<string, RunResult> {
    const prefix = runResultPrefix(this.source);
    return new Map(this.lake.keys(prefix).map((key) => [key.slice(prefix.length, -'.json'.length), this.json<RunResult>(key)!]));
  }

  /** Texts of the extractor's own: what the API sent is not among them. */
  ownTexts(): [place: string, text: string][] {
    const own = [STATE_PREFIX, RUNS_PREFIX, STAGING_PREFIX].flatMap((prefix) => this.lake.keys(prefix)).filter((key) => key.endsWith('.json'));
    return [...own.map((key): [string, string] => [key, this.lake.read(key).toString('utf8')]), ['the names of objects', this.lake.keys('.').join('\n')]];
  }

  private json<T>(key: string): T | undefined {
    const body = this.tryRead(key);
    try {
      return body && JSON.parse(body.toString('utf8')) as T;
    } catch {
      return undefined; // a state corrupted on purpose
    }
  }

  private tryRead(key: string): Buffer | undefined {
    try {
      return this.lake.read(key);
    } catch {
      return undefined;
    }
  }
}

/** The record in a line of the quarantine, as the API sent it. */
export const originalOf = (line: string): string =>
  /,"contract":"[0-9a-f]{16}","original":(.*)\}$/.exec(line)?.[1] ?? `no entry: ${line}`;

const linesOf = (body: Buffer) => gunzipSync(body).toString('utf8').split('\n').slice(0, -1);
