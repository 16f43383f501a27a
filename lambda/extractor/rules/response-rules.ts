import { ResponseAction, ResponseConditionSpec, ResponseRuleSpec } from '../../../src/spec/response-rule-spec';
import { ExtractorError } from '../errors';
import { headerValue, ResponseHeaders } from '../http/page-request';

const LONGEST_VALUE = 200;

export interface RuledResponse {
  readonly call: string;
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** Value at a path of the body; undefined when it has none. */
  value(path: string): unknown;
}

/** The verdict of a rule that lets the run go on. Others are thrown. */
export type Ruled = Extract<ResponseAction, 'skip' | 'end'>;

export interface Verdict {
  readonly retryAfterSeconds?: number;
  /** Start of the body, redacted. */
  readonly excerpt?: string;
}

/** What the source itself says about responses, before all that is built in. */
export class ResponseRules {
  /** Paths of the body whose values the rules need. */
  readonly paths: readonly string[];

  constructor(private readonly rules: readonly ResponseRuleSpec[] = [], private readonly redact: (text: string) => string) {
    this.paths = [...new Set(rules.flatMap(({ when }) => when.flatMap((condition) => ('path' in condition ? [condition.path] : []))))];
  }

  /**
   * The rule that decides on a successful response before its body is read, which may be no page at all. None when an
   * earlier rule waits for the body, and none that ends the run: its page counts.
   */
  early(status: number, headers: ResponseHeaders): ResponseRuleSpec | undefined {
    const possible = this.rules.find(({ when }) => when.every((condition) => 'path' in condition || holds(condition, { status, headers, value: () => undefined })));
    return possible?.action === 'end' || possible?.when.some((condition) => 'path' in condition) ? undefined : possible;
  }

  match(response: Omit<RuledResponse, 'call'>): ResponseRuleSpec | undefined {
    return this.rules.find(({ when }) => when.every((condition) => holds(condition, response)));
  }

  /** What a rule makes of a response. @throws ExtractorError RULE_FAILED, RULE_RETRY, RULE_REFRESH_AUTH */
  apply(rule: ResponseRuleSpec, response: RuledResponse, verdict: Verdict = {}): Ruled {
    if (rule.action === 'skip' || rule.action === 'end') {
      return rule.action;
    }
    const seen = verdict.excerpt ?? rule.when.flatMap((condition) => ('path' in condition ? [shown(condition.path, response)] : [])).join(', ');
    const text = [`${response.call}: the API answered ${response.status}`, `responseRules[${this.rules.indexOf(rule)}] says ${rule.action}`, rule.message]
      .filter((part) => part !== undefined).join(', ');
    throw new ExtractorError(CODES[rule.action], this.redact(seen === '' ? text : `${text}: ${seen}`), {
      retryable: rule.action === 'retry',
      retryAfterSeconds: rule.action === 'retry' ? verdict.retryAfterSeconds : undefined,
      details: { status: response.status, call: response.call, rule: this.rules.indexOf(rule) },
    });
  }
}

const CODES = { fail: 'RULE_FAILED', retry: 'RULE_RETRY', refreshAuth: 'RULE_REFRESH_AUTH' } as const;

function holds(condition: ResponseConditionSpec, { status, headers, value }: Omit<RuledResponse, 'call'>): boolean {
  if ('status' in condition) {
    return condition.status.includes(status);
  }
  if ('header' in condition) {
    const text = headerValue(headers, condition.header);
    return text !== undefined
      && (condition.equals === undefined || text === condition.equals)
      && (condition.pattern === undefined || new RegExp(condition.pattern).test(text));
  }
  const found = value(condition.path);
  return condition.equals === undefined ? isSomething(found) === (condition.exists ?? true) : found === condition.equals;
}

/** APIs that had no error still send `"error": null`, `"error": ""` or `"errors": []`. */
function isSomething(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && !(typeof value === 'object' && Object.keys(value).length === 0);
}

const shown = (path: string, { value }: RuledResponse) => `${path} is ${(JSON.stringify(value(path)) ?? 'missing').slice(0, LONGEST_VALUE)}`;
