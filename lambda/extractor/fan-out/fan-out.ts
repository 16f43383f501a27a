import { Unusable } from './bind-request';
import { BoundParent, ParentBinder } from './parent-binder';
import { checkRecord, parentLines, ParentsReplaced } from './parent-lines';
import { newestSet, ParentSet, Pin, pinnedSet } from './parent-set';
import { DEFAULT_CONCURRENCY, ParentSpec, Position, REMEMBERED_PARENTS } from '../../../src/spec';
import { ExtractorConfig } from '../config';
import { ExtractorError } from '../errors';
import { DIGEST_CHARS } from '../record-key';
import { LakeStore } from '../store';

/** Where a child's run stands among its parents: what its checkpoints hold. */
export interface FanOutPosition {
  readonly pin: Pin;
  /** The parent whose pages are being read: number of the object in the set, and of the record in the object. */
  readonly object: number;
  readonly record: number;
  /** Digests of the parents before it, the newest at the end. */
  readonly asked: string;
  readonly repeated: number;
  readonly unusable: number;
}

export interface FanOutOptions {
  readonly config: ExtractorConfig;
  readonly store: LakeStore;
  /** Where earlier runs of the child ended. */
  readonly base: Position | null;
}

interface Parent extends BoundParent, Pick<FanOutPosition, 'object' | 'record' | 'repeated' | 'unusable'> {}

/** Behind all parents, from where nothing is read. */
const END = { object: 0, record: 0 };
const NOBODY = { repeated: 0, unusable: 0 };

/** The parents of a child's run, one after the other, some of them read ahead. Memory holds one of the parent's objects, compressed. */
export class FanOut {
  /** The parent whose pages are read; undefined when there is none (left). */
  current: Parent | undefined;
  /** The records that the run began with are gone: a newer commit of the parent has replaced them. */
  replaced = false;
  private readonly parent: ParentSpec;
  private readonly binder: ParentBinder;
  private set: ParentSet | undefined;
  /** Of the set, or of a run that has read all of it. */
  private pin: Pin | undefined;
  private parents: AsyncGenerator<Parent> | undefined;
  private ahead: Parent[] = [];
  private asked = new Set<string>();
  /** Parents left out before the last one that is read ahead. */
  private left = { ...NOBODY };

  constructor(private readonly options: FanOutOptions) {
    this.parent = options.config.spec.parent!;
    this.binder = new ParentBinder(options.config.apiUrl, options.config.spec, this.parent);
  }

  /** Whether another parent follows; known after `prepare`. */
  get hasNext(): boolean {
    return this.ahead.length > 0;
  }

  /** Parents that follow the current one, as far as they are read ahead. */
  get upcoming(): readonly BoundParent[] {
    return this.ahead;
  }

  /** What a run knows that has only to commit what an earlier call has read. */
  restore({ pin, repeated, unusable }: FanOutPosition): void {
    this.pin = pin;
    this.left = { repeated, unusable };
  }

  /** From the first parent of what is newest now, or from where a checkpoint stands. */
  async open(resumed?: FanOutPosition): Promise<void> {
    const { store } = this.options;
    const before = this.replaced ? this.pin : undefined;
    this.set = resumed ? await pinnedSet(store, this.parent, resumed.pin) : await newestSet(store, this.parent, this.from());
    this.replaced = this.set === undefined;
    this.pin = this.set?.pin;
    if (this.set && this.set.pin.digest === before?.digest) {
      throw new ExtractorError('PARENT_DATA_MISSING', `an object of the newest commit of the parent "${this.parent.source}" is listed and cannot be read: restore it, or run the parent again`,
        { retryable: false, details: { parent: this.parent.source } });
    }
    this.asked = new Set(resumed?.asked.match(new RegExp(`.{${DIGEST_CHARS}}`, 'g')) ?? []);
    this.left = { repeated: resumed?.repeated ?? 0, unusable: resumed?.unusable ?? 0 };
    this.current = undefined;
    this.ahead = [];
    this.parents = this.read(resumed ?? { object: 0, record: 0 });
    await this.prepare();
    this.advance();
    await this.prepare();
  }

