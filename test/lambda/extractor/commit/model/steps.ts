import { Process, Program, RECORDS, rawKey, seqOf, Setting, State, World } from './lake';

/** What the environment may decide in a step: the size of a page. */
export function choices(process: Process, setting: Setting): number[] {
  return process.at === 'fetch' && setting.cuts ? [1, 2] : [2];
}

/** One request of one process: the world changes in place. */
export function step(world: World, process: Process, setting: Setting, choice: number): void {
  STEPS[process.at](world, process, setting, choice);
}

type Step = (world: World, process: Process, setting: Setting, choice: number) => void;

const STEPS: Record<Program, Step> = {
  read(world, process, { rules }) {
    if (!world.state) {
      world.versions++;
      world.state = { version: world.versions, epoch: 0, seq: 0, cursor: 0, open: null, pending: null, done: [] };
      return;
    }
    process.version = world.state.version;
    if (world.state.pending) {
      startPublish(process, world.state, 'read');
    } else if (rules.results && world.state.done.includes(process.run)) {
      end(process, 'ok');
    } else {
      process.at = 'open';
    }
  },

  open(world, process, { rules, mode }) {
    const state = world.state!;
    const base = mode === 'snapshot' ? 0 : state.cursor;
    const epoch = state.epoch + (rules.epochs ? 1 : 0);
    if (!swap(world, process, { ...state, epoch, open: { id: process.run, base } })) {
      process.at = 'read';
      return;
    }
    Object.assign(process, { epoch, base, at: 'list' });
  },

  /** Goes on from the furthest checkpoint of this run and base. */
  list(world, process, { mode }) {
    const found = Object.keys(world.checkpoints)
      .filter((key) => world.checkpoints[key].run === process.run && world.checkpoints[key].base === process.base)
      .sort((a, b) => world.checkpoints[b].next - world.checkpoints[a].next)[0];
    const checkpoint = found === undefined ? undefined : world.checkpoints[found];
    Object.assign(process, { parts: [...checkpoint?.parts ?? []], number: checkpoint?.parts.length ?? 0, cursor: checkpoint?.next ?? process.base });
    if (checkpoint) {
      process.manifest = found;
      process.at = process.cursor! >= RECORDS || mode === 'append' ? 'commit' : 'fetch';
    } else {
      process.at = process.cursor! >= RECORDS ? 'checkpoint' : 'fetch';
    }
  },

  fetch(_world, process, _setting, choice) {
    const from = process.cursor!;
    const size = Math.min(choice, RECORDS - from);
    process.page = { records: Array.from({ length: size }, (_, i) => from + i), next: from + size };
    process.at = 'put';
  },

  put(world, process) {
    const key = `${process.run}.${process.epoch}.${process.number!++}`;
    world.staged[key] ??= process.page!.records; // If-None-Match: the first one stays
    process.parts!.push(key);
    process.cursor = process.page!.next;
    delete process.page;
    process.at = 'checkpoint';
  },

  checkpoint(world, process, { mode }) {
    process.manifest = `${process.run}.${process.epoch}.${process.cursor}`;
    world.checkpoints[process.manifest] = { run: process.run, base: process.base!, next: process.cursor!, parts: [...process.parts!] };
    process.at = mode === 'append' || process.cursor! >= RECORDS ? 'commit' : 'fetch';
  },

  commit(world, process, { mode, rules }) {
    const state = world.state!;
    if (!rules.noBlindRetry) {
      process.version = state.version;
    }
    const last = process.cursor! >= RECORDS;
    const seq = state.seq + 1;
    const committed = swap(world, process, {
      ...state,
      seq,
      cursor: mode === 'append' ? process.cursor! : state.cursor,
      pending: { seq, manifest: process.manifest! },
      open: last ? null : state.open,
      done: last && !state.done.includes(process.run) ? [...state.done, process.run] : state.done,
    });
    if (!committed) {
      end(process, 'fenced');
      return;
    }
    world.commits.push({ run: process.run, keys: process.parts!.map((key) => rawKey(seq, key)), last });
    startPublish(process, world.state!, last ? 'answer' : 'goOn');
  },

  copy(world, process, { mode, rules, splitCopies }) {
    const publish = process.publish!;
    const parts = partsOf(world, publish.manifest);
    if (publish.index >= parts.length) {
      publish.index = 0;
      process.at = mode === 'snapshot' ? 'listOlder' : rules.deleteStaged ? 'deleteStaged' : 'clear';
      return;
    }
    const from = parts[publish.index];
    const to = rawKey(publish.seq, from);
    if (splitCopies && !publish.read && world.staged[from]) {
      publish.read = world.staged[from];
      return;
    }
    const records = splitCopies ? publish.read : world.staged[from];
    delete publish.read;
    if (records) {
      world.raw[to] = records;
    } else if (rules.deleteStaged && !world.raw[to]) {
      end(process, 'fenced'); // the source is gone: another one has published it
      return;
    }
    publish.index++;
  },

  listOlder(world, process, { rules }) {
    const { seq, manifest } = process.publish!;
    const mine = partsOf(world, manifest).map((key) => rawKey(seq, key));
    process.publish!.toDelete = Object.keys(world.raw).filter((key) => rules.onlyOlder ? seqOf(key) < seq : !mine.includes(key));
    process.at = 'deleteOlder';
  },

  deleteOlder(world, process, { rules }) {
    const { toDelete, seq } = process.publish!;
    const older = world.processes.some((other) => other !== process && other.publish?.read && other.publish.seq < seq);
    if (rules.quiet && toDelete!.length > 0 && older) {
      return;
    }
    if (toDelete!.length > 0) {
      delete world.raw[toDelete!.shift()!];
      return;
    }
    process.at = rules.deleteStaged ? 'deleteStaged' : 'clear';
  },

  deleteStaged(world, process) {
    const publish = process.publish!;
    const parts = partsOf(world, publish.manifest);
    if (publish.index < parts.length) {
      delete world.staged[parts[publish.index++]];
      return;
    }
    process.at = 'clear';
  },

  clear(world, process, { rules }) {
    const publish = process.publish!;
    const state = world.state!;
    const still = !rules.epochs || state.pending?.seq === publish.seq;
    const cleared = still && swap(world, process, { ...state, pending: null });
    delete process.publish;
    if (publish.then === 'read') {
      process.at = 'read';
    } else if (publish.then === 'answer') {
      end(process, 'ok');
    } else if (!cleared) {
      end(process, 'fenced');
    } else {
      Object.assign(process, { parts: [], base: process.cursor, at: 'fetch' });
    }
  },
};

/** Compare-and-swap of the state: only over the version that this process has read. */
function swap(world: World, process: Process, next: State): boolean {
  if (world.state!.version !== process.version) {
    return false;
  }
  world.versions++;
  world.state = { ...next, version: world.versions };
  process.version = world.versions;
  return true;
}

function startPublish(process: Process, state: State, then: 'read' | 'answer' | 'goOn'): void {
  process.publish = { ...state.pending!, index: 0, then };
  process.at = 'copy';
}

const partsOf = (world: World, manifest: string): string[] => world.checkpoints[manifest].parts;

/** An ended process remembers nothing, so that worlds which differ only in it are one. */
export function end(process: Process, how: Process['ended']): void {
  const { name, run } = process;
  for (const key of Object.keys(process)) {
    delete (process as unknown as Record<string, unknown>)[key];
  }
  Object.assign(process, { name, run, at: 'read', ended: how });
}
