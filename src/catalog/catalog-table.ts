import { Aws } from 'aws-cdk-lib';
import * as glue from 'aws-cdk-lib/aws-glue';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { checkedColumns, TableColumn } from './table-column';
import { Problems } from '../core/problems';
import { PARTITION_KEY } from '../spec/object-keys';

/** Where partition projection begins. */
export const DEFAULT_FIRST_PARTITION = '2020-01-01';

/** Options of a CatalogTable. */
export interface CatalogTableProps {
  /** Bucket of the data. */
  readonly bucket: s3.IBucket;

  /** Prefix of the table, such as `raw/users/`; days stand below it as `ingestion_date=YYYY-MM-DD/`. The table takes the name of its last folder. */
  readonly prefix: string;

  /** Database of the table. */
  readonly databaseName: string;

  /** Columns, besides the partition key `ingestion_date`. */
  readonly columns: TableColumn[];

  /**
   * First day that queries see, YYYY-MM-DD: partition projection begins there.
   *
   * @default '2020-01-01'
   */
  readonly firstPartition?: string;
}

/**
 * A Glue table over gzipped JSON lines, declared in the template. Its partitions are projected, one a day up to today, so
 * that nothing needs to add them; services other than Athena do not see them.
 *
 * A change of columns updates the table in place: files stay as they are, and Athena reads them by the new columns.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html
 */
export class CatalogTable extends Construct {
  /** The table. */
  readonly table: glue.CfnTable;
  /** Its name. */
  readonly tableName: string;
  /** Its columns as Glue keeps them, the partition key aside. */
  readonly columns: TableColumn[];

  constructor(scope: Construct, id: string, props: CatalogTableProps) {
    super(scope, id);
    const { bucket, prefix, databaseName } = props;
    const firstPartition = props.firstPartition ?? DEFAULT_FIRST_PARTITION;
    this.columns = this.checkProps(props, firstPartition);
    this.tableName = prefix.split('/').at(-2)!;
    const location = bucket.s3UrlForObject(prefix);
    this.table = new glue.CfnTable(this, 'Table', {
      catalogId: Aws.ACCOUNT_ID,
      databaseName,
      tableInput: {
        name: this.tableName,
        tableType: 'EXTERNAL_TABLE',
        parameters: {
          'EXTERNAL': 'TRUE',
          'classification': 'json',
          'compressionType': 'gzip',
          'projection.enabled': 'true',
          [`projection.${PARTITION_KEY}.type`]: 'date',
          [`projection.${PARTITION_KEY}.format`]: 'yyyy-MM-dd',
          [`projection.${PARTITION_KEY}.range`]: `${firstPartition},NOW`,
          [`projection.${PARTITION_KEY}.interval`]: '1',
          [`projection.${PARTITION_KEY}.interval.unit`]: 'DAYS',
          'storage.location.template': `${location}${PARTITION_KEY}=\${${PARTITION_KEY}}/`,
        },
        partitionKeys: [{ name: PARTITION_KEY, type: 'string' }],
        storageDescriptor: {
          columns: this.columns,
          location,
          inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
          compressed: true,
          serdeInfo: { serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe' },
        },
      },
    });
  }

  private checkProps({ prefix, columns }: CatalogTableProps, firstPartition: string): TableColumn[] {
    const problems = new Problems(this);
    problems.check(/^([^/]+\/)+$/.test(prefix), 'prefix', prefix, 'use folders, each ending in a slash, such as raw/users/');
    problems.check(columns.length > 0, 'columns', columns, 'declare at least one');
    problems.check(isDay(firstPartition), 'firstPartition', firstPartition, 'use a day as YYYY-MM-DD');
    const checked = checkedColumns(columns, 'columns', problems);
    problems.throwIfAny();
    return checked;
  }
}

/** Whether the text is a day of the calendar, as partitions are named. */
export function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
