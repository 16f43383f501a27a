import * as glue from 'aws-cdk-lib/aws-glue';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { uniqueName } from '../core/names';
import { allowLogEncryption } from '../storage/encryption';

/** Options of a CrawlerSecurity. */
export interface CrawlerSecurityProps {
  /** Key that encrypts what crawlers write. */
  readonly encryptionKey: kms.IKey;
}

/** Glue's security configuration of a lake's crawlers: everything they write is encrypted with one key. */
export class CrawlerSecurity extends Construct {
  /** The security configuration. */
  readonly configuration: glue.CfnSecurityConfiguration;
  /** Its name. */
  readonly configurationName: string;

  constructor(scope: Construct, id: string, props: CrawlerSecurityProps) {
    super(scope, id);
    const kmsKeyArn = props.encryptionKey.keyArn;
    allowLogEncryption(props.encryptionKey);
    // No property of it can change: another key makes another configuration, which needs another name.
    this.configurationName = uniqueName(this, kmsKeyArn);
    this.configuration = new glue.CfnSecurityConfiguration(this, 'Configuration', {
      name: this.configurationName,
      encryptionConfiguration: {
        s3Encryptions: [{ s3EncryptionMode: 'SSE-KMS', kmsKeyArn }],
        cloudWatchEncryption: { cloudWatchEncryptionMode: 'SSE-KMS', kmsKeyArn },
        jobBookmarksEncryption: { jobBookmarksEncryptionMode: 'CSE-KMS', kmsKeyArn },
      },
    });
  }
}
