import { SingleBar } from 'cli-progress';
import { Event } from './events';
import { bytes, count } from './format';
import { Streams } from './renderer';
import { Result } from './results';
import { TextRenderer } from './text-renderer';
import { CommandError } from '../errors';

/** A line that moves while records come in, plain lines for the rest. */
export class TerminalRenderer extends TextRenderer {
  private bar: SingleBar | undefined;
  private since = 0;

  constructor(streams: Streams) {
    super(streams);
  }

  override event(event: Event): void {
    if (event.type === 'progress') {
      this.progress(event);
      return;
    }
    this.stop();
    super.event(event);
    if (event.type === 'stage' && event.stage === 'extract') {
      this.since = Date.now();
    }
  }

  override result(result: Result): void {
    this.stop();
    super.result(result);
  }

  override failure(error: CommandError): void {
    this.stop();
    super.failure(error);
  }

  /** An API does not tell how much is to come, so this is a bar without a bar. */
  private progress({ source, pages, records, bytes: size }: Extract<Event, { type: 'progress' }>): void {
    const seconds = Math.max(0.001, (Date.now() - this.since) / 1000);
    const facts = { source, pages: count(pages), records: count(records), size: bytes(size), rate: count(Math.round(records / seconds)) };
    if (this.bar === undefined) {
      this.bar = new SingleBar({
        format: '  {source}: {records} records, {pages} pages, {size}, {rate} records/s',
        stream: this.streams.err as NodeJS.WritableStream,
        hideCursor: true,
        clearOnComplete: true,
      });
      this.bar.start(1, 0, facts);
    } else {
      this.bar.update(0, facts);
    }
  }

  private stop(): void {
    this.bar?.stop();
    this.bar = undefined;
  }
}
