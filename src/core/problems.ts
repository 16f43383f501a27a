import { Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** Longest excerpt of a value that an error repeats. */
const MAX_QUOTE = 120;

/** Collects what is wrong with a construct, so that one synth tells it all. */
export class Problems {
  private readonly lines: string[] = [];

  constructor(private readonly scope: Construct) {}

  /** Notes one problem: the property, what it holds, and how to put it right. */
  add(property: string, got: unknown, fix: string): void {
    this.lines.push(`${property}: got ${quote(got)}; ${fix}`);
  }

  /** Notes the problem unless the condition holds. */
  check(ok: boolean, property: string, got: unknown, fix: string): void {
    if (!ok) {
      this.add(property, got, fix);
    }
  }

  throwIfAny(): void {
    if (this.lines.length === 0) {
      return;
    }
    const heading = this.lines.length === 1 ? 'invalid property' : `${this.lines.length} invalid properties`;
    throw new Error(`${this.scope.node.path}: ${heading}\n${this.lines.map((line) => `  - ${line}`).join('\n')}`);
  }
}

function quote(value: unknown): string {
  if (typeof value === 'string' && Token.isUnresolved(value)) {
    return 'a value known at deployment only';
  }
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > MAX_QUOTE ? `${text.slice(0, MAX_QUOTE)}...` : text;
}
