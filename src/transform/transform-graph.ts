import { Token } from 'aws-cdk-lib';
import { findCycle, following, inOrder } from './order-transforms';
import { TableReference, tableReferences } from './table-references';
import { Transform } from './transform';
import { TransformPlan } from '../spec/workflow-plan';

/** Stands in a query for a database whose name only deployment knows. */
const UNKNOWN_DATABASE = 'lake_database';

/** What surrounds the transforms of a pipeline. */
export interface TransformSurroundings {
  readonly databaseName: string;
  /** Names of the pipeline's sources. */
  readonly sources: readonly string[];
  /** Whether the lake has a table of this name; undefined where other apps may fill it. */
  hasTable(table: string): boolean | undefined;
}

/** The transforms of a pipeline, by what they read of each other and of the sources. */
export class TransformGraph {
  private readonly inputs: ReadonlyMap<string, readonly string[]>;
  private readonly ordered: readonly TransformPlan[];

  constructor(private readonly transforms: readonly Transform[], private readonly around: TransformSurroundings) {
    this.inputs = new Map(transforms.map((transform) => [transform.name, this.inputsOf(transform)]));
    this.ordered = inOrder(transforms.map((transform) => this.plan(transform)));
  }

  /** What follows a run of the source, in order. */
  plansOf(source: string): TransformPlan[] {
    return following(source, this.ordered);
  }

  /** What is wrong with the transforms together, one line each. */
  problems(): string[] {
    const own = this.transforms.flatMap((transform) => this.problemsOf(transform));
    const cycle = findCycle(this.transforms.map(({ name }) => ({ name, inputs: this.inputs.get(name)! })));
    return cycle ? [...own, `transforms: got the cycle ${cycle.join(' -> ')}, where each reads the next; take one of them out`] : own;
  }

  private problemsOf(transform: Transform): string[] {
    const { name, _options: { inputs } } = transform;
    const tables = this.tablesOf(transform);
    const known = this.known();
    const line = (property: string, got: string, fix: string) => `transforms.${name}.${property}: got ${JSON.stringify(got)}; ${fix}`;
    const unknown = tables.filter((table) => !known.includes(table) && this.around.hasTable(table) === false);
    const declared = inputs ?? [];
    return [
      ...unknown.map((table) => line('query', table, `no table of the lake is called so; the pipeline fills ${known.join(', ')}`)),
      ...declared.filter((input) => !known.includes(input)).map((input) => line('inputs', input, `name sources and transforms of the pipeline: ${known.join(', ')}`)),
      ...declared.filter((input) => known.includes(input) && !tables.includes(input)).map((input) => line('inputs', input, 'the query does not read it: leave it out')),
      ...(inputs === undefined ? [] : tables.filter((table) => known.includes(table) && !inputs.includes(table)))
        .map((table) => line('inputs', declared.join(', '), `the query also reads ${table}: add it, or leave inputs out`)),
      ...(this.around.sources.some((source) => following(source, this.ordered).some((plan) => plan.name === name)) || this.inCycle()
        ? [] : [line('query', tables.join(', '), 'it reads no source of the pipeline, not even by other transforms, so nothing would run it')]),
    ];
  }

  private inCycle(): boolean {
    return this.ordered.length < this.transforms.length;
  }

  private known(): string[] {
    return [...this.around.sources, ...this.transforms.map(({ name }) => name)];
  }

  private plan(transform: Transform): TransformPlan {
    const { columns = {}, mode, partitionBy = [], query } = transform._options;
    return {
      name: transform.name,
      table: transform.name,
      inputs: this.inputs.get(transform.name)!,
      query,
      mode: mode._plan,
      partitionBy: partitionBy.map((column) => column.toLowerCase()),
      // Sorted: maps from other languages come in any order.
      columns: Object.fromEntries(Object.entries(columns).map(([column, type]) => [column.toLowerCase(), type]).sort(([a], [b]) => (a < b ? -1 : 1))),
    };
  }

  /** The tables of the lake that the transform reads and something in this app fills. */
  private inputsOf(transform: Transform): string[] {
    const known = this.known();
    return this.tablesOf(transform).filter((table) => known.includes(table) || this.around.hasTable(table) === true);
  }

  private tablesOf({ _options: { query } }: Transform): string[] {
    const { databaseName } = this.around;
    const name = Token.isUnresolved(databaseName) ? UNKNOWN_DATABASE : databaseName.toLowerCase();
    const references = tableReferences(Token.isUnresolved(databaseName) ? query.split(databaseName).join(UNKNOWN_DATABASE) : query);
    const ofLake = ({ database }: TableReference) => database === undefined || database === name;
    return [...new Set(references.filter(ofLake).map(({ table }) => table))];
  }
}
