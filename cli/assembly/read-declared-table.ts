import { SourceTable } from './lake-model';
import { AssemblyStack } from './read-assembly';
import { damaged, Properties, propertiesOf } from './read-resources';
import { Resolver } from './resolver';
import { GlueTable } from '../catalog/glue-table';

/** A table of the template, as Glue's API would show it. */
export function readDeclaredTable(stack: AssemblyStack, resolver: Resolver, logicalId: string): SourceTable {
  const properties = propertiesOf(stack, logicalId, 'AWS::Glue::Table');
  const database = resolver.text(properties.DatabaseName);
  const declared = withTexts(resolver.resolve(properties.TableInput)) as unknown as GlueTable;
  const location = /^s3:\/\/([^/]+)\/(.+)$/.exec(declared.StorageDescriptor?.Location ?? '');
  if (location === null) {
    throw damaged(stack, `table ${logicalId} has no location with a prefix`);
  }
  const [, bucket, prefix] = location;
  return { database, bucket, prefix, declared: { ...declared, DatabaseName: database } };
}

/** CloudFormation takes `true` for `"true"`, and gives Glue the text. */
function withTexts(input: unknown): Properties {
  const { Parameters, ...rest } = input as Properties;
  return { ...rest, Parameters: Object.fromEntries(Object.entries(Parameters as Properties ?? {}).map(([name, value]) => [name, String(value)])) };
}
