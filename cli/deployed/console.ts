import { spawn } from 'node:child_process';
import { DeployedStack } from './deployed-stack';
import { deployedDatabase } from './query';
import { Pipeline } from '../assembly/lake-model';
import { Emit } from '../render/events';
import { ConsoleReport } from '../render/results';

/** Addresses of the Athena console for deployed pipelines. The console itself offers the workgroup to choose. */
export async function consoleOf(pipelines: readonly Pipeline[], options: { open: boolean; emit: Emit }): Promise<ConsoleReport> {
  const consoles = [];
  for (const pipeline of pipelines) {
    const stack = new DeployedStack(pipeline.stack);
    const workgroup = await stack.physicalId(pipeline.workgroup.logicalId);
    const region = await stack.region();
    consoles.push({ pipeline: pipeline.path, url: consoleUrl(region), region, workgroup, database: await deployedDatabase(stack, pipeline) });
  }
  if (options.open) {
    new Set(consoles.map(({ url }) => url)).forEach((url) => openInBrowser(url, options.emit));
  }
  return { kind: 'console', consoles };
}

export function consoleUrl(region: string): string {
  return `https://${consoleHost(region)}/athena/home?region=${region}#/query-editor`;
}

function consoleHost(region: string): string {
  if (region.startsWith('cn-')) {
    return `${region}.console.amazonaws.cn`;
  }
  return region.startsWith('us-gov-') ? `${region}.console.amazonaws-us-gov.com` : `${region}.console.aws.amazon.com`;
}

function openInBrowser(url: string, emit: Emit): void {
  const [command, ...args] = process.platform === 'darwin' ? ['open', url] : process.platform === 'win32' ? ['cmd', '/c', 'start', '""', url] : ['xdg-open', url];
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', (error) => emit({ type: 'warning', message: `cannot open the browser (${error.message}): open the address yourself` }))
    .unref();
}
