// Every AWS call that each part makes, with its resource. `{X}` is the ARN of the one resource whose logical id matches X.
// `code`: where the part's own calls stand. `implied`: calls that stand in no code of ours, and who makes them.
// `redundantHere`: statements that another one covers in this template, and only here.
// `unused`: commands of code that the part shares with another and does not use. `only`: template that alone has the part;
// `except`: the one that does not.

const LAKE = '{^CodeLakeStorageBucket[0-9A-F]+$}';
const RESULTS = '{^CodeResultsBucket[0-9A-F]+$}';
const KEY = '{^CodeLakeKey[0-9A-F]+$}';
const CLIENT = '{^Client[0-9A-F]+$}';
const MACHINE = '{^CodeWorkflowStateMachine[0-9A-F]+$}';
const CRAWLED = ['repos', 'issues', 'signed'];
const SOURCES = [...CRAWLED, 'orders'];
const at = (service, resource) => `arn:{partition}:${service}:{region}:111111111111:${resource}`;
const logsOf = (part) => at('logs', `log-group:code${part.toLowerCase()}logs*:log-stream:1`);
const list = (bucket, ...prefixes) => prefixes.map((prefix) => ['s3:ListBucket', bucket, { 's3:prefix': prefix }]);
const each = (actions, resources, context) => actions.flatMap((action) => [resources].flat().map((resource) => [action, resource, context]));
const HYBRID = 'everything-on-in-hybrid-access-mode';
/** Glue looks at the catalogue, the database and, if it is about one, the table. */
const onTable = (actions, table = 'repos') => actions.flatMap((action) => each([action],
  [at('glue', 'catalog'), at('glue', 'database/code'), ...(action.includes('Database') ? [] : [at('glue', `table/code/${table}`)])]));

const READ_CATALOG = ['glue:GetDatabase', 'glue:GetTable', 'glue:GetTables', 'glue:GetPartition', 'glue:GetPartitions', 'glue:BatchGetPartition'];
const USE_KEY = ['kms:Decrypt', 'kms:GenerateDataKey'];
const DATA = each(['lakeformation:GetDataAccess'], '*');

/** What nobody here may do, whoever it is. */
export const REFUSED = [
  ...each(['s3:GetObject', 's3:PutObject'], [`${LAKE}/elsewhere/x`, 'arn:{partition}:s3:::another-bucket/raw/repos/x']),
  ...each(['s3:DeleteBucket', 's3:PutBucketPolicy', 's3:PutLifecycleConfiguration'], LAKE),
  ...each(['s3:DeleteObjectVersion'], `${LAKE}/raw/repos/x`),
  ...each(['s3:DeleteObject'], [`${LAKE}/_state/repos.json`, `${LAKE}/_runs/repos/x.json`]),
  ...list(LAKE, ''),
  ...onTable(['glue:DeleteTable']),
  ...each(['glue:DeleteDatabase'], at('glue', 'database/code')),
  ...each(['glue:GetTable', 'glue:UpdateTable'], at('glue', 'table/another/repos')),
  ...each(['athena:StartQueryExecution'], at('athena', 'workgroup/primary')),
  ...each(['secretsmanager:GetSecretValue'], at('secretsmanager', 'secret:another-AbCdEf')),
  ...each(['secretsmanager:PutSecretValue'], CLIENT),
  ...each(['kms:ScheduleKeyDeletion', 'kms:PutKeyPolicy'], KEY),
  ...each(['kms:Decrypt'], at('kms', 'key/another')),
  ...each(['lambda:UpdateFunctionCode'], '{^CodeSourcereposExtractorFunction}'),
  ...each(['iam:PassRole'], '{^CodeLakeGovernanceLocationsRole}', { 'iam:PassedToService': 'glue.amazonaws.com' }),
  ...each(['lakeformation:GrantPermissions', 'lakeformation:PutDataLakeSettings'], '*'),
];

