import { Aws, Stack } from 'aws-cdk-lib';
import * as glue from 'aws-cdk-lib/aws-glue';

/** A table of the template: a number, texts, a date, a nested and a repeated column, and a partition key. */
export const declareUsers = (stack: Stack, databaseName = 'the_db'): glue.CfnTable => new glue.CfnTable(stack, 'Users', {
  catalogId: Aws.ACCOUNT_ID,
  databaseName,
  tableInput: {
    name: 'users',
    storageDescriptor: {
      columns: [
        { name: 'id', type: 'bigint' },
        { name: 'email', type: 'string' },
        { name: 'country', type: 'string' },
        { name: 'active', type: 'boolean' },
        { name: 'born', type: 'date' },
        { name: 'address', type: 'struct<city:string,zip:int>' },
        { name: 'tags', type: 'array<string>' },
      ],
    },
    partitionKeys: [{ name: 'ingestion_date', type: 'string' }],
  },
});
