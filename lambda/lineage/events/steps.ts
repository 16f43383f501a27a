import { queryLineage } from './column-lineage';
import { ColumnSource } from './column-source';
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
  const { columns, rows } = queryLineage(query);
  const isInput = ({ table }: ColumnSource) => inputs.has(table);
  const fields = columns.filter(({ from }) => from.every(isInput))
    .map(({ column, from }) => [column, { inputFields: inputFields(from, inputs) }] as const);
  const dataset = inputFields(rows.filter(isInput), inputs);
  if (fields.length === 0 && dataset.length === 0) {
    return output;
  }
  const told = { fields: Object.fromEntries(fields), ...(dataset.length > 0 && { dataset }) };
  return { ...output, facets: { ...output.facets, columnLineage: facet('ColumnLineageDatasetFacet', told) } };
}

/** Each column once, with all the parts that it has. */
function inputFields(sources: readonly ColumnSource[], inputs: ReadonlyMap<string, Dataset>) {
  const columns = new Map<string, ColumnSource[]>();
  for (const source of sources) {
    const key = JSON.stringify([source.table, source.field]);
    columns.set(key, [...columns.get(key) ?? [], source]);
  }
  return [...columns.values()].map((parts) => {
    const [{ table, field }] = parts as [ColumnSource];
    const { namespace, name } = inputs.get(table)!;
    return { namespace, name, field, transformations: parts.map(({ part }) => ({ ...part, masking: false })) };
  });
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
