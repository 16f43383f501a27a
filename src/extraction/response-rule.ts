import { ResponseAction, ResponseConditionSpec, ResponseRuleSpec } from '../spec/response-rule-spec';

/** What a header must be. Neither: it is there. */
export interface HeaderConditionOptions {
  /**
   * The whole value.
   *
   * @default - any value
   */
  readonly value?: string;

  /**
   * A regular expression (JavaScript) that is found in the value.
   *
   * @default - any value
   */
  readonly pattern?: string;
}

/** What a place of the body must hold. Neither: something is there. */
export interface BodyConditionOptions {
  /**
   * Text, a number, a boolean or null that stands there.
   *
   * @default - any value
   */
  readonly value?: any;

  /**
   * Whether something stands there. Null, empty text, an empty list and an empty object count as nothing.
   *
   * @default true
   */
  readonly exists?: boolean;
}

/** What a response shows. */
export class ResponseCondition {
  /** @internal */
  static _of(when: ResponseConditionSpec[]): ResponseCondition {
    return new ResponseCondition(when);
  }

  private constructor(private readonly when: ResponseConditionSpec[]) {}

  /** Both conditions must hold. */
  also(other: ResponseCondition): ResponseCondition {
    return new ResponseCondition([...this.when, ...other.when]);
  }

  /** The page is asked for again, as often as `retry` allows; not before the response's `Retry-After`. */
  retry(): ResponseRule {
    return this.rule('retry');
  }

  /**
   * The run fails; the last good state is kept.
   *
   * @param message what the error says, besides the status and the start of the body.
   */
  fail(message?: string): ResponseRule {
    return this.rule('fail', message);
  }

  /**
   * The page is left out and the run goes on behind it: its records are not stored. The run's result counts skipped
   * pages and warns of them. Needs a way to the next page: a page number, an offset with a limit, or a token or link in the response.
   */
  skip(): ResponseRule {
    return this.rule('skip');
  }

  /** There are no more pages. The records of a successful response are kept. */
  end(): ResponseRule {
    return this.rule('end');
  }

  /** Secrets and tokens are read anew, and the page is asked for once more; the second time the run fails. */
  refreshAuth(): ResponseRule {
    return this.rule('refreshAuth');
  }

  private rule(action: ResponseAction, message?: string): ResponseRule {
    return ResponseRule._of({ when: this.when, action, ...(message !== undefined ? { message } : {}) });
  }
}

/**
 * What a response means when the API does not say so by its status. The first rule whose conditions hold decides,
 * before all that is built in: `ResponseRule.onStatus(404).end()`, `ResponseRule.onBody('$.error').fail()`.
 */
export class ResponseRule {
  /** One of these statuses. Redirects are followed first. */
  static onStatus(...statuses: number[]): ResponseCondition {
    return ResponseCondition._of([{ status: statuses }]);
  }

  /** A response header. */
  static onHeader(name: string, options: HeaderConditionOptions = {}): ResponseCondition {
    return ResponseCondition._of([given({ header: name, equals: options.value, pattern: options.pattern })]);
  }

  /** A place in a JSON body, outside the records: `$.error`, `$.status.code`. */
  static onBody(path: string, options: BodyConditionOptions = {}): ResponseCondition {
    const exists = options.exists === true && options.value === undefined ? undefined : options.exists;
    return ResponseCondition._of([given({ path, equals: options.value, exists })]);
  }

  /** @internal */
  static _of(spec: ResponseRuleSpec): ResponseRule {
    return new ResponseRule(spec);
  }

  private constructor(private readonly spec: ResponseRuleSpec) {}

  /** @internal */
  _render(): ResponseRuleSpec {
    return this.spec;
  }
}

function given<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}
