import { Aws } from 'aws-cdk-lib';
import * as lakeformation from 'aws-cdk-lib/aws-lakeformation';
import { Construct } from 'constructs';
import { LakeReadOptions } from './access-options';
import { DeclaredTable } from './declared-table';
import { digestOf } from './principal-identifier';

/** The filter that leaves some columns and rows of a table: one for all who see the same part. */
export function dataCellsFilter(
  scope: Construct,
  databaseName: string,
  table: DeclaredTable,
  options: LakeReadOptions,
  added: (filter: lakeformation.CfnDataCellsFilter) => void,
): lakeformation.CfnDataCellsFilter {
  const { rowFilter } = options;
  const columns = sorted(options.columns);
  const excludedColumns = sorted(options.excludedColumns);
  const digest = digestOf(scope, table.name, columns, excludedColumns, rowFilter);
  const known = scope.node.tryFindChild(`Filter-${digest}`) as lakeformation.CfnDataCellsFilter | undefined;
  if (known) {
    return known;
  }
  const filter = new lakeformation.CfnDataCellsFilter(scope, `Filter-${digest}`, {
    tableCatalogId: Aws.ACCOUNT_ID,
    databaseName,
    tableName: table.name,
    name: `part_${digest}`,
    columnNames: columns,
    columnWildcard: columns ? undefined : { excludedColumnNames: excludedColumns },
    rowFilter: rowFilter === undefined ? { allRowsWildcard: {} } : { filterExpression: rowFilter },
  });
  filter.node.addDependency(table.resource);
  added(filter);
  return filter;
}

const sorted = (names: string[] | undefined): string[] | undefined => names && [...new Set(names.map((name) => name.toLowerCase()))].sort();
