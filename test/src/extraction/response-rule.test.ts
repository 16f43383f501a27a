import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Auth, HttpSourceOptions, Pagination, ResponseRule, TokenPlace } from '../../../src';
import { buildExtractor, newStack, usersSource } from '../../support/synth';

const rendered = (...responseRules: ResponseRule[]) => usersSource({ responseRules })._render().responseRules;

test.each([
  [ResponseRule.onStatus(404).end(), { when: [{ status: [404] }], action: 'end' }],
  [ResponseRule.onStatus(500, 503).fail('broken'), { when: [{ status: [500, 503] }], action: 'fail', message: 'broken' }],
  [ResponseRule.onHeader('x-last').end(), { when: [{ header: 'x-last' }], action: 'end' }],
  [ResponseRule.onHeader('x-last', { value: 'yes' }).skip(), { when: [{ header: 'x-last', equals: 'yes' }], action: 'skip' }],
  [ResponseRule.onHeader('x-last', { pattern: '^y' }).retry(), { when: [{ header: 'x-last', pattern: '^y' }], action: 'retry' }],
  [ResponseRule.onBody('$.error').fail(), { when: [{ path: '$.error' }], action: 'fail' }],
  [ResponseRule.onBody('$.error', { exists: true }).fail(), { when: [{ path: '$.error' }], action: 'fail' }],
  [ResponseRule.onBody('$.ok', { exists: false }).fail(), { when: [{ path: '$.ok', exists: false }], action: 'fail' }],
  [ResponseRule.onBody('$.ok', { value: false }).refreshAuth(), { when: [{ path: '$.ok', equals: false }], action: 'refreshAuth' }],
  [ResponseRule.onStatus(400).also(ResponseRule.onBody('$.code', { value: 'LOCKED' })).retry(),
    { when: [{ status: [400] }, { path: '$.code', equals: 'LOCKED' }], action: 'retry' }],
])('rule %#', (rule, spec) => {
  expect(rendered(rule)).toEqual([spec]);
});

test('rules keep their order, and none leaves nothing', () => {
  expect(rendered(ResponseRule.onStatus(404).end(), ResponseRule.onStatus(410).skip())?.map(({ action }) => action)).toEqual(['end', 'skip']);
  expect(rendered()).toBeUndefined();
});

test('a good rule passes', () => {
  const stack = newStack();
  const secret = secretsmanager.Secret.fromSecretNameV2(stack, 'S', 'api');
  const responseRules = [
    ResponseRule.onBody('$.error').refreshAuth(), ResponseRule.onStatus(422).skip(), ResponseRule.onBody('$.results_meta', { value: 1 }).end(),
  ];
  expect(() => buildExtractor({ responseRules, auth: Auth.bearer(secret), pagination: Pagination.pageNumber({ param: 'page' }) }, stack)).not.toThrow();
});

test.each<[string, ResponseRule, RegExp, Partial<HttpSourceOptions>?]>([
  ['no status', ResponseRule.onStatus().end(), /sources\.users\.responseRules\[0\]\.status: got \[\]; name at least one status/],
  ['a status that is none', ResponseRule.onStatus(42).end(), /responseRules\[0\]\.status: got 42; use a status from 200 to 599/],
  ['a header that is none', ResponseRule.onHeader('x last').end(), /responseRules\[0\]\.header: got "x last"; name one header/],
  ['two ways to look at a header', ResponseRule.onHeader('x', { value: 'a', pattern: 'b' }).end(), /responseRules\[0\]\.header: got "value and pattern"; use one of them/],
  ['a pattern that is none', ResponseRule.onHeader('x', { pattern: '(' }).end(), /responseRules\[0\]\.pattern: got "\("; use a regular expression/],
  ['a path that is none', ResponseRule.onBody('error').end(), /responseRules\[0\]\.path: got "error"; a JSONPath starts with "\$"/],
  ['many places', ResponseRule.onBody('$.errors[*].code').end(), /responseRules\[0\]\.path: .*name one place/],
  ['the records themselves', ResponseRule.onBody('$.results').end(), /responseRules\[0\]\.path: got "\$\.results"; the records stand below it \(\$\.results\)/],
  ['what holds the records', ResponseRule.onBody('$').end(), /responseRules\[0\]\.path: got "\$"; the records stand below it/],
  ['two ways to look at a place', ResponseRule.onBody('$.a', { value: 1, exists: true }).end(), /responseRules\[0\]\.path: got "value and exists"; use one of them/],
  ['an object to compare with', ResponseRule.onBody('$.a', { value: { b: 1 } }).end(), /responseRules\[0\]\.value: got \{"b":1\}; compare with text/],
  ['nothing to refresh', ResponseRule.onStatus(418).refreshAuth(), /responseRules\[0\]: got "refreshAuth"; there is nothing to refresh: set auth/],
  ['no step over a page', ResponseRule.onStatus(422).skip(), /responseRules\[0\]: got "skip"; the offset behind a skipped page is not known/,
    { pagination: Pagination.offset({ param: 'skip' }) }],
  ['no record to go on from', ResponseRule.onStatus(422).skip(), /responseRules\[0\]: got "skip"; a skipped page has no last record/,
    { pagination: Pagination.keyset({ field: '$.id', target: TokenPlace.query('after') }) }],
])('%s fails at synth', (_, rule, message, options = {}) => {
  expect(() => buildExtractor({ responseRules: [rule], ...options })).toThrow(message);
});
