import { CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, HIPAASecurityChecks, NagPack, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';

export const PACKS: Record<string, () => NagPack> = {
  'AwsSolutions': () => new AwsSolutionsChecks(),
  'HIPAA.Security': () => new HIPAASecurityChecks(),
  'NIST.800.53.R5': () => new NIST80053R5Checks(),
  'PCI.DSS.321': () => new PCIDSS321Checks(),
};

/** What a rule found, or what someone said about it. */
export interface RuleAt {
  readonly rule: string;
  readonly path: string;
}

interface Metadata {
  readonly type: string;
  data: unknown;
}

const isAcknowledgment = ({ type }: Metadata) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY;

/** What all packs find in a stack that was synthesized. */
export const findings = (stack: Stack): RuleAt[] => Object.values(PACKS).flatMap((pack) =>
  pack().validateScope(stack).violations.flatMap(({ ruleName: rule, violatingResources }) =>
    violatingResources.map(({ constructPath }) => ({ rule, path: constructPath ?? '' }))));

/** All acknowledgments that stand in a stack. */
export const acknowledgments = (stack: Stack): (RuleAt & { reason: string })[] => stack.node.findAll().flatMap(({ node }) =>
  (node.metadata as Metadata[]).filter(isAcknowledgment).flatMap(({ data }) =>
    Object.entries(data as Record<string, string>).map(([rule, reason]) => ({ rule: rule.replace(/^annotation::/i, ''), path: node.path, reason }))));

/** What the packs find when nobody acknowledges anything. */
export function findingsWithoutAcknowledgments(stack: Stack): RuleAt[] {
  const entries = stack.node.findAll().flatMap(({ node }) => (node.metadata as Metadata[]).filter(isAcknowledgment));
  const kept = entries.map(({ data }) => data);
  entries.forEach((entry) => { entry.data = {}; });
  try {
    return findings(stack);
  } finally {
    entries.forEach((entry, i) => { entry.data = kept[i]; });
  }
}

/** Acknowledgments that silence nothing. */
export function staleAcknowledgments(stack: Stack): RuleAt[] {
  const found = findingsWithoutAcknowledgments(stack);
  return acknowledgments(stack)
    .filter(({ rule, path }) => !found.some((finding) => finding.rule === rule && `${finding.path}/`.startsWith(`${path}/`)))
    .map(({ rule, path }) => ({ rule, path }));
}

/** How many rules of the packs looked at a stack at all. */
export const resourcesOf = (stack: Stack): number => stack.node.findAll().filter((construct) => CfnResource.isCfnResource(construct)).length;
