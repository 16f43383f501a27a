import { Duration, Size } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { allowAlarms } from './alarm-topic';
import { addAlarm, addStaleAlarm, badRecords, deadLetters, emptyRunsOfADay, endedBadly, MAX_STALE_HOURS, share } from './pipeline-alarms';
import { pipelineDashboard } from './pipeline-dashboard';
import { workflowMetric } from './workflow-metric';
import { Problems } from '../core/problems';
import { workgroupMetric } from '../query/workgroup-metric';
import { quarantinePrefix } from '../spec/object-keys';
import { WORKFLOW_METRICS } from '../spec/workflow-metrics';
import { UpkeepWorkflow } from '../upkeep/upkeep-workflow';

export const DEFAULT_STALE_SCHEDULES = 2;
export const DEFAULT_MAX_QUARANTINE_PERCENT = 5;
export const DEFAULT_MAX_EMPTY_RUNS = 3;
export const DEFAULT_SCAN_PERCENT = 80;

/** When a pipeline's alarms go off. */
export interface MonitoringOptions {
  /**
   * Topic that the alarms are sent to. An imported one, and its key, must let CloudWatch publish already.
   *
   * @default - the workflow's topic, which is told of failed runs too
   */
  readonly topic?: sns.ITopic;

  /**
   * A source is stale when this many of its schedules have passed without a complete run. An alarm looks back 7 days at
   * most; a source whose schedule has no plain interval is stale after that.
   *
   * @default 2
   */
  readonly staleSchedules?: number;

  /**
   * Quarantined records of a run, in percent of those it read, from which on its source's alarm goes off.
   *
   * @default 5
   */
  readonly maxQuarantinePercent?: number;

  /**
   * Runs of one day in which a source brought no record, from which on its alarm goes off. Of a source that runs less often,
   * all runs of a day.
   *
   * @default 3
   */
  readonly maxEmptyRuns?: number;

  /**
   * Share of the workgroups' scan limit, in percent, that one query may reach before the alarm goes off.
   *
   * @default 80
   */
  readonly scanPercent?: number;
}

/** Options of a PipelineMonitoring. */
export interface PipelineMonitoringProps extends MonitoringOptions {
  /** Name of the pipeline: the dimension `pipeline` of its metrics. */
  readonly pipelineName: string;

  /** The pipeline's state machine. */
  readonly stateMachine: sfn.IStateMachine;

  /** Topic that the alarms are sent to unless `topic` names another. */
  readonly defaultTopic: sns.ITopic;

  /**
   * Names of the Athena workgroups to watch.
   *
   * @default - none
   */
  readonly workgroupNames?: string[];

  /**
   * Most that a query of these workgroups may scan.
   *
   * @default Size.gibibytes(100)
   */
  readonly scanLimit?: Size;
}

/** A pipeline's dashboard and alarms. */
export class PipelineMonitoring extends Construct {
  /** The dashboard. */
  readonly dashboard: cloudwatch.Dashboard;
  /** Topic that the alarms are sent to. */
  readonly topic: sns.ITopic;

  private readonly alarmList: cloudwatch.Alarm[] = [];
  private readonly alarmStatus: cloudwatch.AlarmStatusWidget;
  private readonly queues = new Set<sqs.IQueue>();

  constructor(scope: Construct, id: string, private readonly props: PipelineMonitoringProps) {
    super(scope, id);
    this.checkProps();
    this.topic = props.topic ?? props.defaultTopic;
    allowAlarms(this.topic);
    this.alarmStatus = new cloudwatch.AlarmStatusWidget({ title: 'Alarms', width: 24, height: 4, alarms: this.alarmList });
    this.dashboard = pipelineDashboard(this, { ...props, workgroupNames: props.workgroupNames ?? [], alarms: this.alarmStatus });
    this.watchRuns();
    this.watchQueries();
  }

  /** The alarms, in the order they were made. */
  get alarms(): cloudwatch.Alarm[] {
    return [...this.alarmList];
  }

  /**
   * Watches that a source's table stays up to date, and what its runs bring.
   *
   * @param sourceName the source's name.
   * @param interval   time between its runs; a source without one is stale after 7 days.
   * @returns the alarm that tells that it is stale.
   */
  addSource(sourceName: string, interval?: Duration): cloudwatch.Alarm {
    this.watchRecords(sourceName, interval);
    const after = interval ? Duration.hours(interval.toHours({ integral: false }) * this.staleSchedules) : Duration.hours(MAX_STALE_HOURS);
    const succeeded = workflowMetric(WORKFLOW_METRICS.succeeded, this.props.pipelineName, sourceName);
    return this.send(addStaleAlarm(this, sourceName, succeeded, after));
  }

