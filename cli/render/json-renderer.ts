import { Renderer, Streams } from './renderer';
import { Result, SourceFailure } from './results';
import { CommandError } from '../errors';

/** One JSON document on stdout, whatever happens; progress stays silent, warnings go to stderr. */
export class JsonRenderer implements Renderer {
  constructor(private readonly streams: Streams) {}

  event(event: Parameters<Renderer['event']>[0]): void {
    if (event.type === 'warning') {
      this.streams.err.write(`warning: ${event.message}\n`);
    }
  }

  result(result: Result): void {
    this.print(resultAsJson(result));
  }

  failure(error: CommandError): void {
    this.streams.err.write(`error: ${error.message}\n`);
    this.print({ ok: false, error: errorAsJson(error) });
  }

  private print(document: unknown): void {
    this.streams.out.write(`${JSON.stringify(document)}\n`);
  }
}

export function resultAsJson(result: Result): unknown {
  switch (result.kind) {
    case 'run':
      return { ...outcome(result.failures), runs: result.runs.map(({ warnings, ...run }) => (warnings.length > 0 ? { ...run, warnings } : run)) };
    case 'crawl':
      return { ...outcome(result.failures), tables: result.tables };
    case 'query':
      return { columns: result.columns.map(({ name, type }) => ({ name, type })), rows: result.rows };
    case 'status':
      return { ok: true, lake: result.lake, sources: result.sources };
    case 'console':
      return { ok: true, consoles: result.consoles };
    case 'doctor':
      return { ...outcome(result.failures), checks: result.checks };
    case 'done':
      return { ok: true, ...result.json };
  }
}

/** With failures: the first one as `error`, as for a command that fails altogether, and all of them. */
function outcome(failures: readonly SourceFailure[]) {
  const errors = failures.map(({ source, error }) => ({ source, ...errorAsJson(error) }));
  return errors.length === 0 ? { ok: true } : { ok: false, error: errors[0], errors };
}

const errorAsJson = ({ code, message, hint, details }: CommandError) => ({ code, message, hint, details });
