import { StackGovernance } from './lake-model';
import { Assembly, AssemblyStack } from './read-assembly';

const GRANT = 'AWS::LakeFormation::PrincipalPermissions';

/** What Lake Formation must allow the deployment of a stack; undefined for a stack that grants nothing there. */
export function readGovernance(stack: AssemblyStack, { stacks }: Assembly): StackGovernance | undefined {
  if (!typesOf(stack).includes(GRANT)) {
    return undefined;
  }
  return {
    // The lake may stand in another stack than its pipelines.
    addsAdministrator: stacks.some((one) => typesOf(one).includes('AWS::LakeFormation::DataLakeSettings')),
    grantsDefaultDatabase: Object.values(stack.template.Resources ?? {}).some(({ Type, Properties }) => Type === GRANT
      && (Properties?.Resource as { Database?: { Name?: unknown } } | undefined)?.Database?.Name === 'default'),
    deployingRole: stack.deployingRole,
  };
}

const typesOf = ({ template }: AssemblyStack): string[] => Object.values(template.Resources ?? {}).map(({ Type }) => Type);
