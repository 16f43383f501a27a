/** The local S3 over a folder. */
import { startS3Server } from '../../cli/s3';
import { closeWithParent, options, say } from '../support/program-end';

void startS3Server({ root: options<{ root: string }>().root }).then(({ endpoint, close }) => {
  say({ endpoint });
  closeWithParent(close);
});
