import { CustomResource, Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { catalogArns } from '../catalog/catalog-arns';
import { acknowledge } from '../core/acknowledge';
import { addBundledFunction, BundledFunction } from '../core/bundled-function';
import { DEFAULT_LOG_RETENTION } from '../extraction/extractor-options';
import { LakeFormationRequest } from '../spec/lake-formation-request';

const MEMORY_SIZE = 256;
/** A revocation a table: thousands of them. */
const TIMEOUT = Duration.minutes(5);

export interface LakeFormationFunctionProps {
  readonly databaseName: string;
  readonly encryptionKey?: kms.IKey;
  readonly removalPolicy?: RemovalPolicy;
}

/** Options of one of the two things that the function can do. */
interface ActionProps extends LakeFormationFunctionProps {
  readonly description: string;
  readonly statements: iam.PolicyStatement[];
}

/** A function that does in Lake Formation what CloudFormation has no resource for. It can do one thing, for one database. */
export class LakeFormationFunction extends Construct {
  /** One that closes the database to IAM. */
  static closing(scope: Construct, id: string, props: LakeFormationFunctionProps): LakeFormationFunction {
    return new LakeFormationFunction(scope, id, {
      ...props,
      description: `Closes the database ${props.databaseName} to IAM`,
      statements: [
        lakeFormation('lakeformation:RevokePermissions'),
        new iam.PolicyStatement({ actions: ['glue:GetTables'], resources: catalogArns(scope, props.databaseName) }),
      ],
    });
  }

  /** One that opts principals in. Its role outlives it, because the settings name it. */
  static optingIn(scope: Construct, id: string, props: LakeFormationFunctionProps): LakeFormationFunction {
    const made = new LakeFormationFunction(scope, id, {
      ...props,
      description: `Opts principals in for the database ${props.databaseName}`,
      statements: [
        lakeFormation('lakeformation:CreateLakeFormationOptIn', 'lakeformation:DeleteLakeFormationOptIn', 'lakeformation:ListLakeFormationOptIns'),
      ],
    });
    made.role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return made;
  }

  readonly role: iam.Role;
  private readonly made: BundledFunction;

  private constructor(scope: Construct, id: string, { description, statements, encryptionKey, removalPolicy }: ActionProps) {
    super(scope, id);
    this.made = addBundledFunction(this, {
      description,
      statements,
      encryptionKey,
      removalPolicy,
      bundle: 'lake-formation',
      memorySize: MEMORY_SIZE,
      timeout: TIMEOUT,
      environment: {},
      logRetention: DEFAULT_LOG_RETENTION,
    });
    this.role = this.made.role;
    acknowledge(this, 'it runs while a stack is deployed, calls Lake Formation alone, and no data passes through it',
      ['HIPAA.Security-LambdaInsideVPC', 'NIST.800.53.R5-LambdaInsideVPC', 'PCI.DSS.321-LambdaInsideVPC']);
  }

  /** Adds a custom resource that the function answers for. */
  request(scope: Construct, id: string, request: LakeFormationRequest): CustomResource {
    return new CustomResource(scope, id, {
      resourceType: `Custom::LakeFormation${request.action === 'close' ? 'Closed' : 'OptIn'}`,
      serviceToken: this.made.lambdaFunction.functionArn,
      serviceTimeout: TIMEOUT.plus(Duration.minutes(1)),
      properties: { ...request },
    });
  }
}

/** The service knows no resources. */
const lakeFormation = (...actions: string[]) => new iam.PolicyStatement({ actions, resources: ['*'] });
