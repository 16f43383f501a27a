import { SecretReader } from '../../../../lambda/extractor/auth';
import { learn } from '../../../../lambda/extractor/record-sink';
import { Redactor } from '../../../../lambda/extractor/redact';
import { SchemaTree } from '../../../../lambda/extractor/scan';
import { RecordTransformer } from '../../../../lambda/extractor/transform';
import { TransformSpec } from '../../../../src/spec';

/** Transforms one record that stands between other bytes. */
export async function transform(record: string, ...transforms: TransformSpec[]) {
  const transformer = new RecordTransformer(transforms, { secrets: new SecretReader(), redactor: new Redactor(), page: () => 3 });
  await transformer.prepare();
  const response = Buffer.from(`[${record},{"next":1}]`);
  const schema = new SchemaTree();
  const length = transformer.apply(response.subarray(1, 1 + Buffer.byteLength(record)), 7);
  learn(schema, transformer.buffer, 0, length);
  return { text: transformer.buffer.toString('utf8', 0, length), columns: schema.glueColumns().map(({ name, type }) => `${name} ${type}`) };
}

export const drop = (path: string): TransformSpec => ({ type: 'drop', path });
export const rename = (path: string, name: string): TransformSpec => ({ type: 'rename', path, name });
export const mask = (path: string, keepLast?: number): TransformSpec => ({ type: 'mask', path, keepLast });
export const hash = (path: string, secretArn: string, field?: string): TransformSpec => ({ type: 'hash', path, secret: { secretArn, field } });
