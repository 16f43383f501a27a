import { DeployedStack } from './deployed-stack';
import { LakeObjects } from './lake-objects';
import { poll } from './poll';
import { StartedRun } from './run-workflow';
import { Selected } from '../assembly/lake-model';
import { CommandError } from '../errors';
import { Emit } from '../render/events';

const DELAYS = { firstMs: 500, maxMs: 5_000 };

/** EventBridge delivers within seconds; what it cannot deliver it tries again for a day. */
const MAX_WAIT_MS = 120_000;

export interface ChildExecutionOptions {
  readonly stack: DeployedStack;
  /** When the parent's execution began. */
  readonly since: Date;
  readonly emit: Emit;
}

/** Finds the execution that the parent's complete run has started: another one would only wait for it, and ask the API again. */
export async function childExecution({ source }: Selected, { stack, since, emit }: ChildExecutionOptions): Promise<StartedRun> {
  const lake = await LakeObjects.of(stack, source);
  emit({ type: 'note', message: `${source.name}: its parent's run starts it` });
  const giveUp = performance.now() + MAX_WAIT_MS;
  // S3 tells whole seconds.
  const earliest = Math.floor(since.getTime() / 1000) * 1000;
  return poll(async () => {
    const claim = await lake.lastClaim(source.name);
    if (claim !== undefined && claim.at.getTime() >= earliest) {
      return claim;
    }
    if (performance.now() > giveUp) {
      throw new CommandError('CHILD_NOT_STARTED', `source "${source.name}" was not started by its parent's run within ${MAX_WAIT_MS / 1000} seconds`, {
        hint: `start it with \`datalake run ${source.name}\``, details: { source: source.name, parent: source.parent },
      });
    }
    return undefined;
  }, DELAYS);
}
