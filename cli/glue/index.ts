import { getCrawler, startCrawler } from './crawlers';
import { GlueOperation } from './operation';
import { batchCreatePartition, batchUpdatePartition, getPartition, getPartitions } from './partitions';
import { createTable, getDatabase, getTable, updateTable } from './tables';

export { GlueError } from './glue-error';
export { LocalCrawlers } from './local-crawlers';
export type { GlueInput, GlueOperation, GlueServices } from './operation';

/** The part of Glue's API that there is on the laptop, as the API names it. */
export const GLUE_OPERATIONS: Readonly<Record<string, GlueOperation>> = {
  GetDatabase: getDatabase,
  GetTable: getTable,
  CreateTable: createTable,
  UpdateTable: updateTable,
  GetPartition: getPartition,
  GetPartitions: getPartitions,
  BatchCreatePartition: batchCreatePartition,
  BatchUpdatePartition: batchUpdatePartition,
  StartCrawler: startCrawler,
  GetCrawler: getCrawler,
};
