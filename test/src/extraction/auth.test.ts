import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Auth, ClientCredentialsPlacement, ExtractorFunction, HttpMethod, HttpSourceOptions, JwtAlgorithm, SigV4AuthOptions } from '../../../src';
import { newStack, statementsOf, templateOf, usersSource } from '../../support/synth';

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:client-AbCdEf';
const TOKEN_URL = 'https://login.example.com/token';

const imported = (stack: Stack, id = 'Secret') => secretsmanager.Secret.fromSecretCompleteArn(stack, id, ARN);

const add = (stack: Stack, auth: Auth, options: Partial<HttpSourceOptions> = {}) => new ExtractorFunction(stack, 'Extractor', {
  source: usersSource({ auth, ...options }),
  bucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'the-bucket'),
});

const rendered = (make: (secret: secretsmanager.ISecret) => Auth) => make(imported(newStack()))._render();

const problemsOf = (make: (secret: secretsmanager.ISecret, stack: Stack) => Auth): string => {
  const stack = newStack();
  try {
    add(stack, make(imported(stack), stack));
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

/** What the role may do beyond the lake and its logs. */
const rights = (template: Template) => statementsOf(template).filter(({ actions }) => !/^(s3|logs):/.test(actions[0]));

describe('what the extractor reads', () => {
  test('secret headers, sorted', () => {
    const spec = rendered((secret) => Auth.customHeaders({ 'X-Key': { secret, field: 'key' }, 'Authorization': { secret, prefix: 'Token ' } }));
    expect(spec).toEqual({
      type: 'customHeaders',
      headers: { 'Authorization': { value: { secretArn: ARN }, prefix: 'Token ' }, 'X-Key': { value: { secretArn: ARN, field: 'key' } } },
    });
    expect(JSON.stringify(spec)).toMatch(/Authorization.*X-Key/);
  });

  test('client credentials: the endpoint and the usual fields', () => {
    const options = { tokenUrl: TOKEN_URL, scopes: [], credentialsIn: ClientCredentialsPlacement.HEADER };
    expect(rendered((secret) => Auth.oauth2ClientCredentials(secret, options))).toEqual({
      type: 'oauth2ClientCredentials',
      tokenUrl: TOKEN_URL,
      clientId: { secretArn: ARN, field: 'client_id' },
      clientSecret: { secretArn: ARN, field: 'client_secret' },
    });
  });

  test('client credentials with everything', () => {
    expect(rendered((secret) => Auth.oauth2ClientCredentials(secret, {
      tokenUrl: TOKEN_URL,
      clientIdField: 'id',
      clientSecretField: 'pw',
      scopes: ['a', 'b'],
      audience: 'api',
      parameters: { resource: 'r' },
      credentialsIn: ClientCredentialsPlacement.BODY,
    }))).toMatchObject({
      clientId: { field: 'id' }, clientSecret: { field: 'pw' }, scopes: ['a', 'b'], audience: 'api', parameters: { resource: 'r' }, credentialsIn: 'body',
    });
  });

  test('an assertion', () => {
    expect(rendered((secret) => Auth.jwt(secret, { algorithm: JwtAlgorithm.ES256, lifetime: Duration.minutes(5) })))
      .toEqual({ type: 'jwt', algorithm: 'ES256', key: { secretArn: ARN } });
    expect(rendered((secret) => Auth.jwt(secret, {
      algorithm: JwtAlgorithm.RS256,
      field: 'pem',
      keyId: 'k',
      issuer: 'i',
      subject: 's',
      audience: 'a',
      claims: { z: [{ b: 1, a: 2 }] },
      lifetime: Duration.minutes(9),
      tokenUrl: TOKEN_URL,
      scopes: ['x'],
    }))).toEqual({
      type: 'jwt',
      algorithm: 'RS256',
      key: { secretArn: ARN, field: 'pem' },
      keyId: 'k',
      issuer: 'i',
      subject: 's',
      audience: 'a',
      claims: { z: [{ b: 1, a: 2 }] },
      lifetimeSeconds: 540,
      tokenUrl: TOKEN_URL,
      scopes: ['x'],
    });
  });

  test('a signature: service and region', () => {
    expect(Auth.sigV4({ service: 'ce', region: 'us-east-1' })._render()).toEqual({ type: 'sigV4', service: 'ce', region: 'us-east-1' });
    expect(Auth.sigV4({ service: 'ce' })._render()).toEqual({ type: 'sigV4', service: 'ce' });
  });
});

describe('the role', () => {
  test.each<[string, (secret: secretsmanager.ISecret) => Auth]>([
    ['secret headers', (secret) => Auth.customHeaders({ 'X-Id': { secret, field: 'id' }, 'X-Key': { secret, field: 'key' } })],
    ['client credentials', (secret) => Auth.oauth2ClientCredentials(secret, { tokenUrl: TOKEN_URL })],
    ['an assertion', (secret) => Auth.jwt(secret, { algorithm: JwtAlgorithm.RS256 })],
  ])('%s: reads exactly the secret, once', (_name, make) => {
    expect(rights(templateOf((stack) => add(stack, make(imported(stack))))))
      .toEqual([{ actions: ['secretsmanager:GetSecretValue'], resources: [ARN] }]);
  });

  test('reads each of several secrets, and uses the key of the one that has one', () => {
    const template = templateOf((stack) => {
      const own = new secretsmanager.Secret(stack, 'Own', { encryptionKey: new kms.Key(stack, 'Key') });
      add(stack, Auth.customHeaders({ 'X-Id': { secret: imported(stack) }, 'X-Key': { secret: own } }));
    });
    expect(rights(template)).toEqual([
      { actions: ['secretsmanager:GetSecretValue'], resources: [ARN] },
      { actions: ['secretsmanager:GetSecretValue'], resources: [{ Ref: expect.stringMatching(/^Own/) }] },
      { actions: ['kms:Decrypt'], resources: [{ 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] }] },
    ]);
  });

  const signing = (options: (stack: Stack) => Partial<SigV4AuthOptions>, method?: HttpMethod) =>
    rights(templateOf((stack) => add(stack, Auth.sigV4({ service: 'execute-api', ...options(stack) }), { method })));

  test.each([[undefined, 'GET'], [HttpMethod.POST, 'POST']])('invokes the named APIs with the method of its source, %s', (method, verb) => {
    const arnOf = (id: RegExp) => ({
      'Fn::Join': ['', [
        'arn:', { Ref: 'AWS::Partition' }, ':execute-api:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':', { Ref: expect.stringMatching(id) }, `/*/${verb}/*`,
      ]],
    });
    const found = signing((stack) => {
      const rest = new apigateway.RestApi(stack, 'Rest');
      rest.root.addMethod('GET');
      return { restApis: [rest], httpApis: [new apigatewayv2.HttpApi(stack, 'Http')] };
    }, method);
    expect(found).toEqual([{ actions: ['execute-api:Invoke'], resources: [arnOf(/^Rest/), arnOf(/^Http/)] }]);
  });

  test('invokes an API that was imported by its id', () => {
    const [{ actions, resources }, ...others] = signing((stack) => ({ restApis: [apigateway.RestApi.fromRestApiId(stack, 'Rest', 'abc123')] }));
    expect(actions).toEqual(['execute-api:Invoke']);
    expect(JSON.stringify(resources)).toContain(':abc123/*/GET/*');
    expect(others).toEqual([]);
  });

  test('gets the statements it was given, and no secret', () => {
    const statements = [new iam.PolicyStatement({ actions: ['ce:GetCostAndUsage'], resources: ['*'] })];
    expect(signing(() => ({ service: 'ce', statements }))).toEqual([{ actions: ['ce:GetCostAndUsage'], resources: ['*'] }]);
  });

  test('gets nothing where the API\'s own policy lets it in', () => {
    expect(signing(() => ({ statements: [] }))).toEqual([]);
  });
});

describe('at synth', () => {
  const api = (stack: Stack) => apigateway.RestApi.fromRestApiId(stack, 'Rest', 'abc123');

  test.each<[string, (secret: secretsmanager.ISecret, stack: Stack) => Auth]>([
    ['secret headers', (secret) => Auth.customHeaders({ 'X-Key': { secret } })],
    ['client credentials', (secret) => Auth.oauth2ClientCredentials(secret, { tokenUrl: TOKEN_URL })],
    ['an endpoint known at deployment', (secret, stack) => Auth.oauth2ClientCredentials(secret, { tokenUrl: `https://${stack.region}.example.com/token` })],
    ['an endpoint on this machine', (secret) => Auth.oauth2ClientCredentials(secret, { tokenUrl: 'http://127.0.0.1:8080/token' })],
    ['an assertion', (secret) => Auth.jwt(secret, { algorithm: JwtAlgorithm.HS256 })],
    ['a signature', (_secret, stack) => Auth.sigV4({ service: 'execute-api', restApis: [api(stack)] })],
  ])('%s passes', (_name, make) => {
    expect(problemsOf(make)).toBe('');
  });

  const oauth2 = (options: object) => (secret: secretsmanager.ISecret) => Auth.oauth2ClientCredentials(secret, { tokenUrl: TOKEN_URL, ...options });
  const jwt = (options: object) => (secret: secretsmanager.ISecret) => Auth.jwt(secret, { algorithm: JwtAlgorithm.RS256, ...options });
  const headers = (...names: string[]) => (secret: secretsmanager.ISecret) =>
    Auth.customHeaders(Object.fromEntries(names.map((name) => [name, { secret }])));

  test.each<[string, (secret: secretsmanager.ISecret, stack: Stack) => Auth, string, string]>([
    ['no header', headers(), 'headers: got {}', 'name at least one header'],
    ['a header that is no name', headers('X Key'), 'headers: got "X Key"', 'letters, digits and hyphens'],
    ['a header that follows redirects', headers('User-Agent'), 'headers: got "User-Agent"', 'not kept secret'],
    ['a header twice', headers('X-Key', 'x-key'), 'headers: got ["X-Key","x-key"]', 'each header once'],
    ['a key in a header that follows redirects', (secret) => Auth.apiKey(secret, { header: 'User-Agent' }), 'name: got "User-Agent"', 'not kept secret'],
    ['a prefix with a line break', (secret) => Auth.customHeaders({ 'X-Key': { secret, prefix: 'a\n' } }), 'headers.X-Key.prefix: got "a\\n"', 'printable'],
    ['no endpoint', oauth2({ tokenUrl: '' }), 'tokenUrl: got ""', 'absolute URL'],
    ['an endpoint that is no URL', oauth2({ tokenUrl: '/token' }), 'tokenUrl: got "/token"', 'absolute URL'],
    ['an endpoint in the clear', oauth2({ tokenUrl: 'http://login.example.com/token' }), 'tokenUrl: got "http://login.example.com"', 'use https://'],
    ['an endpoint with credentials', oauth2({ tokenUrl: 'https://me:hidden@login.example.com/' }), 'tokenUrl: got "https://login.example.com"', 'Secrets Manager'],
    ['one field for id and secret', oauth2({ clientIdField: 'x', clientSecretField: 'x' }), 'clientSecretField: got "x"', 'two fields'],
    ['scopes in one text', oauth2({ scopes: ['a b'] }), 'scopes: got "a b"', 'each scope on its own'],
    ['an empty audience', oauth2({ audience: '' }), 'audience: got ""', 'leave it out'],
    ['a secret among the parameters', oauth2({ parameters: { client_secret: 'x' } }), 'parameters: got "client_secret"', 'option of its own'],
    ['another algorithm', jwt({ algorithm: 'none' }), 'algorithm: got "none"', 'use one of RS256, ES256, HS256'],
    ['scopes without an endpoint', jwt({ scopes: ['a'] }), 'scopes: got ["a"]', 'give it, or put them in claims'],
    ['a claim that has an option', jwt({ claims: { iss: 'me' } }), 'claims: got "iss"', 'option of its own'],
    ['no lifetime', jwt({ lifetime: Duration.seconds(0) }), 'lifetime: got 0', 'from 1 to 86400'],
    ['half a second', jwt({ lifetime: Duration.millis(1500) }), 'lifetime: got 1.5', 'whole seconds'],
    ['a lifetime beyond a day', jwt({ lifetime: Duration.days(2) }), 'lifetime: got 172800', 'from 1 to 86400'],
    ['an assertion in the clear', jwt({ tokenUrl: 'http://login.example.com/' }), 'tokenUrl: got "http://login.example.com"', 'use https://'],
    ['no service', () => Auth.sigV4({ service: '' }), 'service: got ""', 'signing name'],
    ['an empty region', () => Auth.sigV4({ service: 'ce', region: '' }), 'region: got ""', 'leave it out'],
    ['an API of another service', (_secret, stack) => Auth.sigV4({ service: 'es', restApis: [api(stack)] }), 'service: got "es"', "called through 'execute-api'"],
    ['an API that may not be called', () => Auth.sigV4({ service: 'execute-api' }), 'restApis: got nothing', 'name the API'],
  ])('%s fails', (_name, make, got, fix) => {
    const message = problemsOf(make);
    expect(message).toContain('Test/Extractor: invalid property\n');
    expect(message).toContain(`sources.users.auth.${got}`);
    expect(message).toContain(fix);
    expect(message).not.toContain('hidden');
  });

  test('a signature does not travel in the clear', () => {
    const stack = newStack();
    expect(() => add(stack, Auth.sigV4({ service: 'ce' }), { url: 'http://api.example.com/' })).toThrow(/credentials would travel in the clear/);
  });
});
