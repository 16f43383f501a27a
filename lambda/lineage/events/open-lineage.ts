/** The parts of OpenLineage 2-0-2 that this product tells (https://openlineage.io/spec/2-0-2/OpenLineage.json). */
export interface RunEvent {
  readonly eventType: 'START' | 'COMPLETE' | 'FAIL' | 'ABORT';
  readonly eventTime: string;
  readonly producer: string;
  readonly schemaURL: string;
  readonly run: { readonly runId: string; readonly facets: Facets };
  readonly job: { readonly namespace: string; readonly name: string; readonly facets: Facets };
  readonly inputs: readonly Dataset[];
  readonly outputs: readonly Dataset[];
}

export interface Dataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets?: Facets;
  readonly inputFacets?: Facets;
  readonly outputFacets?: Facets;
}

export type Facets = Readonly<Record<string, Facet>>;
export type Facet = Readonly<Record<string, unknown>> & { readonly _producer: string; readonly _schemaURL: string };

export const PRODUCER = 'https://github.com/cdk-data-lake-pipeline/cdk-data-lake-pipeline';
export const SCHEMA_URL = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent';

const FACETS = 'https://openlineage.io/spec/facets';

/** Version and definition of every facet that is told. */
const FACET_SCHEMAS = {
  ColumnLineageDatasetFacet: '1-2-0',
  DataQualityAssertionsDatasetFacet: '1-1-0',
  ErrorMessageRunFacet: '1-0-1',
  ExecutionParametersRunFacet: '1-0-0',
  JobTypeJobFacet: '2-0-4',
  NominalTimeRunFacet: '1-0-1',
  OutputStatisticsOutputDatasetFacet: '1-0-2',
  ParentRunFacet: '1-2-0',
  SQLJobFacet: '1-1-0',
  SymlinksDatasetFacet: '1-0-1',
} as const;

export function facet(name: keyof typeof FACET_SCHEMAS, fields: Readonly<Record<string, unknown>>): Facet {
  return { _producer: PRODUCER, _schemaURL: `${FACETS}/${FACET_SCHEMAS[name]}/${name}.json#/$defs/${name}`, ...fields };
}
