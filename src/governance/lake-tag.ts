import { Aws, Token } from 'aws-cdk-lib';
import * as lakeformation from 'aws-cdk-lib/aws-lakeformation';
import { Construct, IConstruct } from 'constructs';
import { Problems } from '../core/problems';

/** @see https://docs.aws.amazon.com/lake-formation/latest/APIReference/API_CreateLFTag.html */
const MAX_KEY = 128;
const MAX_VALUE = 256;
const MAX_VALUES = 50;

/** A Lake Formation tag (LF-tag). */
export interface ILakeTag extends IConstruct {
  /** Key of the tag. */
  readonly key: string;
  /** The values that it may have. */
  readonly values: string[];
  /** The tag's resource, if it stands in this app. */
  readonly resource?: lakeformation.CfnTag;

  /** Some of the tag's values, for a grant. */
  anyOf(...values: string[]): LakeTagValues;
}

/** Some values of a tag: what bears one of them is meant. */
export interface LakeTagValues {
  /** The tag. */
  readonly tag: ILakeTag;
  /** Its values. */
  readonly values: string[];
}

/** Options of a LakeTag. */
export interface LakeTagProps {
  /** Key of the tag, in lower case. An account has one tag of a key: make it once, import it elsewhere. */
  readonly key: string;

  /** The values that databases, tables and columns may be given, in lower case. */
  readonly values: string[];
}

abstract class LakeTagBase extends Construct implements ILakeTag {
  readonly key: string;
  readonly values: string[];
  abstract readonly resource?: lakeformation.CfnTag;

  constructor(scope: Construct, id: string, props: LakeTagProps) {
    super(scope, id);
    this.checkProps(props);
    this.key = props.key;
    this.values = [...props.values];
  }

  anyOf(...values: string[]): LakeTagValues {
    const problems = new Problems(this);
    problems.check(values.length > 0, 'values', values, 'name at least one');
    for (const value of values) {
      problems.check(this.values.includes(value), 'values', value, `the tag ${this.key} has ${this.values.join(', ')}`);
    }
    problems.throwIfAny();
    return { tag: this, values: [...new Set(values)].sort() };
  }

  private checkProps({ key, values }: LakeTagProps): void {
    const problems = new Problems(this);
    problems.check(isTagText(key, MAX_KEY), 'key', key, `use 1 to ${MAX_KEY} lower-case letters, digits, spaces and _ . : / = + - @ %`);
    problems.check(values.length > 0 && values.length <= MAX_VALUES, 'values', `${values.length} values`, `name 1 to ${MAX_VALUES}`);
    for (const value of values) {
      problems.check(isTagText(value, MAX_VALUE), 'values', value, `use 1 to ${MAX_VALUE} lower-case letters, digits, spaces and _ . : / = + - @ %`);
    }
    problems.check(new Set(values).size === values.length, 'values', values, 'name each value once');
    problems.throwIfAny();
  }
}

/**
 * A Lake Formation tag (LF-tag): grants by its values reach all that bears them, tables to come included. It has nothing to
 * do with the tags of resources.
 *
 * @see https://docs.aws.amazon.com/lake-formation/latest/dg/tag-based-access-control.html
 */
export class LakeTag extends LakeTagBase {
  /** A tag that the account has already. */
  static fromLakeTagAttributes(scope: Construct, id: string, attrs: LakeTagProps): ILakeTag {
    return new ImportedLakeTag(scope, id, attrs);
  }

  readonly resource?: lakeformation.CfnTag;

  constructor(scope: Construct, id: string, props: LakeTagProps) {
    super(scope, id, props);
    this.resource = new lakeformation.CfnTag(this, 'Tag', { catalogId: Aws.ACCOUNT_ID, tagKey: this.key, tagValues: this.values });
  }
}

class ImportedLakeTag extends LakeTagBase {
  readonly resource = undefined;
}

/** Lake Formation stores tags in lower case: another spelling would drift. */
const isTagText = (text: string, longest: number): boolean =>
  Token.isUnresolved(text) || (text.length <= longest && /^[\p{Ll}\p{Lo}\p{N} _.:/=+\-@%]+$/u.test(text) && text.trim() === text);
