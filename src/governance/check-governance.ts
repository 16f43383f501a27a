import { Construct } from 'constructs';
import { LakeFormationOptions } from './governance';
import { Problems } from '../core/problems';

/** Options that cannot stand together. */
export function checkGovernance(scope: Construct, options: LakeFormationOptions): void {
  const { dataLakeSettings, deploymentRole, hybridAccess, revokeIamAllowedPrincipals } = options;
  const problems = new Problems(scope);
  problems.check(dataLakeSettings !== false || deploymentRole === undefined, 'governance', 'a deploymentRole, and dataLakeSettings: false',
    'leave deploymentRole out: without the settings nothing is done with it');
  problems.check(dataLakeSettings !== false || !hybridAccess, 'governance', 'hybridAccess, and dataLakeSettings: false',
    'only an administrator can opt principals in: let the lake add the role that does it to the settings');
  problems.check(!revokeIamAllowedPrincipals || !hybridAccess, 'governance', 'hybridAccess, and revokeIamAllowedPrincipals',
    'leave one of the two out: hybrid access is what IAM_ALLOWED_PRINCIPALS holds');
  problems.throwIfAny();
}
