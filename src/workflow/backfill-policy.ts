import * as iam from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';
import { MAP_LABEL } from './steps/backfill';
import { executionArns, statesArn } from './workflow-policy';
import { IDataLake } from '../data-lake';
import { BACKFILLS_PREFIX } from '../spec/object-keys';
import { objectStatement } from '../storage/lake-access';

/**
 * What a state machine needs to run windows as child executions of its own, and to go on with those that failed when a person
 * redrives it; and to note why a window failed.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
 */
export function backfillStatements(scope: IConstruct, lake: IDataLake, stateMachineName: string): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [statesArn(scope, 'stateMachine', stateMachineName)] }),
    // To describe them it is allowed for the claims already.
    new iam.PolicyStatement({ actions: ['states:StopExecution'], resources: [executionArns(scope, stateMachineName)] }),
    new iam.PolicyStatement({ actions: ['states:RedriveExecution'], resources: [statesArn(scope, 'execution', `${stateMachineName}/${MAP_LABEL}:*`)] }),
    objectStatement(lake.bucket, ['s3:PutObject'], [`${BACKFILLS_PREFIX}*`]),
  ];
}
