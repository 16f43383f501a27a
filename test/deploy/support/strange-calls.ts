import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Decision } from './cloud';

const LIST = join(__dirname, '../../../.ci/iam/calls.mjs');

interface Part {
  readonly role: string;
  readonly calls: readonly [action: string, ...rest: unknown[]][];
  readonly implied?: Record<string, string>;
}

/** Roles of the pipeline of this rung, by names of roles of the list, which is of another pipeline. */
const SAME_PART: Record<string, string> = {
  UsersSourceusersExtractorRole: '^CodeSourcereposExtractorRole',
  UsersWorkflowCatalogRole: '^CodeWorkflowCatalogRole',
  UsersWorkflowRole: '^CodeWorkflowRole',
  UsersWorkflowSchedulesRole: '^CodeWorkflowSchedulesRole',
  UsersCrawlersRole: '^CodeCrawlersRole',
  UsersLakeGovernanceLocationsRole: '^CodeLakeGovernanceLocationsRole',
  UsersLakeGovernanceClosingRole: '^CodeLakeGovernanceClosingRole',
  operator: '^Operator',
};

/** Calls of the pipeline's roles, as IAM saw them, whose action the list of calls of the IAM simulation does not have: `role action`. */
export function strangeCalls(decisions: readonly Decision[]): string[] {
  const script = `import(${JSON.stringify(LIST)}).then(({ PARTS }) => console.log(JSON.stringify(PARTS)))`;
  const parts = JSON.parse(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })) as Part[];
  const actionsOf = (role: string) => parts.filter((part) => part.role.startsWith(role))
    .flatMap(({ calls, implied = {} }) => [...calls.map(([action]) => action), ...Object.keys(implied)]);
  const strange = Object.entries(SAME_PART).flatMap(([name, role]) => {
    const made = decisions.filter(({ principal }) => new RegExp(`role/\\w+-${name}\\b|role/\\w+-${name}[0-9A-F]{8}`).test(principal)).map(({ action }) => action);
    const listed = actionsOf(role);
    expect([role, listed.length > 0, made.length > 0]).toEqual([role, true, true]);
    return made.filter((action) => !listed.includes(action)).map((action) => `${name} ${action}`);
  });
  return [...new Set(strange)];
}
