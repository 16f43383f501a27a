import { Dataset, facet } from './open-lineage';
import { LineageConfig, LineageSource } from '../../../src/spec/lineage-spec';

/** Names are those of OpenLineage's naming specification ("Naming"), so that they join with what other tools tell of the same tables. */
export function apiDataset({ url }: LineageSource): Dataset[] {
  if (url === undefined) {
    return [];
  }
  const { origin } = new URL(url);
  return [{ namespace: origin, name: url.slice(origin.length) || '/' }]; // as written: a child's path has {placeholders}
}

/** A table as Athena knows it, with its names in Glue and, if given, in S3. */
export function tableDataset(config: LineageConfig, database: string, table: string, location?: { bucket: string; prefix: string }): Dataset {
  const identifiers = [
    { namespace: config.glueNamespace, name: `table/${database}/${table}`, type: 'TABLE' },
    ...(location ? [{ namespace: `s3://${location.bucket}`, name: location.prefix.replace(/\/$/, ''), type: 'LOCATION' }] : []),
  ];
  return {
    namespace: `awsathena://athena.${config.region}.amazonaws.com`,
    name: `AwsDataCatalog.${database}.${table}`,
    facets: { symlinks: facet('SymlinksDatasetFacet', { identifiers }) },
  };
}

export const rawDataset = (config: LineageConfig, source: LineageSource): Dataset =>
  tableDataset(config, source.database, source.table, source);
