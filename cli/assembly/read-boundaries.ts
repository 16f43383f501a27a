import { AssemblyStack } from './read-assembly';
import { TemplateResource } from './template';

/** A permission boundary that roles of a stack have. */
export interface RoleBoundary {
  /** ARN, with pseudo parameters as `${AWS::Partition}`; undefined where only a deployment knows it, or where the template makes it. */
  readonly arn?: string;
  /** Its document, where the template makes it. */
  readonly document?: unknown;
  /** What policies of the template allow the roles that have it, by the roles' logical ids. */
  readonly actions: Readonly<Record<string, readonly string[]>>;
}

interface Statement { readonly Effect?: string; readonly Action?: string | readonly string[] }
type Resources = Readonly<Record<string, TemplateResource>>;
type Reference = Readonly<Record<string, unknown>> | string | undefined;

/** The permission boundaries of a stack's roles, each once. */
export function readBoundaries({ template: { Resources = {} } }: AssemblyStack): RoleBoundary[] {
  const roles = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role')
    .map(([id, { Properties }]) => ({ id, boundary: Properties?.PermissionsBoundary as Reference }))
    .filter(({ boundary }) => boundary !== undefined);
  const key = (boundary: Reference) => JSON.stringify(boundary);
  const boundaries = new Map(roles.map(({ boundary }) => [key(boundary), boundary]));
  return [...boundaries.values()].map((boundary) => ({
    arn: textOf(boundary),
    document: referredBy(Resources, boundary)?.Properties?.PolicyDocument,
    actions: Object.fromEntries(roles.filter((role) => key(role.boundary) === key(boundary)).map(({ id }) => [id, actionsOf(Resources, id)])),
  }));
}

function actionsOf(resources: Resources, role: string): string[] {
  const { Policies: inline, ManagedPolicyArns: managed } = resources[role].Properties ?? {};
  const attached = Object.values(resources).filter(({ Type, Properties }) => ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].includes(Type)
    && many<Reference>(Properties?.Roles).some((reference) => refOf(reference) === role));
  const documents = [
    ...many<{ PolicyDocument?: unknown }>(inline).map(({ PolicyDocument }) => PolicyDocument),
    ...attached.map(({ Properties }) => Properties?.PolicyDocument),
    ...many<Reference>(managed).map((reference) => referredBy(resources, reference)?.Properties?.PolicyDocument),
  ];
  const statements = documents.flatMap((document) => many<Statement>((document as { Statement?: unknown } | undefined)?.Statement));
  return [...new Set(statements.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => many<string>(Action)))].sort();
}

const many = <T>(value: unknown): T[] => (value === undefined ? [] : Array.isArray(value) ? value : [value as T]);
const refOf = (value: Reference) => (typeof value === 'object' ? value.Ref as string | undefined : undefined);
const referredBy = (resources: Resources, value: Reference): TemplateResource | undefined => resources[refOf(value) ?? ''];

/** A value of text and pseudo parameters. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') {
    return value;
  }
  const { 'Ref': ref, 'Fn::Sub': sub, 'Fn::Join': join } = value as Record<string, unknown>;
  if (typeof ref === 'string') {
    return ref.startsWith('AWS::') ? `\${${ref}}` : undefined;
  }
  if (Array.isArray(join)) {
    const parts = (join[1] as unknown[]).map(textOf);
    return parts.includes(undefined) ? undefined : parts.join(join[0]);
  }
  return typeof sub === 'string' ? sub : undefined;
}
