/** The `datalake` command that kills itself when the workflow enters its n-th state; `DIE_AT_STATE` is n. */
import { runProgram } from '../../../cli/commands/program';
import { ExecutionFolder } from '../../../cli/lake/execution/execution-folder';

const dieAt = Number(process.env.DIE_AT_STATE);
const record = ExecutionFolder.prototype.record;
let entered = 0;

ExecutionFolder.prototype.record = function (event) {
  record.call(this, event);
  if (event.type.endsWith('StateEntered') && ++entered === dieAt) {
    process.kill(process.pid, 'SIGKILL');
  }
};

void runProgram(process.argv.slice(2), { out: process.stdout, err: process.stderr }).then((code) => {
  process.exitCode = code;
});
