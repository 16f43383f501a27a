import { createHmac } from 'node:crypto';
import { Meter } from '../../../lambda/extractor/metrics';
import { RedriveRequest, TransformSpec } from '../../../src/spec';
import { contractSpec, quarantined } from '../../support/contract';
import { extract, ExtractOptions } from '../../support/extract';
import { freshLake } from '../../support/fresh-lake';
import { raw } from '../../support/hostile-server';
import { FakeSecretsManager } from '../../support/secrets-manager-server';
import { TestLake } from '../../support/test-lake';

const ARN = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:pepper-abcdef';
const KEY = 'pepper';
const hashed = (text: string) => createHmac('sha256', KEY).update(text).digest('hex');

const STRICT = { properties: { id: { type: 'integer' } } };
const TRANSFORMS: readonly TransformSpec[] = [
  { type: 'drop', path: '$.password' },
  { type: 'mask', path: '$.phone', keepLast: 2 },
  { type: 'rename', path: '$.phone', name: 'tel' },
  { type: 'hash', path: '$.email', secret: { secretArn: ARN } },
];
const PERSON = '"password":"hunter2","phone":"5551234","email":"ada@example.com"';

let lake: TestLake;
let secrets: FakeSecretsManager;
const { startApi } = freshLake((fresh) => {
  lake = fresh;
});
beforeEach(async () => {
  secrets = await FakeSecretsManager.start({ [ARN]: KEY });
});
afterEach(async () => secrets.close());

async function run(records: string, transforms: readonly TransformSpec[] = TRANSFORMS) {
  const { origin } = await startApi([raw(`{"results":[${records}]}`)]);
  await extract(lake, origin, { spec: { transforms, contract: await contractSpec(lake, STRICT, { maxQuarantineRatio: 1 }) } });
}

const redrive = async (schema: unknown, request: RedriveRequest = {}, options: ExtractOptions = {}, transforms = TRANSFORMS) =>
  extract(lake, 'http://127.0.0.1:9/never-asked', { ...options, redrive: request, spec: { transforms, contract: await contractSpec(lake, schema) } });

const redriven = () => JSON.parse(lake.lines('users').at(-1)!) as unknown;

test('a record that was transformed before it was quarantined is stored as it is: nothing is hashed twice', async () => {
  await run(`{"id":0},{"id":"a",${PERSON}}`);
  const { original } = quarantined(lake)[0];
  expect(original).toEqual({ id: 'a', tel: '*****34', email: hashed('ada@example.com') });
  await redrive({});
  expect(redriven()).toEqual(original);
});

test('a correction that brings back what the API sent is transformed as the API\'s record was', async () => {
  await run(`{"id":0},{"id":"a",${PERSON}}`);
  const [line] = lake.quarantineLines('users');
  const correct = (original: string) => `${line.slice(0, line.indexOf('"original":'))}"original":${original}}`;
  const result = await redrive(STRICT, { corrections: [correct(`{"id":9007199254740993123,${PERSON},"tel":"5551234"}`)] });
  expect(result).toMatchObject({ records: 1, quarantined: 0, redrive: { matched: 1 } });
  expect(lake.lines('users').at(-1)).toBe(
    `{"id":9007199254740993123,"phone":"*****34","email":"${hashed('ada@example.com')}","tel":"*****34"}`);
});

test('a correction keeps the hash that stood in the quarantine, and hashes what only looks like one', async () => {
  await run(`{"id":0},{"id":"a",${PERSON}},{"id":"b",${PERSON}}`);
  const [kept, token] = lake.quarantineLines('users').map((line) => line.replace(/"id":"[ab]"/, '"id":1'));
  const looks = 'f'.repeat(64);
  await redrive(STRICT, { corrections: [kept, token.replace(hashed('ada@example.com'), looks)] });
  expect(lake.lines('users').slice(1).map((line) => (JSON.parse(line) as { email: string }).email)).toEqual([hashed('ada@example.com'), hashed(looks)]);
});

test('a transform that is newer than the quarantine is applied, in the table and in what stays in quarantine', async () => {
  await run(`{"id":0},{"id":"a",${PERSON}},{"id":"abcd",${PERSON}}`, []);
  expect(await redrive({ properties: { id: { maxLength: 3 } } })).toMatchObject({ records: 1, quarantined: 1 });
  expect(redriven()).toEqual({ id: 'a', phone: '*****34', email: hashed('ada@example.com') });
  expect(quarantined(lake)[0].original).toEqual({ id: 'abcd', phone: '*****34', email: hashed('ada@example.com') });
});

test('a field that was dropped is not the one that took its name', async () => {
  const transforms: readonly TransformSpec[] = [{ type: 'drop', path: '$.name' }, { type: 'rename', path: '$.full_name', name: 'name' }];
  await run('{"id":0},{"id":"a","name":"x","full_name":"Ada"}', transforms);
  await redrive({}, {}, {}, transforms);
  expect(redriven()).toEqual({ id: 'a', name: 'Ada' });
});

test('a redrive is metered as a run is', async () => {
  await run(`{"id":0},{"id":"a",${PERSON}},{"id":"abcd",${PERSON}}`);
  const meter = new Meter();
  await redrive({ properties: { id: { maxLength: 3 } } }, {}, { meter });
  expect(meter.added).toMatchObject({ records: 1, quarantined: 1, bytes: expect.any(Number) });
  expect(meter.added.bytes).toBeGreaterThan(0);
});