  /**
   * Watches that the runs of a source bring records, and few into quarantine. `addSource` does so, too: this is for a source
   * that runs by hand, or on events.
   *
   * @param sourceName the source's name.
   * @param interval   time between its runs.
   */
  watchRecords(sourceName: string, interval?: Duration): cloudwatch.Alarm {
    const { pipelineName, maxEmptyRuns = DEFAULT_MAX_EMPTY_RUNS, maxQuarantinePercent = DEFAULT_MAX_QUARANTINE_PERCENT } = this.props;
    const limits = { emptyRuns: emptyRunsOfADay(maxEmptyRuns, interval), quarantinePercent: maxQuarantinePercent };
    const metric = (name: string) => workflowMetric(name, pipelineName, sourceName);
    return this.watch(`Records-${sourceName}`,
      `Source ${sourceName}: ${limits.emptyRuns} of a day's runs brought no record, or ${maxQuarantinePercent} % of a run's records did not keep `
        + `the contract. Ask the API by hand what it answers; look at ${quarantinePrefix(sourceName)} in the lake, correct the contract or the records, and redrive them.`,
      badRecords({ empty: metric(WORKFLOW_METRICS.empty), quarantined: metric(WORKFLOW_METRICS.quarantineRatio) }, limits), 1);
  }

  /** Watches that no run was left unstarted, by schedule or by event. */
  addDeadLetterQueue(queue: sqs.IQueue): void {
    if (!this.queues.has(queue)) {
      this.queues.add(queue);
      this.watch(`DeadLetters${this.queues.size > 1 ? this.queues.size : ''}`,
        'Runs could not be started: read the messages of the dead-letter queue, each holds the run to start, or the event that should have.', deadLetters(queue), 1);
    }
  }

  /** Watches that the upkeep of curated tables is started, and ends well. */
  addUpkeep(upkeep: UpkeepWorkflow): void {
    this.watch('UpkeepFailed', 'The upkeep of curated tables failed: they grow. The notice of the same topic names the table and the statement.',
      endedBadly(upkeep.stateMachine), 1);
    this.watch('UpkeepDeadLetters', 'The upkeep of curated tables could not be started: read why in the messages of its dead-letter queue.',
      deadLetters(upkeep.deadLetterQueue), 1);
  }

  private get staleSchedules(): number {
    return this.props.staleSchedules ?? DEFAULT_STALE_SCHEDULES;
  }

  private checkProps(): void {
    const problems = new Problems(this);
    const { staleSchedules, maxQuarantinePercent, maxEmptyRuns, scanPercent } = this.props;
    problems.check(staleSchedules === undefined || staleSchedules >= 1, 'monitoring.staleSchedules', staleSchedules, 'use 1 or more');
    problems.check(maxEmptyRuns === undefined || (Number.isInteger(maxEmptyRuns) && maxEmptyRuns >= 1), 'monitoring.maxEmptyRuns', maxEmptyRuns, 'use a whole number from 1');
    for (const [property, percent] of Object.entries({ maxQuarantinePercent, scanPercent })) {
      problems.check(percent === undefined || (percent > 0 && percent <= 100), `monitoring.${property}`, percent, 'use more than 0, at most 100');
    }
    problems.throwIfAny();
  }

  private watchRuns(): void {
    const { stateMachine } = this.props;
    this.watch('Failed', 'A run failed. The notice of the same topic names the source, the step, the cause and the command to look further.', endedBadly(stateMachine), 1);
    this.watch('Throttled', 'Step Functions throttles the pipeline: runs are slow, or fail. Spread the schedules with flexible windows.',
      stateMachine.metricThrottled({ statistic: cloudwatch.Stats.SUM, period: Duration.minutes(5) }), 1);
  }

  private watchQueries(): void {
    const { workgroupNames = [], scanLimit = Size.gibibytes(100), scanPercent = DEFAULT_SCAN_PERCENT } = this.props;
    workgroupNames.forEach((name, i) => this.watch(`Scan${i + 1}`,
      `A query of workgroup ${name} scanned ${scanPercent} % of what Athena lets it: the next may be cancelled. Filter by partition, or raise scanLimit.`,
      workgroupMetric('ProcessedBytes', name), share(scanLimit, scanPercent)));
  }

  private watch(id: string, description: string, metric: cloudwatch.IMetric, threshold: number): cloudwatch.Alarm {
    return this.send(addAlarm(this, { id, description, metric, threshold }));
  }

  private send(alarm: cloudwatch.Alarm): cloudwatch.Alarm {
    const action = new actions.SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    this.alarmList.push(alarm);
    return alarm;
  }
}
