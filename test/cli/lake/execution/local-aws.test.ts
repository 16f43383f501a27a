import { join } from 'node:path';
import { BatchUpdatePartitionCommand, GetTableCommand, GlueClient, paginateGetPartitions, UpdateTableCommand } from '@aws-sdk/client-glue';
import { LocalCatalog } from '../../../../cli/catalog';
import { LocalCrawlers } from '../../../../cli/glue';
import { LocalAws, startLocalAws } from '../../../../cli/lake/execution/local-aws';
import { Message } from '../../../../cli/workflow/tasks';
import { newFolder } from '../../../support/handwritten-app';

const TABLE = { Name: 'users', StorageDescriptor: { Columns: [{ Name: 'n', Type: 'int' }], Location: 's3://b/raw/users/' }, PartitionKeys: [{ Name: 'd', Type: 'string' }] };

describe('the other AWS services, asked by their own SDK', () => {
  const catalog = new LocalCatalog(join(newFolder(), 'catalog'));
  const messages: Message[] = [];
  let aws: LocalAws;
  let client: GlueClient;

  beforeAll(async () => {
    aws = await startLocalAws({ catalog, crawlers: new LocalCrawlers({ crawlers: [], file: '', crawl: async () => undefined }) }, (message) => messages.push(message));
    client = new GlueClient({ region: 'us-east-1', endpoint: aws.environment.AWS_ENDPOINT_URL, credentials: { accessKeyId: 'x', secretAccessKey: 'x' }, maxAttempts: 1 });
    catalog.putTable('lake', TABLE);
    catalog.addPartitions('lake', 'users', ['1', '2'].map((value) => ({ Values: [value], StorageDescriptor: { Location: `s3://b/raw/users/d=${value}/` } })));
  });

  afterAll(async () => {
    client.destroy();
    await aws.close();
  });

  test('a table is read, and changed in the version that was read', async () => {
    const { Table } = await client.send(new GetTableCommand({ DatabaseName: 'lake', Name: 'users' }));
    expect(Table).toMatchObject({ ...TABLE, DatabaseName: 'lake' });
    const update = () => client.send(new UpdateTableCommand({ DatabaseName: 'lake', TableInput: { ...TABLE, Parameters: { a: '1' } }, VersionId: Table?.VersionId }));
    await update();
    await expect(update()).rejects.toMatchObject({ name: 'VersionMismatchException' });
    expect(catalog.getTable('lake', 'users')?.Parameters).toEqual({ a: '1' });
  });

  test('partitions show the columns of the table', async () => {
    const found = [];
    for await (const page of paginateGetPartitions({ client, pageSize: 1 }, { DatabaseName: 'lake', TableName: 'users' })) {
      found.push(...page.Partitions ?? []);
    }
    expect(found).toMatchObject([
      { Values: ['1'], StorageDescriptor: { Location: 's3://b/raw/users/d=1/', Columns: [{ Name: 'n', Type: 'int' }] } },
      { Values: ['2'], StorageDescriptor: { Location: 's3://b/raw/users/d=2/' } },
    ]);
  });

  test('what is missing is told by the names of Glue', async () => {
    await expect(client.send(new GetTableCommand({ DatabaseName: 'lake', Name: 'nope' }))).rejects.toMatchObject({ name: 'EntityNotFoundException' });
    const entry = { PartitionValueList: ['9'], PartitionInput: { Values: ['9'] } };
    const { Errors } = await client.send(new BatchUpdatePartitionCommand({ DatabaseName: 'lake', TableName: 'users', Entries: [entry] }));
    expect(Errors).toMatchObject([{ PartitionValueList: ['9'], ErrorDetail: { ErrorCode: 'EntityNotFoundException' } }]);
  });

  test('events go to the outbox; every other service is refused by name', async () => {
    const post = async (target: string, body: unknown) => {
      const answer = await fetch(aws.environment.AWS_ENDPOINT_URL, { method: 'POST', headers: { 'x-amz-target': target }, body: JSON.stringify(body) });
      return { status: answer.status, body: await answer.json() };
    };
    expect(await post('AWSEvents.PutEvents', { Entries: [{ Source: 's', DetailType: 'd', Detail: '{}' }] })).toMatchObject({ status: 200, body: { FailedEntryCount: 0 } });
    expect(messages).toEqual([{ to: 'events', source: 's', detailType: 'd', detail: '{}', bus: 'default' }]);
    expect(await post('DynamoDB_20120810.PutItem', {})).toEqual({ status: 400, body: { __type: 'NotSupportedLocally', message: 'DynamoDB_20120810.PutItem is not there on this machine' } });
  });
});
