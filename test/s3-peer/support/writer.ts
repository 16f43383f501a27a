/**
 * One of the writers of a race, a process of its own: does what it is told, all at the same time as the others,
 * through the extractor's own store and compare-and-swap.
 */
import { compareAndSwap } from '../../../lambda/extractor/commit/compare-and-swap';
import { CommitContext } from '../../../lambda/extractor/commit/context';
import { readOrCreateState, readState, StoredState } from '../../../lambda/extractor/commit/state';
import { REAL_TIMING } from '../../../lambda/extractor/commit/timing';
import { ExtractorError } from '../../../lambda/extractor/errors';
import { LakeStore, PutOptions, S3LakeStore } from '../../../lambda/extractor/store';
import { SourceState } from '../../../src/spec';

/** What a writer is told to do. */
export type Command =
  /** Writes an object of its own under a condition. */
  | { readonly type: 'put'; readonly key: string; readonly condition: Pick<PutOptions, 'ifMatch' | 'ifNoneMatch'> }
  /** Reads the state, and creates it when it is not there. */
  | { readonly type: 'read'; readonly source: string }
  /** Changes the state that it has read, once. */
  | { readonly type: 'swap'; readonly source: string; readonly claim: string }
  /** Changes the state as often as it has claims, whatever the others do. */
  | { readonly type: 'insist'; readonly source: string; readonly claims: readonly string[] };

export type Answer = 'done' | 'won' | 'lost' | { readonly error: string };

/** The store as it would be without its conditions: what the race must find out. */
function unconditional(store: LakeStore): LakeStore {
  const put: LakeStore['put'] = (key, body, { ifMatch: _ifMatch, ifNoneMatch: _ifNoneMatch, ...options }) => store.put(key, body, options);
  return new Proxy(store, { get: (target, name) => (name === 'put' ? put : (target[name as keyof LakeStore] as () => unknown).bind(target)) });
}

const [bucket, conditions] = process.argv.slice(2);
const own = new S3LakeStore({ bucket });
const store = conditions === 'off' ? unconditional(own) : own;
const contextOf = (source: string): CommitContext => ({
  store, source, timing: REAL_TIMING, quietSeconds: 0, timeLeftMs: () => Infinity, log: () => undefined,
});
let read: StoredState | undefined;

/** All claims stand in the watermark: one that is gone is a change that was lost. */
const claiming = (claim: string) => (state: SourceState): SourceState => ({
  ...state, seq: state.seq + 1, watermark: { claims: [...(state.watermark?.claims as string[] | undefined) ?? [], claim] },
});

async function obey(command: Command): Promise<Answer> {
  switch (command.type) {
    case 'put':
      return await store.put(command.key, Buffer.from(`writer ${process.pid}`), command.condition) === 'refused' ? 'lost' : 'won';
    case 'read':
      read = await readOrCreateState(contextOf(command.source));
      return 'done';
    case 'swap':
      return await compareAndSwap(contextOf(command.source), read!, claiming(command.claim), () => false) === undefined ? 'lost' : 'won';
    case 'insist':
      for (const claim of command.claims) {
        await insist(command.source, claim);
      }
      return 'won';
  }
}

async function insist(source: string, claim: string): Promise<void> {
  for (;;) {
    try {
      const current = (await readState(store, source))!;
      if (await compareAndSwap(contextOf(source), current, claiming(claim), () => true)) {
        return;
      }
    } catch (error) {
      if (!(error instanceof ExtractorError && error.code === 'STATE_CONTENDED')) {
        throw error;
      }
    }
  }
}

process.on('message', (command: Command) => {
  void obey(command).catch((error: Error): Answer => ({ error: `${error.name}: ${error.message}` })).then((answer) => process.send!(answer));
});
process.on('disconnect', () => process.exit());
