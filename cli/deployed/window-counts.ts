import { DescribeMapRunCommand, ListMapRunsCommand } from '@aws-sdk/client-sfn';
import { DeployedStack } from './deployed-stack';
import { Emit } from '../render/events';

/** How far the map of windows is; not being allowed to ask must not end the watch. */
export class WindowCounts {
  private told = '';

  constructor(private readonly stack: DeployedStack, private readonly source: string, private readonly emit: Emit) {}

  async look(executionArn: string): Promise<void> {
    const { sfn } = this.stack;
    try {
      const { mapRuns = [] } = await sfn.send(new ListMapRunsCommand({ executionArn }));
      const mapRunArn = mapRuns[0]?.mapRunArn;
      if (mapRunArn !== undefined) {
        const { itemCounts } = await sfn.send(new DescribeMapRunCommand({ mapRunArn }));
        this.tell(`${itemCounts?.succeeded ?? 0} of ${itemCounts?.total ?? 0} windows that were left are read, ${itemCounts?.failed ?? 0} failed`);
      }
    } catch (error) {
      this.tell(`the windows' progress is not known: ${(error as Error).message}`);
    }
  }

  private tell(message: string): void {
    if (message !== this.told) {
      this.told = message;
      this.emit({ type: 'note', message: `${this.source}: ${message}` });
    }
  }
}
