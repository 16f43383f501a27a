import { Caller, callerFor } from './caller';
import { checkDefaultDatabase } from './default-database';
import { checkLakeAdministrator } from './lake-administrator';
import { checkBoundary } from './permission-boundary';
import { Pipeline, PipelineStack } from '../../assembly/lake-model';
import { asCommandError } from '../../errors';
import { Check, DoctorReport, SourceFailure } from '../../render/results';

interface StackCheck {
  readonly name: string;
  readonly look: (caller: Caller) => Promise<string>;
}

/** Looks for what a deployment of the pipelines' stacks would fail on. */
export async function doctor(pipelines: readonly Pipeline[]): Promise<DoctorReport> {
  const stacks = new Map(pipelines.map(({ stack }) => [stack.id, stack]));
  const checks: Check[] = [];
  const failures: SourceFailure[] = [];
  for (const stack of stacks.values()) {
    if (!stack.governance) {
      checks.push({ stack: stack.id, check: 'Lake Formation administrator', found: 'not needed: IAM alone governs the lake' });
    }
    const attempt = async (look: () => Promise<unknown>) => {
      try {
        await look();
      } catch (error) {
        failures.push({ source: stack.id, error: asCommandError(error, 'FAILED') });
      }
    };
    const todo = checksOf(stack);
    await attempt(async () => {
      const caller = todo.length > 0 ? await callerFor(stack) : undefined;
      for (const { name: check, look } of todo) {
        await attempt(async () => checks.push({ stack: stack.id, check, found: await look(caller!) }));
      }
    });
  }
  return { kind: 'doctor', checks, failures };
}

function checksOf({ governance, boundaries }: PipelineStack): StackCheck[] {
  return [
    ...governance ? [
      { name: 'Lake Formation administrator', look: (caller: Caller) => checkLakeAdministrator(governance, caller) },
      { name: 'database `default`', look: ({ region }: Caller) => checkDefaultDatabase(governance, region) },
    ] : [],
    ...boundaries.map((boundary) => ({ name: 'permission boundary', look: (caller: Caller) => checkBoundary(boundary, caller) })),
  ];
}
