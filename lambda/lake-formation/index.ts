import { GlueClient } from '@aws-sdk/client-glue';
import { LakeFormationClient } from '@aws-sdk/client-lakeformation';
import { createHandler } from './handler';

/** Lambda's entry point. */
export const handler = createHandler({ lakeFormation: new LakeFormationClient({ maxAttempts: 6 }), glue: new GlueClient({ maxAttempts: 6 }) });
