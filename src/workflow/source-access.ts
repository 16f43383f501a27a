import * as iam from 'aws-cdk-lib/aws-iam';
import { WorkflowSource } from './workflow-source';

/** A managed policy takes 6,144 characters; an ARN of each of these sources' resources, 130 characters long, leaves room. */
const SOURCES_A_POLICY = 20;

interface SourceAccessProps {
  readonly addPolicy: (id: string, statements: iam.PolicyStatement[]) => iam.ManagedPolicy;
  /** Called once, for the first source that has a crawler. */
  readonly allowPartitions: () => void;
}

/** What the workflow may do with its sources, in as few policies as can hold it: a role takes ten. */
export class SourceAccess {
  private policy: iam.ManagedPolicy | undefined;
  private invoke: iam.PolicyStatement | undefined;
  private crawl: iam.PolicyStatement | undefined;
  private crawls = false;
  private count = 0;

  constructor(private readonly props: SourceAccessProps) {}

  add({ lambdaFunction, crawler }: WorkflowSource): void {
    if (this.count % SOURCES_A_POLICY === 0) {
      this.invoke = new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'] });
      this.crawl = undefined;
      this.policy = this.props.addPolicy(`Sources${this.count / SOURCES_A_POLICY + 1}`, [this.invoke]);
    }
    this.count++;
    this.invoke!.addResources(lambdaFunction.functionArn);
    if (crawler) {
      this.crawlStatement().addResources(crawler._arn);
    }
  }

  private crawlStatement(): iam.PolicyStatement {
    if (!this.crawls) {
      this.crawls = true;
      this.props.allowPartitions();
    }
    if (this.crawl === undefined) {
      this.crawl = new iam.PolicyStatement({ actions: ['glue:StartCrawler', 'glue:GetCrawler'] });
      this.policy!.addStatements(this.crawl);
    }
    return this.crawl;
  }
}
