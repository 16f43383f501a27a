import { SourceSpec } from '../../../src/spec';
import { AuthSpec } from '../../../src/spec/auth-spec';
import { Behaviour, HostileServer, json } from '../../support/hostile-server';

/** Values with what encoders change; each is found by its own name in whatever leaks. */
export const SECRETS = {
  bearer: 'bearer-7Qk/x+Zt=&"w<1>',
  headerKey: 'header-8Rm/y+Av=&"u<2>',
  queryKey: 'query-9Sn/z+Bw=&"v<3>',
  user: 'user-1To/a+Cx',
  password: 'pass-2Up/b+Dy=&"x<4>:e',
  custom: 'custom-3Vq/c+Ez=&"y<5>',
  clientId: 'client-4Wr/d+Fa',
  clientSecret: 'secret-5Xs/e+Gb=&"z<6>',
  accessToken: 'access-6Yt/f+Hc==',
  signingKey: 'signing-7Zu/g+Id=&"a<7>-0123456789',
  awsSecretKey: 'aws-8Av/h+Je0123456789',
  awsSession: 'session-9Bw/i+Kf0123456789==',
  hashKey: 'hash-0Cx/j+Lg=&"b<8>',
} as const;

const ARN = 'arn:aws:secretsmanager:us-east-1:111111111111:secret:all-AbCdEf';
/** Secrets Manager's answer, by ARN. */
export const STORED = { [ARN]: JSON.stringify(SECRETS) };
const secret = (field: keyof typeof SECRETS) => ({ secretArn: ARN, field });

/** What the signing of requests takes from the environment. */
export const AWS_ENVIRONMENT = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: SECRETS.awsSecretKey, AWS_SESSION_TOKEN: SECRETS.awsSession };

/** Every way to authenticate; every source hashes by a key besides. */
export const AUTHS = (tokenUrl: string): Record<AuthSpec['type'] | 'apiKey in the query' | 'oauth2 in the body' | 'jwt exchanged', AuthSpec> => ({
  'none': { type: 'none' },
  'bearer': { type: 'bearer', token: secret('bearer') },
  'apiKey': { type: 'apiKey', in: 'header', name: 'x-api-key', key: secret('headerKey') },
  'apiKey in the query': { type: 'apiKey', in: 'query', name: 'key', key: secret('queryKey') },
  'basic': { type: 'basic', username: secret('user'), password: secret('password') },
  'customHeaders': { type: 'customHeaders', headers: { 'x-team': { value: secret('custom'), prefix: 'Team ' } } },
  'oauth2ClientCredentials': { type: 'oauth2ClientCredentials', tokenUrl, clientId: secret('clientId'), clientSecret: secret('clientSecret') },
  'oauth2 in the body': { type: 'oauth2ClientCredentials', tokenUrl, clientId: secret('clientId'), clientSecret: secret('clientSecret'), credentialsIn: 'body' },
  'jwt': { type: 'jwt', algorithm: 'HS256', key: secret('signingKey'), issuer: 'us' },
  'jwt exchanged': { type: 'jwt', algorithm: 'HS256', key: secret('signingKey'), issuer: 'us', tokenUrl },
  'sigV4': { type: 'sigV4', service: 'execute-api' },
});

export const HASHED: Partial<SourceSpec> = { transforms: [{ type: 'hash', path: '$.email', secret: secret('hashKey') }] };

/** Grants the access token. */
export const grantToken: Behaviour = json({ access_token: SECRETS.accessToken, token_type: 'Bearer', expires_in: 3600 });

/** Secrets, and whatever credentials the servers were sent that were made from them. */
export function secretsSeen(...servers: readonly HostileServer[]): string[] {
  const made = servers.flatMap(({ received }) => received)
    .flatMap(({ headers, body }) => [headers.authorization?.replace(/^(Bearer|Basic) /, ''), new URLSearchParams(body).get('assertion')])
    .filter((value): value is string => typeof value === 'string' && !value.startsWith('AWS4')); // a signature is no secret
  return [...new Set([...Object.values(SECRETS), ...made])];
}
