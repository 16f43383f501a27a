import { Account } from './account';
import { Check, checks } from './checks';
import { newPlan, Plan } from './plan';
import { report, Row } from './report';

const USAGE = 2;

const COST = `About half a dollar: at least one crawl of 10 minutes ($0.15), a key for some minutes ($1.00 a month; it waits a week for its deletion, free),
queries of 10 MB at least ($0.00005 each), and cents for the rest. Something that could not be deleted goes on costing: the report names it.`;

/** Deploys the example, checks what only AWS can show, and deletes it all. Asks nothing; without --yes it creates nothing. */
async function main(args: readonly string[]): Promise<number> {
  const plan = newPlan();
  const account = new Account(plan);
  try {
    const { account: id, arn, region } = await account.identity();
    console.error(`Account ${id}, region ${region}, as ${arn}${plan.emulated ? ' (an emulator answers)' : ''}\n${COST}`);
    console.error(`Creates and deletes the stack ${plan.stackName}; needs \`npx cdk bootstrap\` once, and the right to assume the stack's roles.`);
    if (args.length !== 1 || args[0] !== '--yes') {
      console.error('Nothing was created: `npm run verify:aws -- --yes` begins.');
      return USAGE;
    }
    const rows = await tried(checks(account, plan), plan);
    rows.push(await deleted(account, plan));
    console.log(report(rows));
    return rows.some(({ verdict }) => verdict === 'FAILED') ? 1 : 0;
  } finally {
    account.close();
  }
}

async function tried(all: readonly Check[], { emulated }: Plan): Promise<Row[]> {
  const rows: Row[] = [];
  let over = false;
  for (const check of all) {
    const { what, needed = false } = check;
    const expected = String(check.expected);
    if (over) {
      rows.push({ what, expected, got: '', verdict: 'not tried' });
      continue;
    }
    console.error(`${what} ...`);
    const got = await check.got().catch((error: Error) => error.message);
    const ok = typeof check.expected === 'string' ? got === check.expected : check.expected.test(got);
    rows.push({ what, expected, got, verdict: check.onlyAws && emulated ? 'not shown here' : ok ? 'ok' : 'FAILED' });
    over = needed && !ok;
  }
  return rows;
}

/** Also after a failure. What could not be deleted is named. */
async function deleted(account: Account, { stackName }: Plan): Promise<Row> {
  console.error(`deleting ${stackName} ...`);
  await account.destroy();
  const left = await account.resources().catch((error: Error) => ({ unknown: error.message }));
  const names = Object.values(left);
  const got = names.length === 0 ? 'nothing' : `${names.join(', ')}: delete the stack ${stackName} in the CloudFormation console`;
  return { what: 'the stack is deleted; left is', expected: 'nothing', got, verdict: names.length === 0 ? 'ok' : 'FAILED' };
}

main(process.argv.slice(2)).then((code) => { process.exitCode = code; }, (error: Error) => {
  console.error(`Nothing was checked: ${error.message}`);
  process.exitCode = 1;
});
