import { assignedBy, Variables } from './variables';
import { completeRunResult } from '../../../src/spec/validate-run-result';
import { Emit } from '../../render/events';
import { counted } from '../../render/format';
import { SourceRun } from '../../render/results';
import { HistoryEvent } from '../../workflow';
import { extractedText, tellWarnings } from '../source-run';

/** What becomes of the source's table, as far as it is known. */
export interface TableNews {
  readonly outcome: SourceRun['catalogue'];
  readonly text: string;
}

type Describe = (variables: Variables, elapsedMs: number, table: TableNews) => string | undefined;

/** Steps that a person waits for, and what there is to say at their end. The others are over in a moment. */
const STAGES: Readonly<Record<string, Describe>> = {
  extract: ({ result }, elapsed) => result && extractedText(completeRunResult(result, result), elapsed),
  catalogue: (_variables, _elapsed, table) => table.text,
  quality: ({ quality = [] }) => {
    const failed = quality.filter(({ passed }) => !passed);
    return `${counted(quality.length, 'rule')}, ${failed.length === 0 ? 'all passed' : `failed: ${failed.map(({ name, level }) => `${name} (${level})`).join(', ')}`}`;
  },
  transforms: ({ transforms = [] }) => transforms.map(({ name, rows }) => `${name}${rows === undefined ? '' : `: ${counted(rows, 'row')}`}`).join(', ') || undefined,
};

export interface StageTellerOptions {
  readonly source: string;
  /** @default - only the workflow knows it, from the start */
  readonly runId?: string;
  /** The step of each state. */
  readonly steps: ReadonlyMap<string, string>;
  readonly table: TableNews;
  readonly emit: Emit;
}

/** Tells a person what an execution does, from its history. */
export class StageTeller {
  variables: Variables = {};
  /** The step under way. */
  step: string | undefined;
  private since = 0;
  private now = 0;
  private readonly told = new Set<string>();
  /** Warnings of the result that are told. */
  private warned = 0;

  constructor(private readonly options: StageTellerOptions) {}

  event(event: HistoryEvent): void {
    this.now = Date.parse(event.timestamp);
    this.variables = assignedBy(this.variables, event);
    switch (event.type) {
      case 'RetryScheduled':
        this.once(`retry ${event.name}`, () => this.options.emit({ type: 'retrying', source: this.options.source, code: event.error, message: said(event.cause) }));
        break;
      case 'Waiting':
        this.waiting(event);
        break;
      case 'ExecutionSucceeded':
        this.leave();
        break;
      default:
        if ('name' in event && event.type.endsWith('StateEntered')) {
          this.enter(this.options.steps.get(event.name));
        }
    }
  }

  private enter(step: string | undefined): void {
    if (step === undefined || step === this.step) {
      return;
    }
    this.leave();
    this.step = step;
    this.since = this.now;
    if (step in STAGES) {
      this.options.emit({ type: 'stage', source: this.options.source, stage: step, detail: step === 'extract' ? `run ${this.variables.run?.runId ?? this.options.runId}` : undefined });
    }
  }

  /** The step ended well: another one follows. */
  private leave(): void {
    const { step, variables, options: { source, table, emit } } = this;
    const detail = STAGES[step ?? '']?.(variables, this.now - this.since, table);
    if (step !== undefined && detail !== undefined) {
      emit({ type: 'stage-done', source, stage: step, detail });
    }
    const { result } = variables;
    if ((step === 'extract' || step === 'catalogue') && result !== undefined) {
      tellWarnings({ ...result, warnings: result.warnings?.slice(this.warned) }, emit);
      this.warned = result.warnings?.length ?? 0;
    }
  }

  private waiting({ name, kind, asked, seconds }: Extract<HistoryEvent, { type: 'Waiting' }>): void {
    if (kind === 'computed') {
      this.options.emit({ type: 'waiting', source: this.options.source, seconds, reason: 'the API asked for it' });
    } else if (seconds < asked) {
      this.once(`wait ${name}`, () => this.options.emit({ type: 'wait-shortened', source: this.options.source, state: name, asked, seconds }));
    }
  }

  private once(what: string, tell: () => void): void {
    if (!this.told.has(what)) {
      this.told.add(what);
      tell();
    }
  }
}

/** What a function or a query said itself, out of what its service answers. */
function said(cause: string): string {
  try {
    const { errorMessage, Status } = JSON.parse(cause) as { errorMessage?: string; Status?: { StateChangeReason?: string } };
    return errorMessage ?? Status?.StateChangeReason ?? cause;
  } catch {
    return cause;
  }
}
