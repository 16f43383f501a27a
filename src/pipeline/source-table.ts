import { Construct } from 'constructs';
import { CatalogTable, DEFAULT_FIRST_PARTITION, isDay } from '../catalog/catalog-table';
import { ExplicitCataloguingOptions } from '../catalog/cataloguing';
import { checkedColumns, TableColumn } from '../catalog/table-column';
import { Problems } from '../core/problems';
import { IDataLake } from '../data-lake';
import { Source } from '../extraction/source';
import { rawPrefix } from '../spec/object-keys';

/** Declares the table of a source, with the columns that are given or those of its contract. */
export function addSourceTable(scope: Construct, source: Source, options: ExplicitCataloguingOptions, lake: IDataLake): CatalogTable {
  const problems = new Problems(scope);
  const at = (property: string) => `sources.${source.name}.${property}`;
  const { firstPartition, columns: given } = options;
  problems.check(firstPartition === undefined || isDay(firstPartition), at('cataloguing.firstPartition'), firstPartition, `use a day as YYYY-MM-DD, such as ${DEFAULT_FIRST_PARTITION}`);
  problems.check(given === undefined || given.length > 0, at('cataloguing.columns'), given, 'declare at least one column, or leave columns out and give the source a contract');
  problems.check(source._options.crawlerName === undefined, at('crawlerName'), source._options.crawlerName, 'a declared table has no crawler: leave the name out');
  const columns = given ? checkedColumns(given, at('cataloguing.columns'), problems) : contractColumns(source, at, problems);
  problems.throwIfAny();
  const table = new CatalogTable(scope, 'Table', { bucket: lake.bucket, prefix: rawPrefix(source.name), databaseName: lake.databaseName, columns, firstPartition });
  table.node.addDependency(...(lake.database ? [lake.database] : []));
  lake.lakeFormation?.governTable(table.table);
  return table;
}

/** The columns of the contract, and the fields that a child's records get of their parents. */
function contractColumns(source: Source, at: (property: string) => string, problems: Problems): TableColumn[] {
  const { contract } = source._options;
  if (contract === undefined) {
    problems.add(at('cataloguing'), 'no columns and no contract', 'declare them: Cataloguing.explicit({ columns: [{ name, type }] }), or give the source a contract');
    return [];
  }
  const { columns, problems: found } = contract._columns();
  for (const { pointer, fix } of found) {
    problems.add(`${at('contract.schema')}#${pointer}`, 'names that a table cannot have', fix);
  }
  problems.check(columns.length > 0, at('contract.schema'), 'a schema that declares no properties', 'declare the columns: Cataloguing.explicit({ columns: [{ name, type }] })');
  const known = columns.map(({ name }) => name.toLowerCase());
  const inherited = source._custom ? [] : Object.keys(source._render().parent?.include ?? {}).filter((name) => !known.includes(name.toLowerCase()));
  return checkedColumns([...columns, ...inherited.map((name) => ({ name, type: 'string' }))], at('contract.schema'), problems);
}
