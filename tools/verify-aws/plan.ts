import { randomBytes } from 'node:crypto';

/** What the programs of this folder tell each other, in the environment of the app. */
export interface Plan {
  readonly stackName: string;
  readonly databaseName: string;
  /** The API that is read. */
  readonly apiUrl: string;
  /** Whether an emulator answers in AWS's place: what only AWS can show is then not shown, whatever is answered. */
  readonly emulated: boolean;
}

const API_URL = 'https://randomuser.me/api/?results=500&seed=verify';
/** Variables that a person sets. `VERIFY_API_URL`: another API of the same shape, such as one on loopback. */
const { VERIFY_API_URL, AWS_ENDPOINT_URL } = process.env;

export function newPlan(): Plan {
  const name = randomBytes(3).toString('hex');
  return {
    stackName: `DatalakeVerify-${name}`,
    databaseName: `datalake_verify_${name}`,
    apiUrl: VERIFY_API_URL ?? API_URL,
    emulated: AWS_ENDPOINT_URL !== undefined,
  };
}

/** Roles that the app makes for the checks, by what they are. */
export const ROLES = { operator: 'operator', steward: 'steward', partial: 'partial', outsider: 'outsider' } as const;
export type RoleName = keyof typeof ROLES;

export const roleName = ({ stackName }: Plan, role: RoleName): string => `${stackName}-${ROLES[role]}`;

/** What the stack tells. */
export const OUTPUTS = { workgroup: 'WorkgroupName', partialWorkgroup: 'PartialWorkgroupName', bucket: 'BucketName' } as const;

export const PLAN_VARIABLE = 'VERIFY_PLAN';