const extractor = (source, { parent, allowed = [], refused = [] } = {}) => ({
  part: `extractor of ${source}`,
  role: `^CodeSource${source}ExtractorRole`,
  code: 'lambda/extractor',
  implied: { 'kms:Decrypt': 'S3, Secrets Manager and Lambda', 'kms:GenerateDataKey': 'S3', 'logs:CreateLogStream': 'Lambda', 'logs:PutLogEvents': 'Lambda', 'execute-api:Invoke': 'the API' },
  calls: [
    ...each(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], ['raw', 'quarantine', '_staging'].map((folder) => `${LAKE}/${folder}/${source}/x`)),
    ...each(['s3:GetObject', 's3:PutObject'], [`${LAKE}/_state/${source}.json`, `${LAKE}/_runs/${source}/x.json`]),
    ...list(LAKE, `raw/${source}/`, `_staging/${source}/`, `_state/${source}.json`),
    ...(parent ? [...each(['s3:GetObject'], [`${LAKE}/raw/${parent}/x`, `${LAKE}/_state/${parent}.json`]), ...list(LAKE, `raw/${parent}/`)] : []),
    ...each(USE_KEY, KEY),
    ...each(['logs:CreateLogStream', 'logs:PutLogEvents'], `{^CodeSource${source}ExtractorLogs}`),
    ...allowed,
  ],
  refused: [
    ...each(['s3:PutObject', 's3:DeleteObject'], [`${LAKE}/raw/another/x`, `${LAKE}/curated/x/y`, ...(parent ? [`${LAKE}/raw/${parent}/x`] : [])]),
    ...each(['s3:GetObject'], [`${LAKE}/_state/another.json`, `${LAKE}/quarantine/another/x`, `${RESULTS}/analysts/x`]),
    ...each(['s3:PutObject'], `${LAKE}/raw/${source}/x`, { 'aws:SecureTransport': 'false' }),
    ...each(['s3:PutObject'], `${LAKE}/raw/${source}/x`, { 's3:TlsVersion': '1.1' }),
    ...list(LAKE, 'raw/', 'raw/another/'),
    ...each(['glue:StartCrawler'], '{^CodeSourcereposCrawler}'),
    ...each(['lambda:InvokeFunction'], '{^CodeWorkflowCatalogFunction}'),
    ...each(['logs:PutLogEvents'], '{^CodeWorkflowCatalogLogs}'),
    ...refused,
  ],
});

const RUN_QUERIES = ['athena:GetWorkGroup', 'athena:StartQueryExecution', 'athena:StopQueryExecution', 'athena:GetQueryExecution', 'athena:GetQueryResults'];
/** Queries by hand in a workgroup of the reader's, with results below a prefix of its own. */
const readerCalls = (workgroup, results, tables) => [
  ...tables,
  ...DATA,
  ...each([...RUN_QUERIES, 'athena:GetNamedQuery'], at('athena', `workgroup/${workgroup}`)),
  ...each(['athena:GetDataCatalog'], at('athena', 'datacatalog/AwsDataCatalog')),
  ...each(['s3:GetObject', 's3:PutObject'], `${RESULTS}/${results}/x.csv`),
  ...list(RESULTS, `${results}/`),
  ...each(['s3:GetBucketLocation'], RESULTS),
  ...each(USE_KEY, KEY),
  ...each(['athena:ListWorkGroups'], '*'),
];
const analystCalls = readerCalls('analytics', 'analysts', onTable(READ_CATALOG));
const readerRefused = [
  ...each(['s3:GetObject'], [`${LAKE}/raw/repos/x`, `${LAKE}/raw/orders/x`, `${LAKE}/curated/names/x`, `${LAKE}/quarantine/repos/x`, `${RESULTS}/pipeline/x.csv`]),
  ...each(['s3:PutObject', 's3:DeleteObject'], [`${LAKE}/_state/repos.json`, `${LAKE}/raw/repos/x`, `${RESULTS}/pipeline/x.csv`]),
  ...onTable(['glue:UpdateTable', 'glue:CreateTable'], 'orders'),
  ...each(['secretsmanager:GetSecretValue'], CLIENT),
  ...each(['lakeformation:CreateDataCellsFilter', 'lakeformation:CreateLakeFormationOptIn'], '*'),
];
const analystRefused = [...readerRefused, ...each(['athena:StartQueryExecution'], at('athena', 'workgroup/{name ^CodeAudiencesAudience857a56a59fbdWorkgroup}'))];
const OTHERS = ['857a56a59fbd', '598cca969d1e', '264d123ea0c3'];
/** Who may read a part of the lake: what others query of it stays out of reach. */
const partReader = (role, audience, tables, refused = []) => ({
  part: role.toLowerCase(),
  role: `^${role}[0-9A-F]+$`,
  calls: readerCalls(`{name ^CodeAudiencesAudience${audience}Workgroup}`, `audiences/${audience}`, tables),
  refused: [
    ...readerRefused,
    ...each(['athena:StartQueryExecution', 'athena:GetQueryResults'], ['analytics', ...OTHERS.filter((other) => other !== audience).map((other) => `{name ^CodeAudiencesAudience${other}Workgroup}`)].map((name) => at('athena', `workgroup/${name}`))),
    ...each(['s3:GetObject'], [`${RESULTS}/analysts/x.csv`, ...OTHERS.filter((other) => other !== audience).map((other) => `${RESULTS}/audiences/${other}/x.csv`)]),
    ...each(['states:StartExecution'], MACHINE),
    ...refused,
  ],
});

