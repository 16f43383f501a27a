import { SecretReader } from '../../../../lambda/extractor/auth';
import { FakeSecret, FakeSecretsManager } from '../../../support/secrets-manager-server';
import { failureOf } from '../http/support';

const secretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:api-AbCdEf';
const VALUE = 'top-s3cret';

let manager: FakeSecretsManager;
let reader: SecretReader;

async function holding(secret: FakeSecret) {
  manager = await FakeSecretsManager.start({ [secretArn]: secret });
  reader = new SecretReader();
}

afterEach(() => manager.close());

test('a plain secret, without the newline that its file had', async () => {
  await holding(`${VALUE}\n`);
  expect(await reader.read({ secretArn })).toBe(VALUE);
});

test('a field of a JSON secret', async () => {
  await holding(JSON.stringify({ key: VALUE, pin: 1234 }));
  expect(await reader.read({ secretArn, field: 'key' })).toBe(VALUE);
  expect(await reader.read({ secretArn, field: 'pin' })).toBe('1234');
});

test('is read once, also by two at the same time, until invalidated', async () => {
  await holding(VALUE);
  await Promise.all([reader.read({ secretArn }), reader.read({ secretArn })]);
  await reader.read({ secretArn });
  expect(manager.asked).toEqual([secretArn]);

  manager.secrets[secretArn] = 'rotated';
  reader.invalidate();
  expect(await reader.read({ secretArn })).toBe('rotated');
});

test('a failure is not kept', async () => {
  await holding({ error: 'ThrottlingException' });
  await failureOf(reader.read({ secretArn }));
  manager.secrets[secretArn] = VALUE;
  expect(await reader.read({ secretArn })).toBe(VALUE);
});

test.each<[string, boolean, FakeSecret]>([
  ['SECRET_NOT_FOUND', false, { error: 'ResourceNotFoundException' }],
  ['SECRET_NOT_FOUND', false, { error: 'InvalidRequestException' }],
  ['SECRET_ACCESS_DENIED', false, { error: 'AccessDeniedException' }],
  ['SECRET_ACCESS_DENIED', false, { error: 'DecryptionFailure' }],
  ['SECRET_UNAVAILABLE', true, { error: 'ThrottlingException' }],
  ['SECRET_UNAVAILABLE', true, { error: 'InternalServiceError', status: 500 }],
  ['SECRET_UNREADABLE', false, { error: 'InvalidParameterException' }],
  ['SECRET_UNUSABLE', false, { binary: 'AAAA' }],
  ['SECRET_UNUSABLE', false, ''],
  ['SECRET_UNUSABLE', false, `${VALUE}\r\nX-Injected: 1`],
  ['SECRET_FIELD_MISSING', false, JSON.stringify({ key: VALUE })],
])('%s, retryable %s: %j', async (code, retryable, secret) => {
  await holding(secret);
  const error = await failureOf(reader.read({ secretArn }));
  expect(error).toMatchObject({ code, retryable, message: expect.stringContaining(secretArn) });
  expect(JSON.stringify([error.message, error.details, String(error.cause)])).not.toContain(VALUE);
});

test.each([JSON.stringify({ other: VALUE }), JSON.stringify({ key: { nested: VALUE } }), VALUE, `["${VALUE}"]`])('no field "key" in %s', async (secret) => {
  await holding(secret);
  const error = await failureOf(reader.read({ secretArn, field: 'key' }));
  expect(error).toMatchObject({ code: 'SECRET_FIELD_MISSING', retryable: false, message: expect.stringContaining('"key"') });
  expect(error.message).not.toContain(VALUE);
});

test('a service that is not there may be back later', async () => {
  await holding(VALUE);
  process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER = 'http://127.0.0.1:1';
  expect(await failureOf(reader.read({ secretArn }))).toMatchObject({ code: 'SECRET_UNAVAILABLE', retryable: true });
});
