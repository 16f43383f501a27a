import { Random } from './random';
import { SimulatedLake } from './simulated-lake';
import { Timing } from '../../../../../lambda/extractor/commit';
import { ExtractorError } from '../../../../../lambda/extractor/errors';
import { CopyOutcome, LakeStore, StoredObject } from '../../../../../lambda/extractor/store';

/** One request on its way: phases that take effect one by one, and a client that may no longer wait. */
interface Flight {
  readonly owner: Process;
  sentAt: number;
  readonly phases: (() => unknown)[];
  readonly answer: ((value: unknown) => void);
  readonly fail: ((error: Error) => void);
  readonly isCopy: boolean;
  /** Its first phase has taken effect. */
  begun: boolean;
  orphan: boolean;
}

export interface Process {
  readonly name: string;
  crashed: boolean;
  ended: boolean;
  /** Steps for which it stands still: what it asks for has not left it yet. */
  pausedFor: number;
}

export interface Faults {
  /** Per request: refused by the store; done and its answer lost; given up by the client and done later. */
  readonly refused: number;
  readonly lost: number;
  readonly late: number;
  /** Per step: a process stands still for a while, as a machine does that is short of everything. */
  readonly pauses: number;
  /** Crashes of processes in a walk, at most. */
  readonly crashes: number;
}

export const NO_FAULTS: Faults = { refused: 0, lost: 0, late: 0, pauses: 0, crashes: 0 };

/** No request is under way longer; the quiet time of the protocol is longer than this. */
const LONGEST_FLIGHT_MS = 50_000;
const CRASH_CHANCE = 0.01;

/** Decides which request takes effect next, when time passes, who crashes and whose answer is lost. All by one seed. */
export class Scheduler {
  /** Just before midnight UTC: the partition's date changes in the middle of many walks. */
  clock = Date.UTC(2025, 5, 30, 23, 58, 0);
  readonly trace: string[] = [];
  private flights: Flight[] = [];
  private sleepers: { owner: Process; wakeAt: number; wake: () => void }[] = [];
  private readonly processes: Process[] = [];
  private crashes = 0;

  constructor(readonly lake: SimulatedLake, readonly random: Random, public faults: Faults) {}

  start(name: string, main: (process: Process, store: LakeStore, timing: Timing) => Promise<void>): Promise<void> {
    const process: Process = { name, crashed: false, ended: false, pausedFor: 0 };
    this.processes.push(process);
    return main(process, this.storeOf(process), this.timingOf(process)).finally(() => {
      process.ended = true;
    });
  }

  /** Runs until every process has ended or crashed and nothing is under way. */
  async run(mostSteps: number): Promise<void> {
    for (let step = 0; step < mostSteps; step++) {
      await settled();
      if (this.processes.every((process) => process.crashed || process.ended) && this.flights.length === 0) {
        return;
      }
      this.step();
    }
    throw new Error(`not at its end after ${mostSteps} steps`);
  }

  private step(): void {
    const { random } = this;
    this.crashSometimes();
    this.pauseSometimes();
    this.passTime(random.below(600));
    const flights = this.flights.filter((flight) => !isHeld(flight));
    if (flights.length === 0 || (this.sleepers.length > 0 && random.chance(0.02))) {
      this.passTime(Math.max(0, Math.min(...this.sleepers.map((sleeper) => sleeper.wakeAt)) - this.clock));
      return;
    }
    // A request that nobody waits for any more takes its time: it is the late ones that do harm.
    const awaited = flights.filter((flight) => !flight.orphan && !flight.owner.crashed);
    this.advance(random.pick(awaited.length > 0 && random.chance(0.98) ? awaited : flights));
  }

  private pauseSometimes(): void {
    for (const process of this.processes.filter(({ pausedFor }) => pausedFor > 0)) {
      process.pausedFor--;
      this.flights.filter((flight) => flight.owner === process && !flight.orphan).forEach((flight) => flight.sentAt = this.clock);
    }
    if (this.random.chance(this.faults.pauses)) {
      const process = this.random.pick(this.processes);
      // A copy that has read its source has left the process.
      if (!this.flights.some((flight) => flight.owner === process && flight.begun)) {
        process.pausedFor = 20 + this.random.below(200);
        this.trace.push(`${process.name} pauses`);
      }
    }
  }

  private crashSometimes(): void {
    const alive = this.processes.filter((process) => !process.ended && !process.crashed);
    if (this.crashes < this.faults.crashes && alive.length > 0 && this.random.chance(CRASH_CHANCE)) {
      const victim = this.random.pick(alive);
      victim.crashed = true;
      this.crashes++;
      this.trace.push(`${victim.name} CRASH`);
      this.sleepers = this.sleepers.filter((sleeper) => sleeper.owner !== victim);
    }
  }

