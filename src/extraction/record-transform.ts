import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { secretSpec, secretStatements } from './auth-parts';
import { DEFAULT_KEEP_LAST, TransformSpec } from '../spec/transform-spec';

/** Where the key of a hash stands in its secret. */
export interface HashTransformOptions {
  /**
   * Field of a JSON secret.
   *
   * @default - the whole secret is the key
   */
  readonly field?: string;
}

/** How much of a masked value stays readable. */
export interface MaskTransformOptions {
  /**
   * So many characters at the end are kept. A value that is not longer than this is masked whole.
   *
   * @default 0
   */
  readonly keepLast?: number;
}

/**
 * A change of every record before anything of it is stored, for what the lake must not hold. All else stays
 * byte for byte.
 *
 * A path is a JSONPath from the record's root: `$.email`, `$.user.address`, `$.phones[*].number`. It names the
 * record as the API sends it, in upper and lower case, whatever the other transforms of the source do. One that
 * leads nowhere in a record changes nothing in it. Data that is stored already does not change.
 *
 * What the source works with to find its way (the field of a keyset, an incremental cursor, a key) stands in its state
 * as it was sent, or as a digest that can be tried out: use none there that the lake must not hold.
 */
export class RecordTransform {
  /** Takes a field out, with all that is in it. */
  static drop(path: string): RecordTransform {
    return new RecordTransform({ type: 'drop', path });
  }

  /**
   * Gives a field another name, and leaves its value as it is. A run fails when the record has another field of
   * that name; with a contract, the record is quarantined.
   *
   * @param name the new name, of the field alone: no path.
   */
  static rename(path: string, name: string): RecordTransform {
    return new RecordTransform({ type: 'rename', path, name });
  }

  /**
   * Replaces a value by its HMAC-SHA256, in 64 hexadecimal digits: equal values stay equal, so that tables can be
   * joined, and nobody without the key can try out values. Text is hashed as it reads, anything else as its JSON
   * is written (`1.0` is not `1`); null stays null.
   *
   * @param secret the key; use 32 random characters or more. A new key gives new hashes from the next invocation on.
   */
  static hash(path: string, secret: secretsmanager.ISecret, options: HashTransformOptions = {}): RecordTransform {
    return new RecordTransform({ type: 'hash', path, secret: secretSpec(secret, options.field) }, secret);
  }

  /**
   * Replaces every character of a value by `*`, so that its length still shows; numbers become text, objects and
   * lists become `***`; null stays null.
   */
  static mask(path: string, options: MaskTransformOptions = {}): RecordTransform {
    const { keepLast } = options;
    return new RecordTransform({ type: 'mask', path, ...(keepLast === undefined || keepLast === DEFAULT_KEEP_LAST ? {} : { keepLast }) });
  }

  private constructor(private readonly spec: TransformSpec, private readonly secret?: secretsmanager.ISecret) {}

  /** @internal */
  _render(): TransformSpec {
    return this.spec;
  }

  /**
   * Reading exactly this transform's secret.
   *
   * @internal
   */
  _statements(): iam.PolicyStatement[] {
    return secretStatements(this.secret === undefined ? [] : [this.secret]);
  }
}
