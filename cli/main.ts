#!/usr/bin/env node
import { runProgram } from './commands/program';

/** The reader of a pipe may have seen enough (`datalake query ... | head`). */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') {
    process.exit(0);
  }
  throw error;
});

runProgram(process.argv.slice(2), { out: process.stdout, err: process.stderr })
  .then((code) => {
    process.exitCode = code;
  })
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
