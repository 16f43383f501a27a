import { Construct } from 'constructs';
import { checkWorkflowSource } from './check-workflow-source';
import { sourcePlan } from './source-plan';
import { WorkflowSource } from './workflow-source';
import { Problems } from '../core/problems';
import { IDataLake } from '../data-lake';
import { claimTable, ownerOf } from '../pipeline/table-registry';
import { WorkflowQuality } from '../quality/workflow-quality';
import { SourcePlan } from '../spec/workflow-plan';
import { checkTransform } from '../transform/check-transform';
import { Transform } from '../transform/transform';
import { TransformGraph } from '../transform/transform-graph';

/** What a workflow runs: its sources, and the transforms of their tables. */
export class WorkflowContents {
  private readonly sources: WorkflowSource[] = [];
  private readonly transforms: Transform[] = [];

  /** @param scope construct that problems are reported at. */
  constructor(private readonly scope: Construct, private readonly lake: IDataLake) {}

  /** @throws Error when the source cannot be run, or there is one of its name. */
  addSource(source: WorkflowSource): void {
    const problems = new Problems(this.scope);
    problems.check(this.sources.every(({ name }) => name !== source.name), 'sources', source.name, 'the workflow runs one of this name: choose another');
    checkWorkflowSource(source, problems);
    problems.throwIfAny();
    this.sources.push(source);
  }

  /**
   * @returns whether it is the first one.
   * @throws Error when it cannot be run, or its name is not new on the lake.
   */
  addTransform(transform: Transform): boolean {
    const owner = claimTable(this.lake, transform.name, this.scope.node.path);
    const problems = new Problems(this.scope);
    problems.check(owner === undefined, 'transforms', transform.name, `${owner} fills a table of this name on the same lake: choose another name`);
    checkTransform(transform, problems);
    problems.throwIfAny();
    return this.transforms.push(transform) === 1;
  }

  /** @throws Error when there is no source of this name. */
  requireSource(property: string, source: string): void {
    const names = this.sources.map(({ name }) => name);
    const problems = new Problems(this.scope);
    problems.check(names.includes(source), property, source, `use one of the workflow's sources: ${names.join(', ') || 'it has none yet'}`);
    problems.throwIfAny();
  }

  /** What is wrong with the transforms as a whole. */
  problems(): string[] {
    return this.graph().problems();
  }

  plans(workgroupName: string, quality: WorkflowQuality): SourcePlan[] {
    const graph = this.graph();
    const projected = this.sources.filter(({ table }) => table).map(({ name }) => name);
    return this.sources.map((source) => ({
      ...sourcePlan(source, this.lake, workgroupName),
      quality: quality.planOf(source.name, projected),
      transforms: graph.plansOf(source.name),
    }));
  }

  private graph(): TransformGraph {
    const { lake } = this;
    return new TransformGraph(this.transforms, {
      databaseName: lake.databaseName,
      sources: this.sources.map(({ name }) => name),
      hasTable: (table) => (ownerOf(lake, table) !== undefined ? true : lake.database ? false : undefined),
    });
  }
}
