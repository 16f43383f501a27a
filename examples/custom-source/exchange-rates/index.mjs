import { gzipSync } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'; // comes with Lambda's Node runtime

const s3 = new S3Client();

/** What a pipeline calls, and calls again with the same run id when it fails or is not done. */
export async function handler({ runId, scheduledTime }) {
  const { API_URL, DATA_BUCKET_NAME, DATA_PREFIX } = process.env;
  const records = readRates(await download(API_URL));
  const partition = `ingestion_date=${new Date(scheduledTime ?? Date.now()).toISOString().slice(0, 10)}`;
  const Body = gzipSync(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  // One object a day, written whole or not at all: a second run of the day, or a retry, takes the place of the first.
  await s3.send(new PutObjectCommand({ Bucket: DATA_BUCKET_NAME, Key: `${DATA_PREFIX}${partition}/rates.jsonl.gz`, Body }));
  return { runId, done: true, records: records.length, bytes: Body.length, partition };
}

async function download(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(20_000) });
  if (!response.ok) {
    throw new Error(`GET ${url} answered ${response.status}`);
  }
  return response.text();
}

/** `<Cube time='2024-01-05'><Cube currency='USD' rate='1.0921'/>...`: the feed has nothing but these attributes. */
function readRates(xml) {
  const day = /<Cube\s+time=['"](\d{4}-\d{2}-\d{2})['"]/.exec(xml)?.[1];
  const rates = [...xml.matchAll(/<Cube\s+currency=['"]([A-Z]{3})['"]\s+rate=['"]([\d.]+)['"]/g)];
  if (day === undefined || rates.length === 0) {
    throw new Error('the answer holds no rates: yesterday\'s stay in the table');
  }
  return rates.map(([, currency, rate]) => ({ day, currency, rate: Number(rate) }));
}
