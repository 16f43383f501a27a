/** The account that everything on the laptop belongs to. */
export const LOCAL_ACCOUNT = '000000000000';
export const LOCAL_PARTITION = 'aws';

export const localRegion = (env: NodeJS.ProcessEnv = process.env): string => env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'us-east-1';

/** Value of a `Ref` to a pseudo parameter; undefined for a name that is none, and for AWS::NoValue. */
export function pseudoParameter(name: string, stack: { stackName: string; region: string }): unknown {
  switch (name) {
    case 'AWS::AccountId': return LOCAL_ACCOUNT;
    case 'AWS::Region': return stack.region;
    case 'AWS::Partition': return LOCAL_PARTITION;
    case 'AWS::URLSuffix': return 'amazonaws.com';
    case 'AWS::StackName': return stack.stackName;
    case 'AWS::StackId': return `arn:${LOCAL_PARTITION}:cloudformation:${stack.region}:${LOCAL_ACCOUNT}:stack/${stack.stackName}/local`;
    case 'AWS::NotificationARNs': return [];
    default: return undefined;
  }
}
