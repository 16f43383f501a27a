import { Annotations, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Source } from './source';
import { isLoopback } from './url';
import { isToken } from '../core/checks';
import { Problems } from '../core/problems';

/** Names that APIs give to parameters and headers with a credential in them. */
const CREDENTIAL = /^(x[-_])?(api[-_]?key|access[-_]?token|auth[-_]?token|token|secret|password)$/i;

/** A secret's value in the function's environment is there for all who may look at the function. */
export function checkHidesSecrets(scope: Construct, source: Source, problems: Problems): void {
  const text = JSON.stringify(Stack.of(scope).resolve([source._options.url, source._render()]));
  problems.check(!/\{\{resolve:(secretsmanager|ssm-secure):/.test(text), `sources.${source.name}`, 'the value of a secret',
    'it would stand in the function\'s configuration: pass the secret to auth, which reads it when it runs');
}

/** What may be meant, and so is no error. */
export function warnOfClearText(scope: Construct, source: Source): void {
  const { headers, query, url } = source._options;
  const known = isToken(url) ? undefined : new URL(url);
  if (known?.protocol === 'http:' && !isLoopback(known)) {
    Annotations.of(scope).addWarningV2('cdk-data-lake-pipeline:plainHttp',
      `sources.${source.name}.url: anyone between here and ${known.host} can read and change what is extracted; use https://`);
  }
  const names = [...(known?.searchParams.keys() ?? []), ...Object.keys(query ?? {}), ...Object.keys(headers ?? {})];
  const [credential] = names.filter((name) => CREDENTIAL.test(name));
  if (credential !== undefined) {
    Annotations.of(scope).addWarningV2('cdk-data-lake-pipeline:credentialInClearText',
      `sources.${source.name}: "${credential}" looks like a credential in clear text; put it into Secrets Manager and use Auth.apiKey`);
  }
}
