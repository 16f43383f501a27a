import { partitionPrefix, rawPrefix, SOURCE_STATE_VERSION, SourceState, stateKey, streamNamePrefix } from '../../../src/spec';
import { ExtractorError } from '../errors';
import { CommitContext } from './context';
import { newNonce } from './nonce';
import { LakeStore } from '../store/lake-store';

/** The state as it was read, with the ETag that a change of it must match. */
export interface StoredState {
  readonly state: SourceState;
  readonly etag: string;
}

/** Rule 1: reads the state. Undefined when it does not exist. */
export async function readState(store: LakeStore, source: string, stream?: string): Promise<StoredState | undefined> {
  const key = stateKey(source, stream);
  const object = await store.get(key);
  return object && { state: parseState(object.body, store.describe(key)), etag: object.etag };
}

/** Rule 1: reads the state, and creates it for a source that has no data yet. */
export async function readOrCreateState(context: CommitContext, date?: string): Promise<StoredState> {
  for (;;) {
    const found = await readState(context.store, context.source, context.stream);
    if (found) {
      return found;
    }
    await createState(context, dataPrefix(context, date));
  }
}

/** Where the stream's data would be if it had any: a stream beside the source's own writes one partition. */
const dataPrefix = ({ source, stream }: CommitContext, date: string | undefined) =>
  (stream === undefined || date === undefined ? rawPrefix(source) : `${partitionPrefix(source, date)}${streamNamePrefix(stream)}`);

async function createState({ store, source, stream }: CommitContext, data: string): Promise<void> {
  const key = stateKey(source, stream);
  if (await holdsData(store, data)) {
    // Someone may have created the state and published since it was read.
    if (await store.head(key)) {
      return;
    }
    throw new ExtractorError('STATE_MISSING', `${store.describe(key)} is missing, but ${store.describe(data)} holds data: a run could load it twice. `
      + 'Restore the newest noncurrent version of the state, or empty the prefix to start again', { retryable: false, details: { source, key } });
  }
  // Whatever comes back, the state is read again: someone else may have created it at the same time.
  await store.put(key, encodeState(initialState()), { ifNoneMatch: '*', contentType: 'application/json' });
}

async function holdsData(store: LakeStore, prefix: string): Promise<boolean> {
  for await (const object of store.list(prefix)) {
    // The S3 console makes an empty object to show a folder.
    if (!(object.size === 0 && object.key.endsWith('/'))) {
      return true;
    }
  }
  return false;
}

function initialState(): SourceState {
  return {
    version: SOURCE_STATE_VERSION,
    nonce: newNonce(),
    epoch: 0,
    seq: 0,
    watermark: null,
    resume: null,
    schema: null,
    schemaHash: null,
    quietUntil: null,
    open: null,
    pending: null,
  };
}

export const encodeState = (state: SourceState) => Buffer.from(JSON.stringify(state, undefined, 2) + '\n');

const isWhole = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown) => typeof value === 'string';
const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
const orNull = (check: (value: unknown) => boolean) => (value: unknown) => value === null || check(value);
const isMode = (value: unknown) => value === 'snapshot' || value === 'append';

type Shape = Readonly<Record<string, (value: unknown) => boolean>>;

const OPEN_SHAPE: Shape = {
  runId: isText,
  mode: isMode,
  date: isText,
  base: orNull(isObject),
  holder: isText,
  leaseUntil: (value) => !Number.isNaN(Date.parse(value as string)),
  committed: orNull(isObject),
};

const PENDING_SHAPE: Shape = { seq: isWhole, manifest: isText, etag: isText, runId: isText, date: isText, mode: isMode, result: isObject };

const STATE_SHAPE: Shape = {
  nonce: isText,
  epoch: isWhole,
  seq: isWhole,
  watermark: orNull(isObject),
  resume: orNull(isObject),
  schemaHash: orNull(isText),
  quietUntil: orNull(isText),
  open: orNull((value) => faultOf(value, OPEN_SHAPE) === undefined),
  pending: orNull((value) => faultOf(value, PENDING_SHAPE) === undefined),
};

function faultOf(value: unknown, shape: Shape): string | undefined {
  return isObject(value) ? Object.keys(shape).find((name) => !shape[name]((value as Record<string, unknown>)[name])) : 'not an object';
}

/** Exact about what it takes: a state that is misread is data lost. */
function parseState(body: Buffer, place: string): SourceState {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw corrupt(place, 'it is not JSON');
  }
  if (!isObject(value) || !isWhole((value as SourceState).version)) {
    throw corrupt(place, 'it has no version');
  }
  const { version } = value as SourceState;
  if (version !== SOURCE_STATE_VERSION) {
    const fix = version > SOURCE_STATE_VERSION ? 'deploy the newer release that wrote it' : 'deploy the release that wrote it, let its last run end, then upgrade';
    throw new ExtractorError('STATE_VERSION', `${place} has version ${version}; this release reads version ${SOURCE_STATE_VERSION}. `
      + `It was left as it is: ${fix}`, { retryable: false, details: { version, expected: SOURCE_STATE_VERSION } });
  }
  const fault = faultOf(value, STATE_SHAPE);
  if (fault !== undefined) {
    throw corrupt(place, `"${fault}" is missing or of the wrong kind`);
  }
  return value as SourceState;
}

function corrupt(place: string, what: string): ExtractorError {
  return new ExtractorError('STATE_CORRUPT', `${place} cannot be read: ${what}. It was left as it is: restore the newest noncurrent version that is whole`,
    { retryable: false, details: { what } });
}
