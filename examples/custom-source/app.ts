import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Architecture, Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Cataloguing, DataLakePipeline, NamedQuery, Source } from 'cdk-data-lake-pipeline';

const app = new App();
const stack = new Stack(app, 'ExchangeRates');

// XML is no format of Source.http: a function of our own reads it.
const rates = new Function(stack, 'Rates', {
  description: 'Extracts the euro reference rates of the European Central Bank',
  runtime: Runtime.NODEJS_24_X,
  architecture: Architecture.ARM_64,
  handler: 'index.handler',
  code: Code.fromAsset(join(__dirname, 'exchange-rates')),
  memorySize: 512,
  timeout: Duration.minutes(1),
  environment: { API_URL: 'https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml' },
});

new DataLakePipeline(stack, 'Pipeline', {
  databaseName: 'rates_db',
  sources: [
    Source.custom('exchange_rates', {
      function: rates,
      // The columns are known and few: nothing needs to discover them.
      cataloguing: Cataloguing.explicit({
        columns: [{ name: 'currency', type: 'string' }, { name: 'rate', type: 'double' }, { name: 'day', type: 'string' }],
      }),
    }),
  ],
  namedQueries: [
    NamedQuery.sql(
      'latest_rates',
      `SELECT currency, rate, day
FROM rates_db.exchange_rates
WHERE ingestion_date = (SELECT max(ingestion_date) FROM rates_db.exchange_rates)
ORDER BY currency`,
      { description: 'What a euro was worth by the newest rates' },
    ),
  ],
});
