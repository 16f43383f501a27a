import { RemovalPolicy } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { LakeFormationOptions } from './governance';

/** Whether the lake's locations are registered. */
export const DEFAULT_REGISTER_LOCATIONS = true;

/** Options of LakeFormationGrants. */
export interface LakeFormationGrantsProps extends LakeFormationOptions {
  /** The lake's bucket. */
  readonly bucket: s3.IBucket;

  /** The lake's database. */
  readonly databaseName: string;

  /**
   * Whether `raw/` and `curated/` of the bucket are registered with Lake Formation. A location can be registered once:
   * turn this off for a bucket that is registered already.
   *
   * @default true
   */
  readonly registerLocations?: boolean;

  /**
   * Key that encrypts the logs of what closes the database and opts principals in.
   *
   * @default - CloudWatch's own encryption
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What happens to those logs when the stack is deleted.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}
