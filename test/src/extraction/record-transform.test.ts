import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { ExtractorFunction, RecordTransform } from '../../../src';
import { newStack, only, statementsOf, templateOf, usersSource } from '../../support/synth';

const rendered = (...transforms: RecordTransform[]) => usersSource({ transforms })._render().transforms;

const synth = (transforms: RecordTransform[], stack = newStack()) => new ExtractorFunction(stack, 'Extractor', {
  source: usersSource({ transforms }),
  bucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'the-bucket'),
});

describe('what the extractor reads', () => {
  test('each transform in its order', () => {
    expect(rendered(RecordTransform.drop('$.a'), RecordTransform.rename('$.b', 'c'), RecordTransform.mask('$.d', { keepLast: 4 }))).toEqual([
      { type: 'drop', path: '$.a' }, { type: 'rename', path: '$.b', name: 'c' }, { type: 'mask', path: '$.d', keepLast: 4 },
    ]);
  });

  test('what equals the default is left out', () => {
    expect(rendered()).toBeUndefined();
    expect(rendered(RecordTransform.mask('$.a', { keepLast: 0 }))).toEqual([{ type: 'mask', path: '$.a' }]);
  });
});

describe('a hash', () => {
  test('names its secret and never holds it; the function may read that secret and decrypt with its key', () => {
    const template = templateOf((stack) => {
      const secret = new secretsmanager.Secret(stack, 'Pepper', { encryptionKey: new kms.Key(stack, 'Key') });
      synth([RecordTransform.hash('$.email', secret, { field: 'k' })], stack as never);
    });
    const secret = only(template, 'AWS::SecretsManager::Secret').id;
    const spec = JSON.stringify(only(template, 'AWS::Lambda::Function').properties.Environment.Variables.SOURCE_SPEC);
    expect(spec).toContain(secret);
    expect(spec).toContain('field');
    const statements = statementsOf(template, 'Extractor');
    expect(statements.filter(({ actions }) => actions.includes('secretsmanager:GetSecretValue'))).toEqual([
      { actions: ['secretsmanager:GetSecretValue'], resources: [{ Ref: secret }] },
    ]);
    expect(statements.filter(({ actions }) => actions.includes('kms:Decrypt'))).toHaveLength(1);
  });

  test('is the only transform that reads a secret', () => {
    const template = templateOf((stack) => {
      synth([RecordTransform.drop('$.a'), RecordTransform.rename('$.b', 'c'), RecordTransform.mask('$.d')], stack as never);
    });
    expect(statementsOf(template).flatMap(({ actions }) => actions).filter((action) => action.startsWith('secretsmanager'))).toEqual([]);
  });
});

describe('bad input fails at synth and says how to put it right', () => {
  test('good input passes', () => {
    expect(() => synth([RecordTransform.drop('$.a'), RecordTransform.mask('$.b[*].c')])).not.toThrow();
  });

  test.each<[string, RecordTransform[], RegExp]>([
    ['a name for a path', [RecordTransform.drop('email')], /Test\/Extractor: invalid property\n {2}- sources\.users\.transforms\[0\]\.path: got "email"; a JSONPath starts with/],
    ['the whole record', [RecordTransform.drop('$')], /transforms\[0\]\.path: got "\$"; name a field of the record/],
    ['no new name', [RecordTransform.rename('$.a', '')], /transforms\[0\]\.name: got ""; give the field its new name/],
    ['a negative number of characters', [RecordTransform.mask('$.a', { keepLast: -1 })], /transforms\[0\]\.keepLast: got -1; use 0/],
    ['dropped and masked', [RecordTransform.drop('$.a'), RecordTransform.mask('$.a')], /transforms\[1\]\.path: got "\$\.a"; a field is dropped, or .* \(transforms\[0\]: \$\.a\)/],
  ])('%s', (_name, transforms, message) => {
    expect(() => synth(transforms)).toThrow(message);
  });
});
