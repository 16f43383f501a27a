import { Annotations, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Problems } from './problems';

/**
 * The second key of data deletion: a context flag of the app. Data is deleted with its stack only when
 * the construct says `RemovalPolicy.DESTROY` and the app is synthesized with this flag set to `true`.
 */
const DELETE_DATA_CONTEXT = 'cdk-data-lake-pipeline:deleteData';

/**
 * What happens to resources when the props do not say: they are kept. Only a first deployment that fails takes back what it made,
 * which holds nothing yet; under the same names the next one could not make it.
 */
export const DEFAULT_REMOVAL_POLICY = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;

/** The removal policy of resources without data of their own. */
export function plainRemovalPolicy(scope: Construct, removalPolicy: RemovalPolicy | undefined): RemovalPolicy {
  const problems = new Problems(scope);
  problems.check(removalPolicy !== RemovalPolicy.SNAPSHOT, 'removalPolicy', removalPolicy, 'nothing here can make a snapshot: use RETAIN or DESTROY');
  problems.throwIfAny();
  return removalPolicy ?? DEFAULT_REMOVAL_POLICY;
}

/** Whether both keys of data deletion are turned. */
export function deletesData(scope: Construct, removalPolicy: RemovalPolicy | undefined): boolean {
  if (plainRemovalPolicy(scope, removalPolicy) !== RemovalPolicy.DESTROY) {
    return false;
  }
  const flag: unknown = scope.node.tryGetContext(DELETE_DATA_CONTEXT);
  if (flag === true || flag === 'true') {
    return true;
  }
  Annotations.of(Stack.of(scope)).addWarningV2( // once a stack, not once a bucket
    'cdk-data-lake-pipeline:dataKept',
    `RemovalPolicy.DESTROY alone keeps the data: set the context "${DELETE_DATA_CONTEXT}" to true to delete it with the stack`,
  );
  return false;
}

/** The removal policy of resources that hold data, or that data cannot be read without. */
export function dataRemovalPolicy(scope: Construct, removalPolicy: RemovalPolicy | undefined): RemovalPolicy {
  if (deletesData(scope, removalPolicy)) {
    return RemovalPolicy.DESTROY;
  }
  return removalPolicy === RemovalPolicy.RETAIN ? removalPolicy : DEFAULT_REMOVAL_POLICY;
}
