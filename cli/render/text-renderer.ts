import { Event } from './events';
import { bytes, counted, duration } from './format';
import { failuresOf, Renderer, Streams } from './renderer';
import { resultAsText } from './result-text';
import { Result, SourceFailure } from './results';
import { CommandError } from '../errors';

/** One line an event: for logs, files and CI. */
export class TextRenderer implements Renderer {
  constructor(protected readonly streams: Streams) {}

  event(event: Event): void {
    this.line(eventLine(event));
  }

  result(result: Result): void {
    const text = resultAsText(result);
    if (text !== '') {
      this.streams.out.write(`${text}\n`);
    }
    if (result.kind === 'query') {
      this.line(`${counted(result.rows.length, 'row')}${result.scannedBytes === undefined ? '' : `, ${bytes(result.scannedBytes)} scanned`}`);
    }
    failuresOf(result).forEach((failure) => this.sourceFailure(failure));
    if (result.kind === 'run' && result.failures.length === 0 && result.next !== undefined) {
      this.line(`Next: ${result.next}`);
    }
  }

  failure(error: CommandError): void {
    this.line(`\nError: ${error.message}${error.hint === undefined ? '' : `\nNext: ${error.hint}`}`);
  }

  protected line(text: string): void {
    this.streams.err.write(`${text}\n`);
  }

  private sourceFailure({ source, error }: SourceFailure): void {
    const step = error.details.step === undefined ? '' : `, ${String(error.details.step)}`;
    this.line(`\nFailed: ${source}${step} (${error.code}): ${error.message}${error.hint === undefined ? '' : `\nNext: ${error.hint}`}`);
  }
}

export function eventLine(event: Event): string {
  switch (event.type) {
    case 'synthesizing': return `Synthesizing the app: ${event.app}`;
    case 'stage': return `${event.source}: ${event.stage}${event.detail === undefined ? '' : ` (${event.detail})`}`;
    case 'progress': return `${event.source}: ${counted(event.pages, 'page')}, ${counted(event.records, 'record')}, ${bytes(event.bytes)}`;
    case 'stage-done': return `${event.source}: ${event.detail}`;
    case 'window': return `${event.source}: window ${event.n} of ${event.total}, ${event.from} to ${event.to}: ${event.outcome}`;
    case 'waiting': return `${event.source}: waiting ${duration(event.seconds * 1000)}: ${event.reason}`;
    case 'wait-shortened':
      return `${event.source}: "${event.state}" takes ${duration(event.seconds * 1000)} here instead of ${duration(event.asked * 1000)}`;
    case 'notice': return `${event.source}: notice "${event.subject}", kept in ${event.path}`;
    case 'retrying': return `${event.source}: ${event.code}, trying again: ${event.message}`;
    case 'warning': return `Warning: ${event.source === undefined ? '' : `${event.source}: `}${event.message}`;
    case 'note': return event.message;
  }
}
