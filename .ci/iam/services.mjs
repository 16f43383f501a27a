// What services do on their own account, not as a role: what policies of keys, topics and buckets must allow them, and no other.
// Resources as in calls.mjs.

const KEY = '{^CodeLakeKey[0-9A-F]+$}';
const TOPIC = '{^CodeWorkflowTopic[0-9A-F]+$}';
const LAKE = '{^CodeLakeStorageBucket[0-9A-F]+$}';
const RESULTS = '{^CodeResultsBucket[0-9A-F]+$}';
const LOGS = '{^CodeLakeStorageAccessLogsBucket[0-9A-F]+$}';
const EVENT_LETTERS = '{^CodeWorkflowEventsDeadLetters[0-9A-F]+$}';
const TRAIL = '{^CodeLakeAuditBucket[0-9A-F]+$}';
const at = (service, resource, account = '111111111111') => `arn:{partition}:${service}:{region}:${account}:${resource}`;
const from = (arn, account = '111111111111') => ({ 'aws:SourceArn': arn, 'aws:SourceAccount': account });
const each = (actions, resource, context) => actions.map((action) => [action, resource, context]);

const USE_KEY = ['kms:Decrypt', 'kms:GenerateDataKey'];
const ENCRYPT_LOGS = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo', 'kms:GenerateDataKey', 'kms:DescribeKey'];
const logsOf = (account) => ({ 'kms:EncryptionContext:aws:logs:arn': at('logs', 'log-group:/aws-glue/crawlers', account) });
const queuesOf = (account) => ({ 'kms:EncryptionContext:aws:sqs:arn': at('sqs', 'x', account) });
const ruleOf = (account) => from(at('events', 'rule/x', account), account);
const ALARM = from(at('cloudwatch', 'alarm:x'));
const DAY = '111111111111/{region}/x/2026/01/02/x';

export const SERVICES = [
  {
    part: 'CloudWatch, of an alarm',
    service: 'cloudwatch.amazonaws.com',
    calls: [...each(USE_KEY, KEY, ALARM), ...each(['sns:Publish'], TOPIC, ALARM)],
    refused: [
      from(at('cloudwatch', 'alarm:x', '222222222222'), '222222222222'), from(at('lambda', 'function:x')), {},
    ].flatMap((context) => [...each(USE_KEY, KEY, context), ...each(['sns:Publish'], TOPIC, context)]).concat(each(['kms:Encrypt', 'kms:CreateGrant'], KEY, ALARM), each(['sns:Subscribe'], TOPIC, ALARM)),
  },
  {
    part: 'CloudWatch Logs, of a log group',
    service: 'logs.{region}.{suffix}',
    calls: each(ENCRYPT_LOGS, KEY, logsOf('111111111111')),
    refused: [...each(ENCRYPT_LOGS, KEY, logsOf('222222222222')), ...each(['kms:CreateGrant', 'kms:PutKeyPolicy'], KEY, logsOf('111111111111')), ...each(['kms:Decrypt'], KEY)],
  },
  {
    part: 'EventBridge, of an event that could not start a run',
    service: 'events.amazonaws.com',
    calls: [...each(['sqs:SendMessage'], EVENT_LETTERS, ruleOf('111111111111')), ...each(USE_KEY, KEY, queuesOf('111111111111'))],
    refused: [
      ...each(['sqs:SendMessage'], EVENT_LETTERS, ruleOf('222222222222')), ...each(['sqs:SendMessage'], EVENT_LETTERS), ...each(['sqs:ReceiveMessage', 'sqs:DeleteMessage'], EVENT_LETTERS, ruleOf('111111111111')),
      ...each(['sqs:SendMessage'], '{^CodeWorkflowSchedulesDeadLetters[0-9A-F]+$}', ruleOf('111111111111')),
      ...each(USE_KEY, KEY, queuesOf('222222222222')), ...each(USE_KEY, KEY), ...each(['kms:Encrypt', 'kms:CreateGrant'], KEY, queuesOf('111111111111')),
    ],
  },
  {
    part: 'S3, of access logs',
    service: 'logging.s3.amazonaws.com',
    calls: [['raw', LAKE], ['results', RESULTS], ['audit', TRAIL]].map(([prefix, bucket]) => ['s3:PutObject', `${LOGS}/${prefix}/${DAY}`, from(bucket)]),
    refused: [
      ...each(['s3:PutObject'], `${LOGS}/raw/${DAY}`, from(LAKE, '222222222222')), ...each(['s3:PutObject'], `${LOGS}/raw/${DAY}`, from('arn:{partition}:s3:::another-bucket')),
      ...each(['s3:PutObject'], `${LOGS}/elsewhere/x`, from(LAKE)), ...each(['s3:GetObject', 's3:DeleteObject'], `${LOGS}/raw/${DAY}`, from(LAKE)), ...each(['s3:PutObject'], `${LAKE}/raw/x`, from(LAKE)),
    ],
  },
  {
    part: 'CloudTrail',
    service: 'cloudtrail.amazonaws.com',
    calls: [['s3:GetBucketAcl', TRAIL, from('{trail}')], ['s3:PutObject', `${TRAIL}/AWSLogs/111111111111/CloudTrail/{region}/2026/01/02/x.json.gz`, from('{trail}')]],
    refused: [
      ...each(['s3:PutObject'], `${TRAIL}/AWSLogs/111111111111/x`, from(at('cloudtrail', 'trail/another'))), ...each(['s3:PutObject'], `${TRAIL}/AWSLogs/222222222222/x`, from('{trail}')),
      ...each(['s3:GetObject', 's3:DeleteObject', 's3:BypassGovernanceRetention'], `${TRAIL}/AWSLogs/111111111111/x`, from('{trail}')), ...each(['s3:PutObject'], `${LAKE}/raw/x`, from('{trail}')),
    ],
  },
];
