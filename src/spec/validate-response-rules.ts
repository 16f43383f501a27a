import { JsonPathStep, parseJsonPath } from './json-path';
import { ResponseConditionSpec, ResponseRuleSpec } from './response-rule-spec';
import type { SourceSpec } from './source-spec';
import type { SpecProblem } from './validate-source-spec';

const ACTIONS = ['retry', 'fail', 'skip', 'end', 'refreshAuth'];

/** What is wrong with the response rules of a spec. */
export function responseRuleProblems(spec: SourceSpec): SpecProblem[] {
  return (spec.responseRules ?? []).flatMap((rule, i) => {
    const at = `responseRules[${i}]`;
    const conditions = rule.when.flatMap((condition) => conditionProblems(condition, spec));
    return [
      ...conditions.map((problem) => ({ ...problem, property: at + problem.property })),
      ...ruleProblems(rule, spec).map((problem) => ({ ...problem, property: at })),
    ];
  });
}

type Found = Omit<SpecProblem, 'property'>;

function ruleProblems({ when, action }: ResponseRuleSpec, { auth, pagination }: SourceSpec): Found[] {
  const offsetWithoutStep = pagination?.type === 'offset' && pagination.limit === undefined;
  return [
    ...(when.length > 0 ? [] : [{ got: when, fix: 'name at least one condition' }]),
    ...(ACTIONS.includes(action) ? [] : [{ got: action, fix: `use one of ${ACTIONS.join(', ')}` }]),
    ...(action === 'refreshAuth' && (auth === undefined || auth.type === 'none') ? [{ got: action, fix: 'there is nothing to refresh: set auth' }] : []),
    ...(action === 'skip' && offsetWithoutStep ? [{ got: action, fix: 'the offset behind a skipped page is not known: give pagination limitParam and limit' }] : []),
    ...(action === 'skip' && pagination?.type === 'keyset' ? [{ got: action, fix: 'a skipped page has no last record to go on from: use end or fail' }] : []),
  ];
}

function conditionProblems(condition: ResponseConditionSpec, spec: SourceSpec): SpecProblem[] {
  if ('status' in condition) {
    const bad = condition.status.filter((status) => !Number.isInteger(status) || status < 200 || status > 599);
    return [
      ...(condition.status.length > 0 ? [] : [{ property: '.status', got: condition.status, fix: 'name at least one status' }]),
      ...bad.map((status) => ({ property: '.status', got: status, fix: 'use a status from 200 to 599' })),
    ];
  }
  return 'header' in condition ? headerProblems(condition) : pathProblems(condition, spec);
}

function headerProblems({ header, equals, pattern }: Extract<ResponseConditionSpec, { header: string }>): SpecProblem[] {
  const at = (ok: boolean, property: string, got: unknown, fix: string) => (ok ? [] : [{ property, got, fix }]);
  return [
    ...at(/^[!#$%&'*+.^_`|~\w-]+$/.test(header), '.header', header, 'name one header'),
    ...at(equals === undefined || pattern === undefined, '.header', 'value and pattern', 'use one of them'),
    ...at(pattern === undefined || isPattern(pattern), '.pattern', pattern, 'use a regular expression of JavaScript'),
  ];
}

function pathProblems({ path, equals, exists }: Extract<ResponseConditionSpec, { path: string }>, spec: SourceSpec): SpecProblem[] {
  const property = '.path';
  if (equals !== undefined && exists !== undefined) {
    return [{ property, got: 'value and exists', fix: 'use one of them' }];
  }
  if (equals !== undefined && equals !== null && typeof equals === 'object') {
    return [{ property: '.value', got: equals, fix: 'compare with text, a number, a boolean or null' }];
  }
  const steps = stepsOf(path);
  if (typeof steps === 'string') {
    return [{ property, got: path, fix: steps }];
  }
  const records = stepsOf(spec.records);
  const contains = typeof records !== 'string' && steps.every((step, i) => JSON.stringify(step) === JSON.stringify(records[i]));
  return [
    ...(steps.some((step) => 'every' in step) ? [{ property, got: path, fix: 'name one place: [*] is allowed in "records" only' }] : []),
    ...(contains ? [{ property, got: path, fix: `the records stand below it (${spec.records}): name a place outside of them` }] : []),
  ];
}

function stepsOf(path: string): JsonPathStep[] | string {
  try {
    return parseJsonPath(path);
  } catch (error) {
    return (error as Error).message;
  }
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}
