import { columnOrigins } from './column-lineage';
import { apiDataset, rawDataset, tableDataset } from './datasets';
import { Dataset, facet, Facets } from './open-lineage';
import { LineageConfig, LineageRequest, LineageStep, LineageTransform } from '../../../src/spec/lineage-spec';

/** A job under the run's own: one a step, one a transform. */
export interface StepJob {
  /** Follows the pipeline's and the source's name. */
  readonly name: string;
  readonly step: LineageStep;
  readonly facets: Facets;
  readonly inputs: readonly Dataset[];
  readonly outputs: readonly Dataset[];
}

/** The steps of a run that had something to do, in their order. */
export function stepJobs(config: LineageConfig, request: LineageRequest): StepJob[] {
  const { source, quality, result } = request;
  const raw = rawDataset(config, source);
  const jobs: StepJob[] = [
    { name: 'extract', step: 'extract', facets: {}, inputs: apiDataset(source), outputs: [withStatistics(raw, result)] },
    { name: 'catalogue', step: 'catalogue', facets: {}, inputs: [raw], outputs: [] },
  ];
  if (quality !== undefined && quality.length > 0) {
    jobs.push({ name: 'quality', step: 'quality', facets: {}, inputs: [withAssertions(raw, quality)], outputs: [] });
  }
  return [...jobs, ...source.transforms.map((transform) => transformJob(config, request, transform))];
}

function transformJob(config: LineageConfig, { source }: LineageRequest, { name, table, inputs, query }: LineageTransform): StepJob {
  const datasets = inputs.map((input) => (input === source.table ? rawDataset(config, source) : tableDataset(config, source.database, input)));
  return {
    name: `transform.${name}`,
    step: 'transforms',
    facets: { sql: facet('SQLJobFacet', { query, dialect: 'trino' }) },
    inputs: datasets,
    outputs: [withColumnLineage(tableDataset(config, source.database, table), query, new Map(inputs.map((input, i) => [input, datasets[i]!])))],
  };
}

function withColumnLineage(output: Dataset, query: string, inputs: ReadonlyMap<string, Dataset>): Dataset {
  const fields = columnOrigins(query)
    .filter(({ from }) => from.every(({ table }) => inputs.has(table)))
    .map(({ column, from, subtype }) => [column, {
      inputFields: from.map(({ table, field }) => {
        const { namespace, name } = inputs.get(table)!;
        return { namespace, name, field, transformations: [{ type: 'DIRECT', subtype, masking: false }] };
      }),
    }] as const);
  return fields.length === 0
    ? output
    : { ...output, facets: { ...output.facets, columnLineage: facet('ColumnLineageDatasetFacet', { fields: Object.fromEntries(fields) }) } };
}

function withStatistics(dataset: Dataset, result: LineageRequest['result']): Dataset {
  if (result?.records === undefined) {
    return dataset;
  }
  const statistics = { rowCount: result.records, size: result.bytes, fileCount: result.parts };
  return { ...dataset, outputFacets: { outputStatistics: facet('OutputStatisticsOutputDatasetFacet', statistics) } };
}

function withAssertions(dataset: Dataset, quality: NonNullable<LineageRequest['quality']>): Dataset {
  const assertions = quality.map(({ name, level, passed, actual, expected, column }) => ({
    assertion: name,
    success: passed,
    severity: level.toLowerCase(),
    ...(column !== undefined && { column }),
    ...(expected !== undefined && { expected }),
    ...(actual !== undefined && { actual }),
  }));
  return { ...dataset, inputFacets: { dataQualityAssertions: facet('DataQualityAssertionsDatasetFacet', { assertions }) } };
}
