import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { RunSchedule } from './run-schedule';
import { CatalogCrawler } from '../catalog/catalog-crawler';
import { CatalogTable } from '../catalog/catalog-table';
import { Cataloguing } from '../catalog/cataloguing';
import { Incremental } from '../extraction/incremental';
import { QualityRule } from '../quality/quality-rule';

/** A source that a workflow runs. */
export interface WorkflowSource {
  /** Name of the source and of its table. */
  readonly name: string;

  /** The function that extracts it. */
  readonly lambdaFunction: lambda.IFunction;

  /**
   * Endpoint that it asks, without query and credentials.
   *
   * @default - lineage names no origin of the records
   */
  readonly url?: string;

  /** The logs of that function. */
  readonly logGroup: logs.ILogGroup;

  /**
   * What discovers its table. Needed unless `table` is given.
   *
   * @default - the table is declared
   */
  readonly crawler?: CatalogCrawler;

  /**
   * Its table, when the template declares it.
   *
   * @default - the crawler makes it
   */
  readonly table?: CatalogTable;

  /**
   * How its table is kept up to date.
   *
   * @default Cataloguing.crawlOnSchemaChange(); with `table`, Cataloguing.explicit()
   */
  readonly cataloguing?: Cataloguing;

  /**
   * How the source reads what is new: its values are what a backfill goes by.
   *
   * @default - the source cannot be backfilled
   */
  readonly incremental?: Incremental;

  /**
   * When the source runs by itself.
   *
   * @default - it is started by hand, or by an event
   */
  readonly schedule?: RunSchedule;

  /**
   * What must hold for each partition that it writes.
   *
   * @default - nothing is checked
   */
  readonly quality?: QualityRule[];
}
