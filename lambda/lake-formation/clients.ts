import { GlueClient } from '@aws-sdk/client-glue';
import { LakeFormationClient } from '@aws-sdk/client-lakeformation';

/** What the actions work with. */
export interface Clients {
  readonly lakeFormation: LakeFormationClient;
  readonly glue: GlueClient;
  /** Milliseconds before each repetition; tests wait shorter. */
  readonly delays?: readonly number[];
}
