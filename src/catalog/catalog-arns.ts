import { Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** What Glue's authorization looks at for a table's operations: the catalogue, the database and its tables. */
export function catalogArns(scope: IConstruct, databaseName: string): string[] {
  const arn = (resource: string, resourceName?: string) => Stack.of(scope).formatArn({ service: 'glue', resource, resourceName });
  return [arn('catalog'), arn('database', databaseName), arn('table', `${databaseName}/*`)];
}
