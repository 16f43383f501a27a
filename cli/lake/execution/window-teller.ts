import { BackfillWindow, PlannedBackfill, WINDOWS_STATE } from '../../../src/spec';
import { Emit } from '../../render/events';
import { counted } from '../../render/format';
import { HistoryEvent } from '../../workflow';

/** Tells a person of the windows of a backfill, a line a window. */
export class WindowTeller {
  private planned: PlannedBackfill | undefined;
  private readonly records = new Map<number, number>();

  constructor(private readonly source: string, private readonly emit: Emit) {}

  event(event: HistoryEvent): void {
    if ('assigned' in event && event.assigned?.backfill !== undefined) {
      this.plan(event.assigned.backfill as PlannedBackfill);
    } else if (event.type === 'SucceedStateExited' && isRead(event.output)) {
      this.records.set(event.output.n, event.output.records);
    } else if (event.type === 'MapIterationSucceeded' && event.name === WINDOWS_STATE) {
      this.tell(event.index, ({ n }) => counted(this.records.get(n) ?? 0, 'record'));
    } else if (event.type === 'MapIterationFailed' && event.name === WINDOWS_STATE) {
      this.tell(event.index, () => `failed: ${event.error}`);
    }
  }

  private plan(planned: PlannedBackfill): void {
    this.planned = planned;
    const { id, total, windows } = planned;
    const before = total - windows.length;
    this.emit({ type: 'note', message: `${this.source}: ${id}, ${counted(total, 'window')}${before > 0 ? `, ${before} of them read before` : ''}` });
  }

  private tell(index: number, outcome: (window: BackfillWindow) => string): void {
    const { windows, total } = this.planned!;
    this.emit({ type: 'window', source: this.source, ...windows[index], total, outcome: outcome(windows[index]) });
  }
}

const isRead = (output: unknown): output is { n: number; records: number } =>
  typeof (output as { n?: unknown } | null)?.n === 'number' && typeof (output as { records?: unknown }).records === 'number';
