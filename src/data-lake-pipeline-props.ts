import { Size } from 'aws-cdk-lib';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Cataloguing } from './catalog/cataloguing';
import { IDataLake } from './data-lake';
import { DataLakeProps } from './data-lake-props';
import { ExtractorOptions } from './extraction/extractor-options';
import { Source } from './extraction/source';
import { LineageOptions } from './lineage/lineage-function';
import { MonitoringOptions } from './monitoring/pipeline-monitoring';
import { VpcOptions } from './network/function-network';
import { QualityEngine } from './quality/quality-engine';
import { NamedQuery } from './query/named-query';
import { Transform } from './transform/transform';
import { TableUpkeep } from './upkeep/table-upkeep';

/** Options of a DataLakePipeline. */
export interface DataLakePipelineProps extends DataLakeProps {
  /**
   * What is extracted. More can be added with `addSource`.
   *
   * @default - none yet
   */
  readonly sources?: Source[];

  /**
   * Lake that the pipeline fills, to be shared with other pipelines. Excludes `databaseName`, `bucket`,
   * `encryption`, `encryptionKey`, `governance` and `audit`, which are the lake's.
   *
   * @default - a new DataLake
   */
  readonly lake?: IDataLake;

  /**
   * Name of the analysts' Athena workgroup.
   *
   * @default - a unique name made from the construct's path
   */
  readonly workgroupName?: string;

  /**
   * Most that one query may scan, in either workgroup; Athena cancels a query that goes beyond it.
   *
   * @default Size.gibibytes(100)
   */
  readonly scanLimit?: Size;

  /**
   * Queries that analysts find in the workgroup. More can be added with `addNamedQuery`.
   *
   * @default - none
   */
  readonly namedQueries?: NamedQuery[];

  /**
   * Tables that are made of the sources' tables after each run. More can be added with `addTransform`.
   *
   * @default - none
   */
  readonly transforms?: Transform[];

  /**
   * When curated tables are compacted and rid of old snapshots.
   *
   * @default - never: files and snapshots add up with every run
   */
  readonly upkeep?: TableUpkeep;

  /**
   * What evaluates the sources' quality rules.
   *
   * @default QualityEngine.athena()
   */
  readonly qualityEngine?: QualityEngine;

  /**
   * How tables are kept up to date after each run. A source's own option goes first.
   *
   * @default Cataloguing.crawlOnSchemaChange()
   */
  readonly cataloguing?: Cataloguing;

  /**
   * Topic that is told of runs that failed.
   *
   * @default - a new topic, which someone must subscribe to
   */
  readonly topic?: sns.ITopic;

  /**
   * OpenLineage events of every run, kept in the lake under `_lineage/` and sent to sinks.
   *
   * @default - no lineage is told
   */
  readonly lineage?: LineageOptions;

  /**
   * A dashboard and alarms: runs that failed, sources that are stale, empty runs, quarantine, throttling, dead letters, large queries.
   *
   * @default - neither; failed runs are told to the topic all the same
   */
  readonly monitoring?: MonitoringOptions;

  /**
   * VPC of the functions: extractors, the keeper of tables, lineage. Functions of your own stand where you put them.
   *
   * @default - in no VPC; extractors reach APIs on the internet
   */
  readonly vpc?: VpcOptions;

  /**
   * Memory, time and logs of the extractors. A source's own options go first.
   *
   * @default - see ExtractorOptions
   */
  readonly extractor?: ExtractorOptions;
}
