import { spawn } from 'node:child_process';
import { startRecordedApi } from './recorded-api';

const QUERIES = ['total_users', 'users_by_country', 'sample_users'];

/** Runs the `datalake` command as a person would type it. */
async function datalake(...args: string[]): Promise<void> {
  console.error(`\n$ datalake ${args.join(' ')}`);
  const child = spawn('datalake', args, { cwd: __dirname, stdio: 'inherit', shell: process.platform === 'win32' });
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('exit', resolve));
  if (code !== 0) {
    throw new Error(`datalake ${args[0]} ended with exit code ${code}`);
  }
}

/** The whole pipeline on this machine: recorded pages by default, `--live` asks the real API. */
async function main(): Promise<void> {
  const live = process.argv.includes('--live');
  const api = live ? undefined : await startRecordedApi();
  console.error(live ? 'Source: the live randomuser API' : 'Source: four recorded pages of the randomuser API (--live asks the API itself)');
  try {
    await datalake('run', '--local', ...(api ? ['--url', `randomuser=${api.url}`] : []));
    for (const name of QUERIES) {
      await datalake('query', '--local', '--named', name);
    }
  } finally {
    await api?.close();
  }
}

main().catch((error: Error) => {
  console.error(`\nDemo failed: ${error.message}`);
  process.exitCode = 1;
});
