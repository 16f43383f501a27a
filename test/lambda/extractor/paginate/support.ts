import { PageFacts } from '../../../../lambda/extractor/paginate';

/** Facts of one page as the run would give them. */
export const page = (facts: Partial<Omit<PageFacts, 'captured'>> & { captured?: Record<string, unknown> } = {}): PageFacts => ({
  records: 10,
  pages: 1,
  headers: {},
  requestUrl: 'https://api.example.com/v1/users?page=1',
  received: facts.records ?? 10,
  ...facts,
  captured: (path) => facts.captured?.[path],
});
