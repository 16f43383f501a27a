import { parseLinkHeader } from '../../../../lambda/extractor/paginate/parse-link-header';

test.each<[string, [string, string[]][]]>([
  ['', []],
  ['<https://a/?p=2>; rel="next", <https://a/?p=9>; rel="last"', [['https://a/?p=2', ['next']], ['https://a/?p=9', ['last']]]],
  ['<https://a/?ids=1,2;3>; rel="next"', [['https://a/?ids=1,2;3', ['next']]]],
  ['<p2>; title="a, <b>; rel=\\"prev\\""; rel=next', [['p2', ['next']]]],
  ['<p2>; rel="start Next  last"', [['p2', ['start', 'next', 'last']]]],
  ['<p2>;rel=next;rel=prev', [['p2', ['next']]]],
  ['<p2> ; REL = "next" ; crossorigin', [['p2', ['next']]]],
  [', <p1>; rel=prev,, <p2>; rel=next ,', [['p1', ['prev']], ['p2', ['next']]]],
  ['<p2>', [['p2', []]]],
  ['<>; rel=next', [['', ['next']]]],
  ['p2; rel=next', []],
  ['<p2; rel=next', []],
])('%s', (text, links) => {
  expect(parseLinkHeader(text)).toEqual(links.map(([target, rels]) => ({ target, rels })));
});

test('a long hostile header takes no long time', () => {
  expect(parseLinkHeader(`<a>${'; x="'.repeat(13_000)}`)).toHaveLength(1);
  expect(parseLinkHeader(`<a>${' '.repeat(60_000)}x`)).toHaveLength(1);
});