export const PARTS = [
  extractor('repos', {
    allowed: [...each(['secretsmanager:GetSecretValue'], CLIENT), ...each(['s3:GetObject'], 'arn:{partition}:s3:::cdk-hnb659fds-assets-111111111111-{region}/{asset}')],
    refused: each(['secretsmanager:GetSecretValue'], ['{^Salt}', '{^Marquez}']),
  }),
  extractor('issues', { parent: 'repos', allowed: each(['secretsmanager:GetSecretValue'], '{^Salt}'), refused: each(['secretsmanager:GetSecretValue'], CLIENT) }),
  extractor('signed', {
    allowed: each(['execute-api:Invoke'], at('execute-api', 'abc/prod/GET/orders')),
    refused: [...each(['execute-api:Invoke'], [at('execute-api', 'abc/prod/POST/orders'), at('execute-api', 'def/prod/GET/orders')]), ...each(['secretsmanager:GetSecretValue'], CLIENT)],
  }),
  extractor('orders', { refused: each(['secretsmanager:GetSecretValue'], ['{^Salt}', CLIENT]) }),
  {
    part: 'catalog function',
    role: '^CodeWorkflowCatalogRole',
    code: 'lambda/catalog',
    unused: ['CopyObject', 'DeleteObject'], // of the lake's store, which the extractor writes with and this function reads with
    implied: { 'kms:Decrypt': 'S3 and Lambda', 'kms:GenerateDataKey': 'S3', 'logs:CreateLogStream': 'Lambda', 'logs:PutLogEvents': 'Lambda', 'glue:UpdatePartition': 'Glue, of a batch' },
    calls: [
      ...onTable(['glue:GetTable', 'glue:UpdateTable', 'glue:GetPartitions', 'glue:BatchUpdatePartition', 'glue:UpdatePartition']),
      ...each(['s3:GetObject'], [`${LAKE}/_state/repos.json`, `${LAKE}/_runs/repos/x.json`, `${LAKE}/curated/names/metadata/x.json`]),
      ...each(['s3:GetObject', 's3:PutObject'], `${LAKE}/_backfills/orders/x.json`),
      ...each(['s3:GetObject'], [`${LAKE}/_state/orders/backfill-x.json`]),
      ...list(LAKE, '_state/repos.json', '_runs/repos/', '_backfills/repos/', 'raw/repos/ingestion_date=2026-01-02/'),
      ...each(USE_KEY, KEY),
      ...each(['logs:CreateLogStream', 'logs:PutLogEvents'], '{^CodeWorkflowCatalogLogs}'),
    ],
    refused: [...each(['s3:GetObject'], [`${LAKE}/raw/repos/x`, `${LAKE}/curated/x/y`]), ...each(['s3:PutObject'], [`${LAKE}/_state/repos.json`, `${LAKE}/_runs/repos/x.json`]),
      ...onTable(['glue:CreateTable'])],
  },
  {
    part: 'lineage function',
    role: '^CodeWorkflowLineageRole',
    code: 'lambda/lineage',
    implied: { 'kms:Decrypt': 'S3 and Lambda', 'kms:GenerateDataKey': 'S3', 's3:ListBucket': 'S3, for an event that is not there', 'logs:CreateLogStream': 'Lambda', 'logs:PutLogEvents': 'Lambda' },
    calls: [
      ...each(['s3:GetObject', 's3:PutObject'], `${LAKE}/_lineage/x.json`),
      ...list(LAKE, '_lineage/x.json'),
      ...each(USE_KEY, KEY),
      ...each(['secretsmanager:GetSecretValue'], '{^Marquez}'),
      ...each(['events:PutEvents'], at('events', 'event-bus/lineage')),
      ...each(['datazone:PostLineageEvent'], '*'),
      ...each(['logs:CreateLogStream', 'logs:PutLogEvents'], '{^CodeWorkflowLineageLogs}'),
    ],
    refused: [...each(['s3:GetObject', 's3:PutObject'], [`${LAKE}/raw/repos/x`, `${LAKE}/_state/repos.json`]), ...each(['s3:DeleteObject'], `${LAKE}/_lineage/x.json`),
      ...each(['events:PutEvents'], at('events', 'event-bus/default')), ...each(['secretsmanager:GetSecretValue'], CLIENT)],
  },
  {
    part: 'workflow',
    role: '^CodeWorkflowRole',
    code: MACHINE,
    implied: {
      'states:DescribeExecution': 'Step Functions, of children', 'states:StartExecution': 'Step Functions, of windows', 'states:StopExecution': 'Step Functions, of windows',
      'states:RedriveExecution': 'a person, of windows',
      'kms:Decrypt': 'S3, SNS and Athena', 'kms:GenerateDataKey': 'S3, SNS and Athena', 's3:ListBucket': 'S3 and Athena', 's3:GetBucketLocation': 'Athena', 's3:DeleteObject': 'Athena, of Iceberg files',
      'athena:GetWorkGroup': 'Athena', 'athena:GetDataCatalog': 'Athena', 'lakeformation:GetDataAccess': 'Athena', 'iam:PassRole': 'Glue Data Quality',
      ...Object.fromEntries([...READ_CATALOG, 'glue:CreatePartition', 'glue:BatchCreatePartition', 'glue:CreateTable', 'glue:UpdateTable'].map((action) => [action, 'Athena'])),
      'logs:CreateLogDelivery': 'Step Functions', 'xray:PutTraceSegments': 'Step Functions',
    },
    calls: [
      ...each(['s3:GetObject', 's3:PutObject'], `${LAKE}/_executions/repos/x.json`),
      ...list(LAKE, '_executions/repos/x.json', 'curated/names/'),
      ...each(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], `${LAKE}/curated/names/x`),
      ...each(['s3:PutObject'], `${LAKE}/_quality/repos/x.json`),
      ...each(['s3:GetBucketLocation'], [LAKE, RESULTS]),
      ...each(['s3:GetObject', 's3:PutObject'], `${RESULTS}/pipeline/x.csv`),
      ...list(RESULTS, 'pipeline/'),
      ...each(USE_KEY, KEY),
      ...each(['states:DescribeExecution', 'states:StopExecution'], at('states', 'execution:{name ^CodeWorkflowStateMachine}:x')),
      // A map of windows runs the machine itself (developer guide, "IAM policies for using Distributed Map states").
      ...each(['states:StartExecution'], MACHINE),
      ...each(['states:RedriveExecution'], at('states', 'execution:{name ^CodeWorkflowStateMachine}/Windows:x')),
      ...each(['s3:PutObject'], `${LAKE}/_backfills/orders/backfill-x/x.json`),
      ...each(RUN_QUERIES,
        at('athena', 'workgroup/{name ^CodePipelineWorkgroup[0-9A-F]+$}')),
      ...each(['athena:GetDataCatalog'], at('athena', 'datacatalog/AwsDataCatalog')),
      ...onTable([...READ_CATALOG, 'glue:CreatePartition', 'glue:BatchCreatePartition', 'glue:CreateTable', 'glue:UpdateTable']),
      ...DATA,
      ...each(['lambda:InvokeFunction'], ['{^CodeWorkflowCatalogFunction}', '{^CodeWorkflowLineageFunction}', ...SOURCES.map((source) => `{^CodeSource${source}ExtractorFunction}`)]),
      ...CRAWLED.flatMap((source) => each(['glue:StartCrawler', 'glue:GetCrawler'], `{^CodeSource${source}Crawler}`)),
      ...each(['glue:StartDataQualityRulesetEvaluationRun', 'glue:GetDataQualityRulesetEvaluationRun', 'glue:GetDataQualityResult'], at('glue', 'dataQualityRuleset/x')),
      ...each(['iam:PassRole'], '{^CodeWorkflowQualityEvaluationRole}', { 'iam:PassedToService': 'glue.amazonaws.com' }),
      ...each(['events:PutEvents'], at('events', 'event-bus/default')),
      ...each(['sns:Publish'], '{^CodeWorkflowTopic[0-9A-F]+$}'),
      ...each(['logs:CreateLogDelivery', 'xray:PutTraceSegments'], '*'),
      ...each(['cloudwatch:PutMetricData'], '*', { 'cloudwatch:namespace': 'CdkDataLakePipeline' }),
    ],
    refused: [
      ...each(['s3:GetObject'], [`${LAKE}/raw/repos/x`, `${LAKE}/_state/repos.json`, `${LAKE}/quarantine/repos/x`]),
      ...each(['s3:PutObject', 's3:DeleteObject'], [`${LAKE}/raw/repos/x`, `${LAKE}/_state/repos.json`]),
      ...each(['s3:DeleteObject'], `${LAKE}/_executions/repos/x.json`),
      ...each(['athena:StartQueryExecution'], at('athena', 'workgroup/analytics')),
      ...each(['states:StartExecution'], [at('states', 'stateMachine:another'), '{^CodeUpkeepStateMachine}']),
      ...each(['states:StopExecution', 'states:RedriveExecution'], at('states', 'execution:another:x')),
      ...each(['s3:GetObject', 's3:DeleteObject'], `${LAKE}/_backfills/orders/x.json`),
      ...each(['lambda:InvokeFunction'], at('lambda', 'function:another')),
      ...each(['glue:StartCrawler'], at('glue', 'crawler/another')),
      ...each(['sns:Publish'], at('sns', 'another')),
      ...each(['events:PutEvents'], at('events', 'event-bus/lineage')),
      ...each(['cloudwatch:PutMetricData'], '*', { 'cloudwatch:namespace': 'AWS/Lambda' }),
      ...each(['iam:PassRole'], '{^CodeWorkflowQualityEvaluationRole}', { 'iam:PassedToService': 'lambda.amazonaws.com' }),
      ...each(['secretsmanager:GetSecretValue'], CLIENT),
    ],
  },
  {
    part: 'upkeep',
    role: '^CodeUpkeepRole',
    code: '^CodeUpkeepStateMachine',
    implied: {
      'kms:Decrypt': 'S3, SNS and Athena', 'kms:GenerateDataKey': 'S3, SNS and Athena', 's3:ListBucket': 'Athena', 's3:GetBucketLocation': 'Athena',
      's3:GetObject': 'Athena', 's3:PutObject': 'Athena', 's3:DeleteObject': 'Athena, of what no snapshot needs', 'athena:GetQueryResults': 'Athena',
      'athena:GetWorkGroup': 'Athena', 'athena:GetDataCatalog': 'Athena', 'lakeformation:GetDataAccess': 'Athena', 'glue:GetDatabase': 'Athena', 'glue:UpdateTable': 'Athena',
      'logs:CreateLogDelivery': 'Step Functions', 'xray:PutTraceSegments': 'Step Functions',
    },
    calls: [
      ...onTable(['glue:GetDatabase', 'glue:GetTable', 'glue:UpdateTable'], 'names'),
      ...DATA,
      ...each(RUN_QUERIES, at('athena', 'workgroup/{name ^CodePipelineWorkgroup[0-9A-F]+$}')),
      ...each(['athena:GetDataCatalog'], at('athena', 'datacatalog/AwsDataCatalog')),
      ...each(['s3:GetObject', 's3:PutObject'], `${RESULTS}/pipeline/x.csv`),
      ...each(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], `${LAKE}/curated/names/x`),
      ...list(LAKE, 'curated/names/'),
      ...list(RESULTS, 'pipeline/'),
      ...each(['s3:GetBucketLocation'], [LAKE, RESULTS]),
      ...each(USE_KEY, KEY),
      ...each(['sns:Publish'], '{^CodeWorkflowTopic[0-9A-F]+$}'),
      ...each(['logs:CreateLogDelivery', 'xray:PutTraceSegments'], '*'),
    ],
    refused: [
      ...each(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], [`${LAKE}/raw/repos/x`, `${LAKE}/_executions/repos/x.json`, `${RESULTS}/analysts/x`]),
      ...onTable(['glue:CreateTable', 'glue:BatchCreatePartition'], 'names'),
      ...each(['athena:StartQueryExecution'], at('athena', 'workgroup/analytics')),
      ...each(['lambda:InvokeFunction'], ['{^CodeWorkflowCatalogFunction}', '{^CodeSourceordersExtractorFunction}']),
      ...each(['states:StartExecution'], [MACHINE, '{^CodeUpkeepStateMachine}']),
      ...each(['glue:StartCrawler'], '{^CodeSourcereposCrawler}'),
      ...each(['sns:Publish'], at('sns', 'another')),
      ...each(['secretsmanager:GetSecretValue'], CLIENT),
    ],
  },
  {
    part: 'scheduler of the upkeep',
    role: '^CodeUpkeepSchedulesRole',
    calls: [...each(['states:StartExecution'], '{^CodeUpkeepStateMachine}'), ...each(['sqs:SendMessage'], '{^CodeUpkeepSchedulesDeadLetters[0-9A-F]+$}'), ...each(USE_KEY, KEY)],
    refused: [...each(['states:StartExecution'], [MACHINE, at('states', 'stateMachine:another')]), ...each(['sqs:SendMessage'], '{^CodeWorkflowSchedulesDeadLetters[0-9A-F]+$}')],
  },
  {
    part: 'crawlers',
    role: '^CodeCrawlersRole',
    calls: [
      ...onTable([...READ_CATALOG, 'glue:CreateTable', 'glue:UpdateTable', 'glue:BatchCreatePartition', 'glue:UpdatePartition']),
      ...DATA,
      ...each(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], at('logs', 'log-group:/aws-glue/crawlers-role/x:log-stream:repos')),
      ...each(['glue:GetSecurityConfiguration'], '*'),
      ...each(['kms:Decrypt'], KEY),
    ],
    refused: [...each(['s3:GetObject'], [`${LAKE}/raw/repos/x`, `${LAKE}/_state/repos.json`]), ...each(['s3:PutObject'], `${LAKE}/raw/repos/x`),
      ...each(['logs:PutLogEvents'], '{^CodeWorkflowCatalogLogs}'), ...each(['kms:GenerateDataKey'], KEY)],
  },
  {
    part: 'data quality',
    role: '^CodeWorkflowQualityEvaluationRole',
    calls: [
      ...onTable(READ_CATALOG),
      ...DATA,
      ...each(['glue:GetDataQualityRuleset', 'glue:PublishDataQuality'], at('glue', 'dataQualityRuleset/x')),
      ...each(['s3:GetObject'], 'arn:{partition}:s3:::aws-glue-ml-data-quality-assets-{region}/x'),
      ...each(['logs:CreateLogStream'], at('logs', 'log-group:/aws-glue/data-quality:log-stream:x')),
    ],
    refused: [...each(['s3:GetObject'], `${LAKE}/raw/repos/x`), ...onTable(['glue:UpdateTable'])],
  },
  {
    part: 'Lake Formation, for who may read',
    role: '^CodeLakeGovernanceLocationsRole',
    calls: [
      ...each(['s3:GetObject'], [`${LAKE}/raw/repos/x`, `${LAKE}/curated/names/x`]),
      ...each(['s3:PutObject', 's3:DeleteObject'], `${LAKE}/curated/names/x`),
      ...list(LAKE, 'raw/repos/', 'curated/names/'),
      ...each(USE_KEY, KEY),
    ],
    refused: [...each(['s3:PutObject', 's3:DeleteObject'], `${LAKE}/raw/repos/x`), ...each(['s3:GetObject'], [`${LAKE}/_state/repos.json`, `${LAKE}/quarantine/repos/x`])],
  },
  {
    part: 'closing of the database, while the stack is deployed',
    except: HYBRID,
    role: '^CodeLakeGovernanceClosingRole',
    code: 'lambda/lake-formation',
    implied: { 'kms:Decrypt': 'Lambda', 'glue:GetTables': 'Lake Formation, of a grant on all tables', 'logs:CreateLogStream': 'Lambda', 'logs:PutLogEvents': 'Lambda' },
    calls: [
      ...each(['lakeformation:RevokePermissions'], '*'),
      ...onTable(['glue:GetTables']),
      ...each(['kms:Decrypt'], KEY),
      ...each(['logs:CreateLogStream', 'logs:PutLogEvents'], '{^CodeLakeGovernanceClosingLogs}'),
    ],
    refused: [...each(['s3:GetObject'], `${LAKE}/raw/repos/x`), ...each(['lakeformation:GetDataAccess', 'lakeformation:RegisterResource'], '*'), ...onTable(['glue:UpdateTable'])],
  },
  {
    part: 'opting in of those who are granted something, while the stack is deployed',
    only: HYBRID,
    role: '^CodeLakeGovernanceHybridAccessFunctionRole',
    code: 'lambda/lake-formation',
    implied: { 'kms:Decrypt': 'Lambda', 'logs:CreateLogStream': 'Lambda', 'logs:PutLogEvents': 'Lambda' },
    calls: [
      ...each(['lakeformation:CreateLakeFormationOptIn', 'lakeformation:DeleteLakeFormationOptIn', 'lakeformation:ListLakeFormationOptIns'], '*'),
      ...each(['kms:Decrypt'], KEY),
      ...each(['logs:CreateLogStream', 'logs:PutLogEvents'], '{^CodeLakeGovernanceHybridAccessFunctionLogs}'),
    ],
    refused: [...each(['s3:GetObject'], `${LAKE}/raw/repos/x`), ...onTable(['glue:GetTables', 'glue:UpdateTable']),
      ...each(['lakeformation:GetDataAccess', 'lakeformation:RevokePermissions', 'lakeformation:RegisterResource'], '*')],
  },
  {
    part: 'scheduler',
    role: '^CodeWorkflowSchedulesRole',
    calls: [...each(['states:StartExecution'], MACHINE), ...each(['sqs:SendMessage'], '{^CodeWorkflowSchedulesDeadLetters[0-9A-F]+$}'), ...each(USE_KEY, KEY)],
    refused: [...each(['states:StartExecution'], at('states', 'stateMachine:another')), ...each(['sqs:ReceiveMessage'], '{^CodeWorkflowSchedulesDeadLetters[0-9A-F]+$}'),
      ...each(['lambda:InvokeFunction'], '{^CodeSourcereposExtractorFunction}')],
  },
  {
    part: 'events',
    role: '^CodeWorkflowEventsRole',
    calls: each(['states:StartExecution'], MACHINE),
    refused: [...each(['states:StartExecution'], at('states', 'stateMachine:another')), ...each(['kms:Decrypt'], KEY)],
  },
  {
    part: 'analyst',
    role: '^Analyst[0-9A-F]+$',
    calls: analystCalls,
    refused: [...analystRefused, ...each(['s3:GetObject'], `${LAKE}/_state/repos.json`), ...each(['states:StartExecution'], MACHINE), ...each(['lambda:InvokeFunction'], '{^CodeSourcereposExtractorFunction}')],
  },
  partReader('Marketing', '857a56a59fbd', onTable(READ_CATALOG, 'orders'), onTable(['glue:GetTable']).slice(-1)),
  partReader('Support', '598cca969d1e', onTable(READ_CATALOG, 'orders'), onTable(['glue:GetTable']).slice(-1)),
  // What bears a tag is Lake Formation's to know.
  partReader('Partner', '264d123ea0c3', onTable(READ_CATALOG)),
  {
    part: 'operator with the datalake command',
    role: '^Operator[0-9A-F]+$',
    code: 'cli/deployed',
    // What it does besides the command: the console, and queries as any analyst.
    implied: Object.fromEntries([...analystCalls.map(([action]) => action), 'states:StartExecution', 'states:DescribeExecution', 'logs:FilterLogEvents'].map((action) => [action, 'a person'])),
    unused: ['GetDataLakeSettings', 'GetDataLakePrincipal', 'GetPolicy', 'GetPolicyVersion'], // of doctor, which who deploys asks
    redundantHere: ['kms:Decrypt'], // the results have the lake's key here; with two keys each is needed
    calls: [
      ...analystCalls,
      ...each(['s3:GetObject'], [`${LAKE}/_state/repos.json`, `${LAKE}/_runs/repos/x.json`, `${LAKE}/_executions/repos/x.json`]),
      ...list(LAKE, '_runs/repos/', '_executions/repos/'),
      ...SOURCES.flatMap((source) => [
        ...each(['lambda:InvokeFunction', 'lambda:GetFunctionConfiguration'], `{^CodeSource${source}ExtractorFunction}`),
        ...each(['logs:FilterLogEvents'], `{^CodeSource${source}ExtractorLogs}`),
      ]),
      ...CRAWLED.flatMap((source) => each(['glue:StartCrawler', 'glue:GetCrawler'], `{^CodeSource${source}Crawler}`)),
      ...each(['states:StartExecution'], MACHINE),
      ...each(['states:DescribeExecution', 'states:GetExecutionHistory', 'states:ListMapRuns'], at('states', 'execution:{name ^CodeWorkflowStateMachine}:x')),
      ...each(['states:DescribeMapRun'], at('states', 'mapRun:{name ^CodeWorkflowStateMachine}/Windows:x')),
      ...each(['cloudformation:DescribeStackResources'], at('cloudformation', 'stack/Test/*')), // asked by name
    ],
    refused: [...analystRefused, ...each(['lambda:InvokeFunction'], at('lambda', 'function:another')), ...each(['lambda:InvokeFunction'], '{^CodeWorkflowCatalogFunction}'),
      ...each(['cloudformation:DeleteStack', 'cloudformation:UpdateStack'], at('cloudformation', 'stack/Test/1'))],
  },
];

/** What IAM asks for a command of the SDK. HeadObject and CopyObject have no action of their own. */
export const ACTIONS_OF = {
  HeadObject: ['s3:GetObject'], CopyObject: ['s3:GetObject', 's3:PutObject'], ListObjectsV2: ['s3:ListBucket'], Invoke: ['lambda:InvokeFunction'],
};
/** What a task of Step Functions calls that has another name than its action. */
export const INTEGRATIONS = {
  'athena:startQueryExecution.sync': ['athena:StartQueryExecution', 'athena:StopQueryExecution', 'athena:GetQueryExecution'],
  'lambda:invoke': ['lambda:InvokeFunction'],
};
