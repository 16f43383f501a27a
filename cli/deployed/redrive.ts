import { crawlSourceDeployed } from './crawl';
import { DeployedStack } from './deployed-stack';
import { invokeDeployed } from './invoke';
import { Selected } from '../assembly/lake-model';
import { Emit } from '../render/events';
import { RunReport } from '../render/results';
import { redriveReport } from '../runs/redrive-report';

export interface DeployedRedriveOptions {
  readonly emit: Emit;
  readonly corrections: readonly (readonly string[])[];
}

/** Redrives a source's quarantine by its deployed function. */
export async function redriveDeployed({ pipeline, source }: Selected, { emit, corrections }: DeployedRedriveOptions): Promise<RunReport> {
  const stack = new DeployedStack(pipeline.stack);
  return redriveReport({
    source,
    corrections,
    emit,
    redrive: async (runId, redrive) => invokeDeployed(stack, source, { runId, redrive }, emit),
    catalogue: async () => crawlSourceDeployed(stack, source, emit),
  });
}
