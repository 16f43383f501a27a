/**
 * What the `datalake` command finds in a template's `Metadata` under this key: which resources make
 * up each pipeline. Everything else (names, bucket, endpoints) it reads from those resources.
 */
export const MANIFEST_KEY = 'cdk-data-lake-pipeline';
export const MANIFEST_VERSION = 1;

/** The value under MANIFEST_KEY: one entry a pipeline, by its construct path. */
export interface LakeManifest {
  readonly version: typeof MANIFEST_VERSION;
  readonly pipelines: Readonly<Record<string, PipelineManifest>>;
}

/** All values are logical ids of resources in the same template. */
export interface PipelineManifest {
  readonly sources: readonly SourceManifest[];
  /** The analysts' AWS::Athena::WorkGroup. */
  readonly workgroup: string;
  /** The workflow's AWS::StepFunctions::StateMachine. */
  readonly stateMachine: string;
  /** The AWS::StepFunctions::StateMachine that looks after curated tables. */
  readonly upkeep?: string;
}

export interface SourceManifest {
  readonly name: string;
  /** AWS::Lambda::Function; its environment names the endpoint and the bucket. Absent when the function is imported. */
  readonly function?: string;
  /** ARN or name of an imported function, unless it is known at deployment only. */
  readonly importedFunction?: string;
  /** The function is the user's own. */
  readonly custom?: true;
  /** AWS::Glue::Crawler; its properties name the database and the target. Absent when the table stands in the template. */
  readonly crawler?: string;
  /** AWS::Glue::Table, of a source without a crawler. */
  readonly table?: string;
  /** Name of the source whose records this one asks for: it runs first. */
  readonly parent?: string;
  /** A complete run of the parent starts it. */
  readonly followsParent?: true;
}
