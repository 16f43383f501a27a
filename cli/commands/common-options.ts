import { Command, InvalidArgumentError } from 'commander';

/** Flags that several verbs share. */
export interface CommonOptions {
  readonly local?: boolean;
  readonly app?: string;
  readonly assembly?: string;
  readonly lake: string;
  readonly stack?: string;
  readonly pipeline?: string;
  readonly json?: boolean;
  /** Port of the local S3. */
  readonly port?: number;
  /** Endpoints by source. */
  readonly url?: Readonly<Record<string, string>>;
}

export const DEFAULT_LAKE = '.datalake';

export function addAppOptions(command: Command): Command {
  return command
    .option('--app <command>', 'command that runs the CDK app (default: `app` of ./cdk.json)')
    .option('--assembly <dir>', 'cloud assembly to read instead of running the app')
    .option('--stack <name>', 'only pipelines of this stack')
    .option('--pipeline <path>', 'only this pipeline, by its construct path or the end of it');
}

export function addLakeOption(command: Command): Command {
  return command.option('--lake <dir>', 'folder of the local lake', DEFAULT_LAKE);
}

export const addLocalOption = (command: Command): Command =>
  command.option('--local', 'work on this machine, without an AWS account');

export const addJsonOption = (command: Command): Command =>
  command.option('--json', 'one JSON document on stdout');

const addUrlOption = (command: Command): Command =>
  command.option('--url <source=url>', 'with --local: another endpoint for a source (repeatable)', endpoint);

const addPortOption = (command: Command): Command =>
  command.option('--port <number>', 'with --local: port of the local S3 (default: any free one)', portNumber);

/** What `run` and `invoke` take. */
export function addExtractOptions(command: Command): void {
  addLocalOption(command);
  addUrlOption(command);
  addPortOption(command);
  addLakeOption(command);
  addAppOptions(command);
}

function portNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new InvalidArgumentError('Expected a port number from 0 to 65535.');
  }
  return Number(text);
}

function endpoint(text: string, known: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=');
  const [source, url] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1 || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new InvalidArgumentError('Expected SOURCE=URL with an http or https URL, as in --url users=http://127.0.0.1:8080/');
  }
  return { ...known, [source]: url };
}
