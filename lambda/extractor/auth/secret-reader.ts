import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SecretSpec } from '../../../src/spec/source-spec';
import { ExtractorError } from '../errors';
import { jsonObject } from './json-object';
import { secretError } from './secret-error';

/* eslint-disable no-control-regex */
const NOT_ONE_LINE = /[\u0000-\u001f\u007f]/;
const NOT_TEXT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
/* eslint-enable no-control-regex */

/** Reads secrets from Secrets Manager, each once a process, until `invalidate` is called. */
export class SecretReader {
  private readonly clients = new Map<string, SecretsManagerClient>();
  private readonly texts = new Map<string, Promise<string>>();

  /** The secret's text, or the field of a JSON secret; of one line, as headers need it, unless `multiline` (a key in PEM). */
  async read(spec: SecretSpec, { multiline = false } = {}): Promise<string> {
    let text = this.texts.get(spec.secretArn);
    if (!text) {
      text = this.fetch(spec.secretArn);
      this.texts.set(spec.secretArn, text);
      // A failure is not kept: the next call asks again.
      text.catch(() => this.texts.delete(spec.secretArn));
    }
    const value = spec.field === undefined ? wholeText(spec, await text) : field(spec, spec.field, await text);
    return usable(spec, value, multiline ? NOT_TEXT : NOT_ONE_LINE);
  }

  /** Forgets all values, so that a rotated secret is read anew. */
  invalidate(): void {
    this.texts.clear();
  }

  private async fetch(arn: string): Promise<string> {
    try {
      const { SecretString } = await this.clientFor(arn).send(new GetSecretValueCommand({ SecretId: arn }));
      if (SecretString === undefined) {
        throw new ExtractorError('SECRET_UNUSABLE', `secret ${arn} is binary; store it as text`, { retryable: false });
      }
      return SecretString;
    } catch (error) {
      throw secretError(arn, error);
    }
  }

  /** A secret may stand in another region than the function. */
  private clientFor(arn: string): SecretsManagerClient {
    const region = arn.startsWith('arn:') ? arn.split(':')[3] : '';
    let client = this.clients.get(region);
    if (!client) {
      client = new SecretsManagerClient(region === '' ? {} : { region });
      this.clients.set(region, client);
    }
    return client;
  }
}

function wholeText({ secretArn }: SecretSpec, text: string): string {
  if (jsonObject(text)) {
    throw new ExtractorError('SECRET_FIELD_MISSING', `secret ${secretArn} is a JSON object; name the field that holds the value`, { retryable: false });
  }
  // Secrets stored from a file mostly end with a newline that nobody meant.
  return text.replace(/\r?\n$/, '');
}

function field({ secretArn }: SecretSpec, name: string, text: string): string {
  const object = jsonObject(text);
  if (!object) {
    throw new ExtractorError('SECRET_FIELD_MISSING', `secret ${secretArn} is no JSON object, so it has no field "${name}"; leave the field out or store JSON`,
      { retryable: false });
  }
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new ExtractorError('SECRET_FIELD_MISSING', `secret ${secretArn} has no text in field "${name}"; add the field or name another one`, { retryable: false });
  }
  return String(value);
}

function usable({ secretArn, field: name }: SecretSpec, value: string, unwanted: RegExp): string {
  if (value === '' || unwanted.test(value)) {
    const place = name === undefined ? '' : `, field "${name}",`;
    throw new ExtractorError('SECRET_UNUSABLE', `secret ${secretArn}${place} is empty or holds line breaks or control characters; store the bare value`,
      { retryable: false });
  }
  return value;
}
