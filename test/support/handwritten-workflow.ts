/** A workflow as small as one can be that extracts, crawls and tells of failures, in the contract of `$plan`, `$run`, `$result` and `$error`. */

const catchAll = (step: string) => [{
  ErrorEquals: ['States.ALL'],
  Assign: { error: { step, error: '{% $states.errorOutput.Error %}', cause: '{% $states.errorOutput.Cause %}' } },
  Next: 'Tell of the failure',
}];

const task = (service: string, Arguments: object, more: object) => ({ Type: 'Task', Resource: `arn:aws:states:::${service}`, Arguments, ...more });

const crawler = (operation: string, more: object) =>
  task(`aws-sdk:glue:${operation}`, { Name: '{% $plan.crawlerName %}' }, { Catch: catchAll('catalogue'), ...more });

const EXTRACT = {
  'Extract': task('lambda:invoke', { FunctionName: '{% $plan.functionArn %}', Payload: { runId: '{% $run.runId %}' } }, {
    Assign: { result: '{% $states.result.Payload %}' },
    Retry: [{ ErrorEquals: ['BUSY', 'FENCED'], IntervalSeconds: 5, MaxAttempts: 8 }],
    Catch: catchAll('extract'),
    Next: 'Is the run extracted?',
  }),
  'Is the run extracted?': {
    Type: 'Choice',
    Choices: [{ Condition: '{% $result.done %}', Next: 'Start the crawler' }],
    Default: 'Wait as the API asked',
  },
  'Wait as the API asked': { Type: 'Wait', Seconds: '{% $result.retryAfterSeconds %}', Next: 'Extract' },
};

const CRAWL = {
  'Start the crawler': crawler('startCrawler', { Next: 'Wait for the crawl' }),
  'Wait for the crawl': { Type: 'Wait', Seconds: 15, Next: 'Follow the crawl' },
  'Follow the crawl': crawler('getCrawler', { Assign: { crawl: '{% $states.result.Crawler %}' }, Next: 'Has the crawl ended?' }),
  'Has the crawl ended?': {
    Type: 'Choice',
    Choices: [
      { Condition: "{% $crawl.State = 'READY' and $crawl.LastCrawl.Status = 'SUCCEEDED' %}", Next: 'Succeeded' },
      {
        Condition: "{% $crawl.State = 'READY' %}",
        Assign: { error: { step: 'catalogue', error: 'CRAWL_FAILED', cause: '{% $crawl.LastCrawl.ErrorMessage %}' } },
        Next: 'Tell of the failure',
      },
    ],
    Default: 'Wait for the crawl',
  },
};

const ENDS = {
  'Succeeded': { Type: 'Succeed' },
  'Tell of the failure': task('sns:publish', {
    TopicArn: '@{Topic}', Subject: "{% 'Run of ' & $plan.source & ' failed: ' & $error.step %}", Message: '{% $error.cause %}',
  }, { Next: 'Failed' }),
  'Failed': { Type: 'Fail', Error: '{% $error.error %}', Cause: '{% $error.cause %}' },
};

function definition(sources: readonly string[]) {
  const plan = (source: string) => ({ source, functionArn: `@{${source}Function.Arn}`, crawlerName: `${source}-crawler` });
  return {
    QueryLanguage: 'JSONata',
    StartAt: 'Choose the source',
    States: {
      'Choose the source': { Type: 'Choice', Choices: sources.map((source) => ({ Condition: `{% $states.input.source = '${source}' %}`, Next: `Plan of ${source}` })) },
      ...Object.fromEntries(sources.map((source) => [
        `Plan of ${source}`, { Type: 'Pass', Assign: { plan: plan(source), run: { runId: '{% $states.input.runId %}' } }, Next: 'Extract' },
      ])),
      ...EXTRACT,
      ...CRAWL,
      ...ENDS,
    },
  };
}

/** The definition as CDK writes it into a template, its references in between. */
export function definitionString(sources: readonly string[]): unknown {
  const parts = JSON.stringify(definition(sources)).split(/@\{([^}]+)\}/);
  return { 'Fn::Join': ['', parts.map((part, i) => (i % 2 === 0 ? part : part.includes('.') ? { 'Fn::GetAtt': part.split('.') } : { Ref: part }))] };
}
