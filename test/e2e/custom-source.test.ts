import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { datalake } from '../support/datalake-bin';
import { Behaviour, HostileServer, status } from '../support/hostile-server';

const EXAMPLE = join(__dirname, '../../examples/custom-source');

/** In the form of the bank's feed; the rates are made up. */
const feed = (...rates: [string, string][]): Behaviour => (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/xml' }).end(`<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
  <gesmes:subject>Reference rates</gesmes:subject>
  <Cube><Cube time='2024-01-05'>${rates.map(([currency, rate]) => `<Cube currency='${currency}' rate='${rate}'/>`).join('')}</Cube></Cube>
</gesmes:Envelope>`);
};

describe('the example of a source with a function of its own, on the laptop', () => {
  let lake: string;
  let answer: Behaviour;
  let api: HostileServer;

  beforeAll(async () => {
    lake = mkdtempSync(join(tmpdir(), 'custom-source-'));
    api = await HostileServer.start([(...args) => answer(...args)]);
  });
  afterAll(async () => {
    await api.close();
    rmSync(lake, { recursive: true, force: true });
  });

  const command = (...args: string[]) => datalake([...args, '--json', '--lake', lake], { cwd: EXAMPLE });
  const run = () => command('run', '--local', '--url', `exchange_rates=${api.origin}/feed.xml`);
  const rates = async () => {
    const { stdout } = await command('query', '--local', '--named', 'latest_rates');
    return (JSON.parse(stdout) as { rows: string[][] }).rows;
  };

  test('its records are in the table', async () => {
    answer = feed(['USD', '1.0921'], ['JPY', '158.41']);
    const { code, stdout, stderr } = await run();

    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, runs: [{ source: 'exchange_rates', records: 2, quarantined: 0, table: 'exchange_rates', catalogue: 'declared' }] });
    expect(await rates()).toEqual([['JPY', '158.41', '2024-01-05'], ['USD', '1.0921', '2024-01-05']]);
  }, 120_000);

  test('a second run of the day takes the place of the first', async () => {
    answer = feed(['USD', '1.1']);
    expect((await run()).code).toBe(0);

    expect(await rates()).toEqual([['USD', '1.1', '2024-01-05']]);
    const [partition, ...others] = readdirSync(join(lake, 's3', readdirSync(join(lake, 's3'))[0], 'raw/exchange_rates'));
    expect([partition, others]).toEqual([expect.stringMatching(/^ingestion_date=/), []]);
  }, 120_000);

  test('its error is told, and the table stays as it was', async () => {
    answer = status(503);
    const { code, stdout } = await run();

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { source: 'exchange_rates', message: expect.stringContaining('answered 503') } });
    expect(await rates()).toEqual([['USD', '1.1', '2024-01-05']]);
  }, 120_000);
});
