import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { LocalSecrets, startLocalSecrets } from '../../../cli/lake/local-secrets';

let secrets: LocalSecrets;

beforeEach(async () => {
  secrets = await startLocalSecrets();
});

afterEach(async () => {
  delete process.env.DATALAKE_SECRET_LAKE_TOKEN;
  await secrets.close();
});

const read = (SecretId: string) => new SecretsManagerClient({
  endpoint: secrets.environment.AWS_ENDPOINT_URL_SECRETS_MANAGER,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
}).send(new GetSecretValueCommand({ SecretId }));

test.each([
  'arn:aws:secretsmanager:eu-west-1:000000000000:secret:Lake-Token',
  'arn:aws:secretsmanager:eu-west-1:123456789012:secret:lake/token-AbCdEf',
  'lake/token',
])('answers %s from the environment variable of its name', async (id) => {
  process.env.DATALAKE_SECRET_LAKE_TOKEN = '{"key":"s3cret"}';
  expect((await read(id)).SecretString).toBe('{"key":"s3cret"}');
  expect(secrets.missing).toEqual([]);
});

test('names the variable to set when there is no value', async () => {
  await expect(read('arn:aws:secretsmanager:eu-west-1:000000000000:secret:Lake-Token')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  expect(secrets.missing).toEqual([['DATALAKE_SECRET_LAKE_TOKEN']]);
});
