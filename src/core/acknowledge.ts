import { Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';

/**
 * Says beside a construct why rules of cdk-nag do not hold for it, where no option of ours or decision of the user's could
 * change that. It is a line of metadata in the assembly, none in the template. By hand, because `Validations.acknowledge`
 * takes no rule with more than one `::`, which those of wildcards have.
 */
export function acknowledge(scope: IConstruct, reason: string, rules: string[]): void {
  scope.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, Object.fromEntries(rules.map((rule) => [rule, reason])));
}

/** Why a resource of a policy of ours ends in a wildcard. One that nothing here explains stays a finding. */
const WILDCARDS: [RegExp, string][] = [
  [/^\*$/, 'the actions know no resources'],
  [/:glue:[^*]*:table\/[^/*]+\/\*$/, 'the tables of one database: crawlers and transforms make them after deployment'],
  [/:glue:[^*]*:dataQualityRuleset\/\*$/, 'evaluation runs and results have no ARNs of their own'],
  [/:log-group:\/aws-glue\/[a-z]*\*$/, 'Glue names its log groups itself'],
  [/:(execution|mapRun):[^*:]+:\*$/, 'the executions of one state machine, or of its map'],
  [/:execute-api:[^*]+\/\*\/[A-Z]+\/\*$/, 'one API with one method, in each of its stages'],
  [/:s3:::aws-glue-ml-data-quality-assets-[^*]+\/\*$/, 'libraries of the service, which it reads as the role'],
  [/\/curated\/\*\/metadata\/\*$/, 'the metadata of curated tables, one folder a table'],
  [/[^*]+\/([\w.-]+\/)+\*$/, 'objects of one prefix: their names are made at run time'],
];

/** Explains the wildcards of a policy to cdk-nag: at the end of the synthesis, when its statements and their references are final. */
export function explainWildcards(policy: iam.Policy | iam.ManagedPolicy): void {
  let explained = false;
  policy.node.addValidation({
    validate: () => {
      if (!explained) {
        explained = true;
        for (const resource of wildcardsOf(policy)) {
          const [, reason] = WILDCARDS.find(([pattern]) => pattern.test(resource)) ?? [];
          if (reason !== undefined) {
            acknowledge(policy, reason, [`AwsSolutions-IAM5[Resource::${resource}]`]);
          }
        }
      }
      return [];
    },
  });
}

function wildcardsOf(policy: iam.Policy | iam.ManagedPolicy): Set<string> {
  const { Statement = [] } = Stack.of(policy).resolve(policy.document) as { Statement?: { Effect: string; Resource: unknown }[] };
  const resources = Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Resource }) => Resource).map(flat);
  return new Set(resources.filter((resource) => resource.includes('*')));
}

/** A resource as cdk-nag writes it: `<Bucket.Arn>/raw/*`. */
function flat(value: any): string {
  if (typeof value === 'string') {
    return value.replace(/\$\{/g, '<').replace(/\}/g, '>');
  }
  const { 'Ref': ref, 'Fn::GetAtt': attribute, 'Fn::Join': join, 'Fn::Sub': sub, 'Fn::ImportValue': imported } = value;
  return join ? join[1].map(flat).join(join[0])
    : attribute ? `<${attribute.map(flat).join('.')}>`
      : ref ? `<${ref}>`
        : sub || imported ? flat(sub ?? imported) : JSON.stringify(value);
}