  /** Reads parents ahead. Finds out whether they were replaced. */
  async prepare(): Promise<void> {
    const { concurrency = DEFAULT_CONCURRENCY } = this.options.config.spec;
    try {
      for (let ended = this.replaced; !ended && this.ahead.length < Math.max(1, concurrency - 1);) {
        const next = await this.parents!.next();
        ended = next.done === true;
        this.ahead.push(...next.done ? [] : [next.value]);
      }
    } catch (error) {
      if (!(error instanceof ParentsReplaced)) {
        throw error;
      }
      this.replaced = true;
    }
  }

  /** Goes on to the next parent, if there is one. */
  advance(): boolean {
    if (this.current) {
      this.remember(this.current.digest);
    }
    this.current = this.ahead.shift();
    return this.current !== undefined;
  }

  position(): FanOutPosition | undefined {
    const { object, record, repeated, unusable } = this.current ?? { ...END, ...this.left };
    return this.pin && { pin: this.pin, object, record, asked: this.current ? [...this.asked].join('') : '', repeated, unusable };
  }

  /** Where the next run starts; undefined: where this one did. */
  watermark(): Position | undefined {
    return this.parent.reads === 'added' && this.pin ? { parentsUntil: this.pin.to } : undefined;
  }

  warnings(): string[] {
    const { repeated, unusable } = this.current ?? this.left;
    const parent = `the parent "${this.parent.source}"`;
    return [
      ...(unusable > 0 ? [`${unusable} record(s) of ${parent} have no usable value for a placeholder: their children are not in the table`] : []),
      ...(repeated > 0 ? [`${repeated} record(s) of ${parent} lead to requests that others had led to: they were asked for once`] : []),
    ];
  }

  /** An error of a page, with the parent whose page it is. */
  locate(error: ExtractorError): ExtractorError {
    const { current } = this;
    if (!current) {
      return error;
    }
    const { code, message, retryable, details, retryAfterSeconds, cause } = error;
    return new ExtractorError(code, `${message} (${this.place(current)})`, { retryable, retryAfterSeconds, cause, details: { ...details, parent: this.details(current) } });
  }

  private async* read(from: { object: number; record: number }): AsyncGenerator<Parent> {
    const { objects } = this.set ?? { objects: [] };
    for (let object = from.object; object < objects.length; object++) {
      let record = 0;
      for await (const line of parentLines(this.options.store, objects[object])) {
        const at = { object, record: record++ };
        const bound = object > from.object || at.record >= from.record ? this.bind(line, at) : undefined;
        if (bound) {
          yield { ...bound, ...at, ...this.left };
        }
      }
    }
  }

  private bind(line: Buffer, at: { object: number; record: number }): BoundParent | undefined {
    checkRecord(line, () => this.place(at));
    let bound: BoundParent;
    try {
      bound = this.binder.bind(line);
    } catch (error) {
      if (!(error instanceof Unusable)) {
        throw error;
      }
      if (this.parent.unusable === 'skip') {
        this.left = { ...this.left, unusable: this.left.unusable + 1 };
        return undefined;
      }
      throw new ExtractorError('PARENT_UNUSABLE', `${this.place(at)}: ${error.message}; put it right in the parent, or leave such records out with UnusableParent.SKIP`,
        { retryable: false, details: { parent: this.details(at) } });
    }
    if (this.asked.has(bound.digest) || [this.current, ...this.ahead].some((parent) => parent?.digest === bound.digest)) {
      this.left = { ...this.left, repeated: this.left.repeated + 1 };
      return undefined;
    }
    return bound;
  }

  private remember(digest: string): void {
    this.asked.add(digest);
    if (this.asked.size > REMEMBERED_PARENTS) {
      this.asked.delete(this.asked.values().next().value!);
    }
  }

  private from(): number {
    const { base } = this.options;
    if (this.parent.reads === 'newest' || base === null) {
      return 0;
    }
    if (typeof base.parentsUntil !== 'number') {
      throw new ExtractorError('WATERMARK_MISMATCH', "the state's watermark is of another kind than a child's: give the source a new name to load it anew", { retryable: false });
    }
    return base.parentsUntil;
  }

  private place(at: { object: number; record: number }): string {
    return `record ${at.record + 1} of the parent "${this.parent.source}" in ${this.options.store.describe(this.set!.objects[at.object].key)}`;
  }

  private details(at: { object: number; record: number }) {
    return { source: this.parent.source, key: this.set!.objects[at.object].key, record: at.record + 1 };
  }
}
