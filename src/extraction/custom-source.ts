import { Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { checkCrawlerName } from './check-source';
import { Cataloguing } from '../catalog/cataloguing';
import { checkAccount, checkRegion } from '../core/checks';
import { Problems } from '../core/problems';
import { QualityRule } from '../quality/quality-rule';
import { GLUE_NAME_PATTERN } from '../spec/validate-source-spec';
import { RunSchedule } from '../workflow/run-schedule';

/** Options of a source that a function of yours extracts. */
export interface CustomSourceOptions {
  /**
   * The function. It is called with `{ runId, scheduledTime }` until it answers `done: true`; it writes
   * `raw/<source>/ingestion_date=YYYY-MM-DD/*.jsonl.gz`, one JSON object a line, and answers `{ runId, done, records, bytes, partition }`.
   *
   * The pipeline lets it read, write and delete below `raw/<source>/`, and nothing else. A function of the same stack
   * gets the variables `DATA_BUCKET_NAME` and `DATA_PREFIX`; on an imported one they must be set where it is defined.
   */
  readonly function: lambda.IFunction;

  /**
   * Name of the source's crawler.
   *
   * @default - a name made by CloudFormation
   */
  readonly crawlerName?: string;

  /**
   * How the source's table is kept up to date after each run.
   *
   * @default - that of the pipeline
   */
  readonly cataloguing?: Cataloguing;

  /**
   * When the source runs by itself.
   *
   * @default - it is started by hand, or by an event
   */
  readonly schedule?: RunSchedule;

  /**
   * What must hold for the partition that a run has written, before anything is made of it. More can be added with the
   * pipeline's `addQualityRules`.
   *
   * @default - nothing is checked
   */
  readonly quality?: QualityRule[];
}

/** The function writes to one source, so its environment names one. */
const SOURCES = new WeakMap<lambda.IFunction, string>();

/** Checks a source of a function of the user's own, which `scope` extracts. */
export function checkCustomSource(scope: Construct, name: string, { function: fn, crawlerName }: CustomSourceOptions): void {
  const problems = new Problems(scope);
  const property = `sources.${name}.function`;
  problems.check(GLUE_NAME_PATTERN.test(name), `sources.${name}.name`, name, 'use lower-case letters, digits and underscores, starting with a letter');
  checkCrawlerName(crawlerName, (at, got, fix) => problems.add(`sources.${name}.${at}`, got, fix));
  const plain = !(fn instanceof lambda.Alias || fn instanceof lambda.Version || fn instanceof lambda.SingletonFunction);
  problems.check(plain, property, fn.node.path, 'pass the function itself: of an alias, a version or a singleton the environment cannot be set');
  const { node: { path: stack } } = Stack.of(scope);
  if (fn instanceof lambda.Function) {
    problems.check(fn.stack.node.path === stack, property, `one of stack ${fn.stack.node.path}`,
      `define it in ${stack}, the pipeline's stack (each names the other), or import it by its ARN`);
  }
  checkRegion(problems, property, fn, scope);
  checkAccount(problems, property, fn, scope);
  const other = SOURCES.get(fn);
  problems.check(other === undefined, property, fn.node.path, `it extracts ${other} already: use a function of its own for each source`);
  problems.throwIfAny();
  SOURCES.set(fn, scope.node.path);
}
