import { catchAll, fail, integration, jsonata, retry, retryAll, State, States } from '../asl';

const STEP = 'catalogue';

export const CRAWL_ENTRY = 'Look at the crawler';

/** A crawl takes a minute or more. */
const POLL_SECONDS = 15;

/** All that a run waits for crawls, another's and its own: what takes longer hangs. */
const MAX_HOURS = 4;
const MAX_POLLS = MAX_HOURS * 3600 / POLL_SECONDS;

/** READY answers in a row that show no new crawl before the crawler counts as not started. */
const MAX_READY_WITHOUT_CRAWL = 8;

const START_OF_LAST_CRAWL = "$exists($states.result.Crawler.LastCrawl.StartTime) ? $states.result.Crawler.LastCrawl.StartTime : 'never'";
const STATUS_OF_LAST_CRAWL = "$exists($states.result.Crawler.LastCrawl.Status) ? $states.result.Crawler.LastCrawl.Status : 'UNKNOWN'";
const ERROR_OF_LAST_CRAWL = '$exists($states.result.Crawler.LastCrawl.ErrorMessage) ? $states.result.Crawler.LastCrawl.ErrorMessage '
  + ": 'Glue gives no reason; its log is /aws-glue/crawlers in CloudWatch'";

const ENDLESS = 'The crawl does not end';
const WAITED_ENOUGH = { Condition: jsonata(`$crawl.polls >= ${MAX_POLLS}`), Next: ENDLESS };

/**
 * Starts the crawler and waits for its end.
 *
 * A crawl under way may have passed the new objects already: it is waited for, and another one started. Right after a
 * start Glue may still show the crawl before, and before the first one it shows none. All the waiting together has an end.
 */
export function crawlStates(partition: string, next: string): States {
  return {
    [CRAWL_ENTRY]: getCrawler(partition, {
      Assign: { crawl: { before: jsonata(START_OF_LAST_CRAWL), ready: 0, polls: jsonata('$crawl.polls') } },
      Next: 'Start the crawler',
    }),
    'Start the crawler': {
      Type: 'Task',
      Resource: integration(partition, 'aws-sdk:glue:startCrawler'),
      Arguments: { Name: jsonata('$plan.catalogue.crawlerName') },
      Retry: [retry(['Glue.CrawlerRunningException', 'Glue.EntityNotFoundException'], 0), retry(['States.TaskFailed'], 3)],
      Catch: [{ ErrorEquals: ['Glue.CrawlerRunningException'], Next: 'Is the crawl under way waited for?' }, ...catchAll(STEP)],
      Next: 'Wait for the crawl',
    },
    'Is the crawl under way waited for?': { Type: 'Choice', Choices: [WAITED_ENOUGH], Default: 'Wait for the crawl under way' },
    'Wait for the crawl under way': {
      Type: 'Wait',
      Seconds: POLL_SECONDS,
      Assign: { crawl: jsonata("$merge([$crawl, {'polls': $crawl.polls + 1}])") },
      Next: CRAWL_ENTRY,
    },
    'Wait for the crawl': { Type: 'Wait', Seconds: POLL_SECONDS, Next: 'Follow the crawl' },
    'Follow the crawl': getCrawler(partition, {
      Assign: {
        crawl: {
          before: jsonata('$crawl.before'),
          polls: jsonata('$crawl.polls + 1'),
          state: jsonata('$states.result.Crawler.State'),
          start: jsonata(START_OF_LAST_CRAWL),
          status: jsonata(STATUS_OF_LAST_CRAWL),
          error: jsonata(ERROR_OF_LAST_CRAWL),
          ready: jsonata("$states.result.Crawler.State = 'READY' ? $crawl.ready + 1 : 0"),
        },
      },
      Next: 'Has the crawl ended?',
    }),
    'Has the crawl ended?': {
      Type: 'Choice',
      Choices: [
        { Condition: jsonata("$crawl.state = 'READY' and $crawl.start != $crawl.before and $crawl.status = 'SUCCEEDED'"), Next: next },
        { Condition: jsonata("$crawl.state = 'READY' and $crawl.start != $crawl.before"), Next: 'The crawl failed' },
        { Condition: jsonata(`$crawl.ready >= ${MAX_READY_WITHOUT_CRAWL}`), Next: 'No crawl' },
        WAITED_ENOUGH,
      ],
      Default: 'Wait for the crawl',
    },
    'The crawl failed': fail(STEP, 'CRAWL_FAILED', "'crawler ' & $plan.catalogue.crawlerName & ' ended with ' & $crawl.status & ': ' & $crawl.error"),
    [ENDLESS]: fail(STEP, 'CRAWL_TIMEOUT', `'crawler ' & $plan.catalogue.crawlerName & ' has not come to an end in ${MAX_HOURS} hours: '`
      + " & 'what it does says aws glue get-crawler --name ' & $plan.catalogue.crawlerName & ', '"
      + " & 'it ends with aws glue stop-crawler --name ' & $plan.catalogue.crawlerName"),
    'No crawl': fail(STEP, 'CRAWL_FAILED', "'crawler ' & $plan.catalogue.crawlerName & ' was started, and Glue shows no crawl of it'"),
  };
}

const getCrawler = (partition: string, rest: State): State => ({
  Type: 'Task',
  Resource: integration(partition, 'aws-sdk:glue:getCrawler'),
  Arguments: { Name: jsonata('$plan.catalogue.crawlerName') },
  Retry: retryAll('Glue.EntityNotFoundException'),
  Catch: catchAll(STEP),
  ...rest,
});
