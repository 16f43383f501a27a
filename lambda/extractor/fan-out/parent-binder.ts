import { bindRequest, BoundValue, Unusable } from './bind-request';
import { ParentSpec, SourceSpec } from '../../../src/spec';
import { PageRequest } from '../http';
import { digestOf } from '../record-key';
import { FieldReader, scalarText } from '../scan';

/** What one record of the parent becomes. */
export interface BoundParent {
  /** Before paging. */
  readonly request: PageRequest;
  /** Of the values in the request. */
  readonly digest: string;
  /** Members that every child record gets, as JSON without the braces around them; empty for none. */
  readonly fields: string;
}

/** Puts the fields of a parent's records into the request of a source. */
export class ParentBinder {
  private readonly names: readonly string[];
  private readonly included: readonly string[];
  private readonly reader: FieldReader;

  constructor(private readonly apiUrl: string, private readonly spec: SourceSpec, private readonly parent: ParentSpec) {
    const { bind, include = {} } = parent;
    this.names = Object.keys(bind);
    this.included = Object.keys(include);
    this.reader = new FieldReader([...Object.values(bind), ...Object.values(include)]);
  }

  /** @throws Unusable */
  bind(line: Buffer): BoundParent {
    const texts = this.reader.read(line, 0, line.length);
    const values = new Map(this.names.map((name, index) => [name, this.value(name, texts[index])]));
    const fields = this.included.map((name, index) => `${JSON.stringify(name)}:${texts[this.names.length + index] ?? 'null'}`);
    return {
      request: bindRequest(this.apiUrl, this.spec.request, values),
      digest: digestOf([...values.values()].map(({ text }) => text)),
      fields: fields.join(),
    };
  }

  private value(name: string, json: string | undefined): BoundValue {
    const text = scalarText(json);
    const fault = json !== undefined && text !== undefined ? this.faultOf(text, json) : `is ${kindOf(json)}`;
    if (fault !== undefined) {
      throw new Unusable(`${this.parent.bind[name]}, which {${name}} stands for, ${fault}`);
    }
    return { text: text!, json: json! };
  }

  private faultOf(text: string, json: string): string | undefined {
    if (text === '') {
      return 'is empty';
    }
    if (/\p{Surrogate}/u.test(text)) {
      return 'holds half a character';
    }
    const { pagination, request } = this.spec;
    const rewritten = request?.body !== undefined && pagination !== undefined && 'target' in pagination && pagination.target.in === 'body';
    // A token is put into the body by parsing it.
    return rewritten && text === json && /\d/.test(json) && String(Number(json)) !== json ? 'is a number that a body with a token cannot carry exactly' : undefined;
  }
}

function kindOf(json: string | undefined): string {
  return json === undefined ? 'missing' : json.startsWith('{') ? 'an object' : json.startsWith('[') ? 'a list' : 'null';
}