  private passTime(ms: number): void {
    if (!Number.isFinite(ms)) {
      return;
    }
    this.clock += ms;
    for (const flight of this.flights.filter((each) => !isHeld(each) && each.sentAt + LONGEST_FLIGHT_MS <= this.clock)) {
      this.clock = Math.min(this.clock, flight.sentAt + LONGEST_FLIGHT_MS);
      this.land(flight);
    }
    const due = this.sleepers.filter((sleeper) => sleeper.wakeAt <= this.clock);
    this.sleepers = this.sleepers.filter((sleeper) => sleeper.wakeAt > this.clock);
    due.forEach((sleeper) => sleeper.wake());
  }

  private advance(flight: Flight): void {
    const { random, faults } = this;
    if (flight.phases.length > 1 && random.chance(0.5)) {
      flight.phases.shift()!();
      flight.begun = true;
      return;
    }
    if (flight.orphan || flight.owner.crashed) {
      this.land(flight);
    } else if (random.chance(faults.refused)) {
      this.remove(flight);
      this.trace.push(`${flight.owner.name} refused`);
      flight.fail(unavailable());
    } else if (random.chance(faults.late)) {
      flight.orphan = true;
      this.trace.push(`${flight.owner.name} late`);
      this.giveUp(flight);
    } else if (random.chance(faults.lost)) {
      flight.orphan = true;
      this.land(flight);
      flight.fail(unavailable());
    } else {
      this.land(flight);
    }
  }

  /** The client waits no longer: it fails, or (as the SDK does) sends a copy again while the first is under way. */
  private giveUp(flight: Flight): void {
    if (flight.isCopy && this.random.chance(0.5)) {
      const again = (flight as Flight & { again: (answer: (value: unknown) => void, fail: (error: Error) => void) => void }).again;
      again((value) => flight.answer({ ...value as CopyOutcome, retried: true }), flight.fail);
    } else {
      flight.fail(unavailable());
    }
  }

  private land(flight: Flight): void {
    this.remove(flight);
    let value: unknown;
    while (flight.phases.length > 0) {
      value = flight.phases.shift()!();
    }
    if (!flight.orphan && !flight.owner.crashed) {
      flight.answer(value);
    }
  }

  private remove(flight: Flight): void {
    this.flights = this.flights.filter((other) => other !== flight);
  }

  private storeOf(owner: Process): LakeStore {
    const { lake } = this;
    // As S3's Date header tells it: whole seconds, and what passed since.
    let server = Math.floor(this.clock / 1000) * 1000;
    let receivedAt = this.clock;
    const send = <T>(label: string, phases: () => (() => unknown)[], isCopy = false) => new Promise<T>((resolve, reject) => {
      const launch = (answer: (value: unknown) => void, fail: (error: Error) => void) => {
        this.trace.push(`${owner.name} ${label}`);
        const flight = { owner, sentAt: this.clock, phases: phases(), answer, fail, isCopy, begun: false, orphan: false, again: launch };
        if (!owner.crashed) {
          this.flights.push(flight);
        }
      };
      launch((value) => {
        server = Math.floor(this.clock / 1000) * 1000;
        receivedAt = this.clock;
        resolve(value as T);
      }, reject);
    });
    return {
      get: (key) => send(`get ${key}`, () => [() => lake.get(key)]),
      head: (key) => send(`head ${key}`, () => [() => lake.get(key)]),
      put: (key, body, options) => send(`put ${key}`, () => [() => lake.put(key, body, options)]),
      delete: (key) => send(`delete ${key}`, () => [() => lake.delete(key)]),
      copy: (from, to, options) => send(`copy ${from} ${to}`, () => {
        let source: StoredObject | CopyOutcome;
        return [
          () => source = lake.startCopy(from, options),
          () => 'copied' in source ? source : lake.finishCopy(source, to, options),
        ];
      }, true),
      async* list(prefix) {
        for (let after = '', page: Awaited<ReturnType<SimulatedLake['list']>>; ; after = page[page.length - 1].key) {
          const from = after;
          page = await send(`list ${prefix}`, () => [() => lake.list(prefix, from, 3)]);
          yield* page;
          if (page.length < 3) {
            return;
          }
        }
      },
      now: () => server + (this.clock - receivedAt),
      describe: (key) => `s3://lake/${key}`,
    };
  }

  private timingOf(owner: Process): Timing {
    return {
      random: () => this.random.next(),
      sleep: (ms, signal) => new Promise((wake) => {
        if (!owner.crashed && !signal?.aborted) {
          this.sleepers.push({ owner, wakeAt: this.clock + ms, wake });
        }
        if (signal?.aborted) {
          wake();
        }
        signal?.addEventListener('abort', () => wake());
      }),
    };
  }
}

const isHeld = (flight: Flight) => flight.owner.pausedFor > 0 && !flight.owner.crashed && !flight.orphan;

const unavailable = () => new ExtractorError('STORE_UNAVAILABLE', 'simulated', { retryable: true });

/** All that follows from the last answer without another request has run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
