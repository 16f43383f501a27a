import { RoleBoundary } from './read-boundaries';
import { GlueTable } from '../catalog/glue-table';

/** What the command knows of an app: everything it needs to run its pipelines, here or deployed. */
export interface LakeModel {
  readonly pipelines: readonly Pipeline[];
  /** Context lookups that the app still waits for. */
  readonly missingContext: readonly string[];
}

export interface Pipeline {
  /** Construct path. */
  readonly path: string;
  readonly stack: PipelineStack;
  readonly sources: readonly Source[];
  readonly workgroup: Workgroup;
  readonly workflow: Workflow;
  /** What looks after curated tables. */
  readonly upkeep?: Workflow;
}

export interface PipelineStack {
  readonly id: string;
  readonly name: string;
  readonly account?: string;
  readonly region?: string;
  /** What its deployment asks of Lake Formation; undefined when IAM alone governs. */
  readonly governance?: StackGovernance;
  /** Permission boundaries of its roles. */
  readonly boundaries: readonly RoleBoundary[];
}

export interface StackGovernance {
  /** The app makes the deploying role a data lake administrator. */
  readonly addsAdministrator: boolean;
  /** The stack lets readers see the database `default`. */
  readonly grantsDefaultDatabase: boolean;
  /** ARN of the role that CloudFormation deploys with, with its pseudo parameters; undefined when it deploys as the caller. */
  readonly deployingRole?: string;
}

export interface Source {
  readonly name: string;
  readonly function: LambdaFunction;
  /** The function is the user's own, not the library's extractor. */
  readonly custom: boolean;
  /** Where its table stands. */
  readonly table: SourceTable;
  /** What discovers its table; undefined when the template declares it. */
  readonly crawler?: Crawler;
  /** Name of the source whose records it asks for. */
  readonly parent?: string;
  /** A complete run of the parent starts it, in AWS. */
  readonly followsParent: boolean;
}

/** A source that a command works on, with its pipeline. */
export interface Selected {
  readonly pipeline: Pipeline;
  readonly source: Source;
}

export interface LambdaFunction {
  /** Its logical id; of an imported function, its ARN or name, or nothing when that is known at deployment only. */
  readonly logicalId: string;
  readonly arn: string;
  readonly imported?: boolean;
  /** Why it cannot run on this machine. */
  readonly notLocal?: string;
  /** Folder of the bundle that the template deploys; empty when it cannot run here. */
  readonly codeDir: string;
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Environment variables that have no value before the stack is deployed, and why. */
  readonly unresolved: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** Assets that the function reads at run time. */
  readonly assets: readonly FunctionAsset[];
}

/** A file of the assembly that a deployment puts into a bucket. */
export interface FunctionAsset {
  readonly bucket: string;
  readonly key: string;
  readonly path: string;
}

export interface SourceTable {
  readonly database: string;
  readonly bucket: string;
  /** Prefix in the bucket, with its slash: `raw/randomuser/`. */
  readonly prefix: string;
  /** The table that the template declares. */
  readonly declared?: GlueTable;
}

export interface Crawler {
  readonly logicalId: string;
  readonly name: string;
  readonly database: string;
  readonly bucket: string;
  /** Prefix in the bucket, with its slash: `raw/randomuser/`. */
  readonly prefix: string;
  /** Depth at which tables stand; the bucket is level 1. */
  readonly tableLevel?: number;
}

export interface Workflow {
  readonly logicalId: string;
  readonly arn: string;
  /** In Amazon States Language. */
  readonly definition: unknown;
  /** What it may call, the sources' functions among them. */
  readonly functions: readonly LambdaFunction[];
}

export interface Workgroup {
  readonly logicalId: string;
  readonly name: string;
  readonly queries: readonly NamedQuery[];
}

/** A query to ask. */
export interface Statement {
  readonly sql: string;
  readonly database: string;
}

export interface NamedQuery extends Statement {
  readonly logicalId: string;
  readonly name: string;
  readonly description?: string;
}
