import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { RunSchedule } from './run-schedule';
import { CatalogCrawler } from '../catalog/catalog-crawler';
import { Cataloguing } from '../catalog/cataloguing';
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

  /** What discovers its table. */
  readonly crawler: CatalogCrawler;

  /**
   * How its table is kept up to date.
   *
   * @default Cataloguing.crawlOnSchemaChange()
   */
  readonly cataloguing?: Cataloguing;

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
