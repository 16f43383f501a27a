import { Lazy } from 'aws-cdk-lib';
import * as glue from 'aws-cdk-lib/aws-glue';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { athenaQuality } from './athena-quality';
import { checkRules } from './check-rules';
import { DataQualityRole } from './data-quality-role';
import { checkDqdl, dqdlRuleset } from './dqdl';
import { QualityEngine } from './quality-engine';
import { QualityRule } from './quality-rule';
import { uniqueName } from '../core/names';
import { Problems } from '../core/problems';
import { IDataLake } from '../data-lake';
import { QUALITY_PREFIX } from '../spec/object-keys';
import { QualityPlan } from '../spec/workflow-plan';
import { objectStatement } from '../storage/lake-access';

export interface WorkflowQualityProps {
  readonly lake: IDataLake;
  readonly engine: QualityEngine;
  /** Gives the workflow's role what the first rule makes necessary. */
  readonly allow: (statements: iam.PolicyStatement[]) => void;
}

/** The quality rules of a workflow's sources, and what evaluates them. */
export class WorkflowQuality extends Construct {
  private readonly rules = new Map<string, QualityRule[]>();
  private readonly rulesets = new Map<string, glue.CfnDataQualityRuleset>();
  private glueRole: DataQualityRole | undefined;

  constructor(scope: Construct, id: string, private readonly props: WorkflowQualityProps) {
    super(scope, id);
  }

  add(source: string, rules: readonly QualityRule[]): void {
    if (rules.length === 0) {
      return;
    }
    const all = [...this.rules.get(source) ?? [], ...rules];
    const problems = new Problems(this);
    checkRules(source, all, problems);
    if (this.usesGlue) {
      checkDqdl(source, all, problems);
    }
    problems.throwIfAny();
    if (this.rules.size === 0) {
      this.allowFirst();
    }
    this.rules.set(source, all);
    if (this.usesGlue && !this.rulesets.has(source)) {
      this.rulesets.set(source, this.createRuleset(source));
    }
  }

  /** @param projected sources whose partitions only Athena sees. */
  planOf(source: string, projected: readonly string[]): QualityPlan | undefined {
    const rules = this.rules.get(source);
    const ruleset = this.rulesets.get(source);
    if (rules === undefined) {
      return undefined;
    }
    this.checkProjected(source, rules, projected);
    const { statement, rules: expectations } = athenaQuality(rules, this.props.lake.databaseName, source);
    return ruleset === undefined
      ? { rules: expectations, statement }
      : { rules: expectations, evaluation: { ruleset: ruleset.name!, roleArn: this.glueRole!.role.roleArn } };
  }

  /** Glue knows no partition projection: it would find these tables empty, and rules kept. */
  private checkProjected(source: string, rules: readonly QualityRule[], projected: readonly string[]): void {
    const problems = new Problems(this);
    const read = [source, ...rules.flatMap(({ _spec }) => (_spec.kind === 'referential' ? [_spec.table] : []))];
    for (const table of this.usesGlue ? read.filter((name) => projected.includes(name)) : []) {
      problems.add(`quality.${source}`, `Glue Data Quality over table ${table}, which Cataloguing.explicit() declares with partition projection`,
        'Glue sees no projected partitions: use QualityEngine.athena(), or have the table crawled');
    }
    problems.throwIfAny();
  }

  private get usesGlue(): boolean {
    return this.props.engine._type === 'glueDataQuality';
  }

  private allowFirst(): void {
    this.glueRole = this.usesGlue ? new DataQualityRole(this, 'Evaluation', { lake: this.props.lake }) : undefined;
    this.props.allow([
      objectStatement(this.props.lake.bucket, ['s3:PutObject'], [`${QUALITY_PREFIX}*`]),
      ...this.glueRole?._evaluationStatements() ?? [],
    ]);
  }

  /** Without a target: a table that is crawled does not exist yet. */
  private createRuleset(source: string): glue.CfnDataQualityRuleset {
    const scope = new Construct(this, `Rules-${source}`);
    return new glue.CfnDataQualityRuleset(scope, 'Ruleset', {
      name: uniqueName(scope),
      description: `What must hold for the source ${source}`,
      ruleset: Lazy.string({ produce: () => dqdlRuleset(this.rules.get(source)!, this.props.lake.databaseName) }),
    });
  }
}
