import * as iam from 'aws-cdk-lib/aws-iam';
import { WorkflowSource } from './workflow-source';

/** A managed policy takes 6,144 characters; an ARN of each of these sources' resources, 130 characters long, leaves room. */
const SOURCES_A_POLICY = 20;

/** What the workflow may do with its sources, in as few policies as can hold it: a role takes ten. */
export class SourceAccess {
  private statements: Record<'invoke' | 'crawl', iam.PolicyStatement> | undefined;
  private count = 0;

  constructor(private readonly addPolicy: (id: string, statements: iam.PolicyStatement[]) => void) {}

  add({ lambdaFunction, crawler }: WorkflowSource): void {
    if (this.count % SOURCES_A_POLICY === 0) {
      this.statements = {
        invoke: new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'] }),
        crawl: new iam.PolicyStatement({ actions: ['glue:StartCrawler', 'glue:GetCrawler'] }),
      };
      this.addPolicy(`Sources${this.count / SOURCES_A_POLICY + 1}`, Object.values(this.statements));
    }
    this.count++;
    this.statements!.invoke.addResources(lambdaFunction.functionArn);
    this.statements!.crawl.addResources(crawler._arn);
  }
}
